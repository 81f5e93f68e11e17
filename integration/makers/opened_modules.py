"""Make the shipped table of modules that a library opens beside its own, without a file of them.

    python -m integration.makers.opened_modules FOLDER ...

Each FOLDER is a root, or an unpacked package, of Debian. Where Lua finds no file of the module
a.b, it looks for ``luaopen_a_b`` in the library of a. Written is data/opened_modules.tsv: a module
and what its library opens, with a dot for each underscore, of which a name may have had some.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from distrorocks.binaries.elf_file import read_elf
from distrorocks.binaries.elf_image import ElfError

DATA = Path(__file__).parent.parent.parent / "distrorocks" / "data"
LIBRARIES = "usr/lib/*/lua/5.*/*.so"
OPEN = "luaopen_"
HEAD = """\
# A module, and the modules that its library opens besides, for which there are no files.
# Made by integration/makers/opened_modules.py, from the packages of Debian 12.
"""


def opened(root: str, symbols: Iterable[str]) -> set[str]:
    """Return the modules below a root module that a library with such symbols opens."""
    start = f"{OPEN}{root}_"
    rests = (name.removeprefix(start) for name in symbols if name.startswith(start))
    return {f"{root}.{rest.replace('_', '.')}" for rest in rests if rest}


def main(words: list[str]) -> int:
    """Write the table."""
    if not words:
        print(__doc__)
        return 2
    found: dict[str, set[str]] = {}
    for folder in map(Path, words):
        for library in sorted(folder.glob(LIBRARIES)):
            target = library.resolve()
            if not target.is_relative_to(folder.resolve()) or not target.is_file():
                continue
            try:
                symbols = {symbol.name for symbol in read_elf(target.read_bytes()).defined}
            except ElfError:
                continue
            found.setdefault(library.stem, set()).update(opened(library.stem, symbols))
    lines = [f"{root}\t{' '.join(sorted(found[root]))}\n" for root in sorted(found) if found[root]]
    (DATA / "opened_modules.tsv").write_text(HEAD + "".join(lines))
    print(f"{len(lines)} modules")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
