"""Every verb can be told of, whatever is installed beside Python."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]


def test_the_overview_needs_the_standard_library_alone() -> None:
    """`distrorocks --help` names each verb where no library of others is there."""
    start = (
        f"import sys; sys.path.insert(0, {str(CHECKOUT)!r}); "
        "from distrorocks.cli.main import main, verbs; "
        "sys.stderr.write(' '.join(verbs())); sys.exit(main(['--help']))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", start], capture_output=True, text=True, check=True
    )
    for verb in done.stderr.split():
        assert verb.replace("_", "-") in done.stdout
