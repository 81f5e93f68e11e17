"""Build a rock from its unpacked sources into a built rock; ``build.py`` is the way in."""
