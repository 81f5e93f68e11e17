"""Lets ``python -m distrorocks`` do what the command does."""

import sys

from distrorocks.cli.main import command

if __name__ == "__main__":
    sys.exit(command())
