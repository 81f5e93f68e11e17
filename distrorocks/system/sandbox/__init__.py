"""The sandbox that builds run in; ``sandbox.py`` says how to use it."""
