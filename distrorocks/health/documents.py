"""The documentation of an installed rock: its files, the one to read first, and its home page.

A rock has it in ``doc`` or ``docs`` of its own directory. A rock that a package provides has none
there; its documents are those of the package, below ``/usr/share/doc``. Which one is read first is
LuaRocks' rule (``luarocks.cmd.doc``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from distrorocks.errors import NegativeError
from distrorocks.health.show import Shown
from distrorocks.patterns import regex
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.system.files.root_path import RootView
from distrorocks.values import NamedTuple

_FOLDERS = ("doc", "docs")
_OF_PACKAGES = "/usr/share/doc"
_ABOUT = regex(r"copyright\Z|changelog|NEWS\.Debian|README\.Debian")
"""What packages have there about themselves."""

_HTML = regex(r"\.html?\Z")
_ENDINGS = (r"\.html?\Z", r"\.md\Z", r"\.txt\Z", r"\.textile\Z", "")
_NAMES = ("index", "readme", "manual")


class Documents(NamedTuple):
    """The files of a rock's documentation, relative to ``directory``, which is "" without any."""

    rock: str
    directory: str
    files: tuple[str, ...]
    home: str

    @property
    def paths(self) -> tuple[str, ...]:
        """The files with their directory."""
        return tuple(f"{self.directory}/{file}" for file in self.files)

    @property
    def first(self) -> str:
        """The path of the document to read first, "" if none has the name of one."""
        found = first_document(self.files)
        return f"{self.directory}/{found}" if found else ""

    def needed_home(self) -> str:
        """Return the home page; raise ``NegativeError`` if the rockspec names none."""
        if not self.home:
            raise NegativeError(
                f"the rockspec of {self.rock} names no home page",
                hint="`--list` lists its documents, if it has any",
            )
        return self.home


def first_document(files: Iterable[str]) -> str:
    """Return the document to read first among relative paths, "" if none has the name of one.

    HTML goes before Markdown, text and anything else; there ``index`` goes before ``readme`` and
    ``manual``, and of several the shortest path.
    """
    known = sorted(files, key=len)
    for ending in _ENDINGS:
        for name in _NAMES:
            for file in known:
                if re.search(name + ending, file.lower()):
                    return file
    return ""


def is_html(path: str) -> bool:
    """Return whether only a browser shows a document well."""
    return _HTML.search(path.lower()) is not None


def documents(root: str, shown: Shown) -> Documents:
    """Return the documents of a rock that is installed below ``root``."""
    rock, view = f"{shown.rock.name} {shown.rock.version}", RootView(root)
    home = shown.described("homepage")
    rock_dir = shown.tree.layout.rock_dir(shown.rock.name, shown.rock.version)
    own = (f"{rock_dir}/{name}" for name in _FOLDERS)
    for directory in own:
        found = _files(view, directory)
        if found is not None:
            return Documents(rock, directory, found, home)
    for package in shown.packages:
        directory = f"{_OF_PACKAGES}/{package.name}"
        files = tuple(each for each in _files(view, directory) or () if not _ABOUT.match(each))
        if files:
            return Documents(rock, directory, files, home)
    return Documents(rock, "", (), home)


def _files(view: RootView, directory: str) -> tuple[str, ...] | None:
    """Return the relative paths of the files below a directory, None if there is none."""
    found = view.find(directory)
    if found is None or found.is_file:
        return None
    with NamedFolder(view.host_path(found.path)) as folder:
        return tuple(sorted(path.removeprefix("/") for path, _ in folder.walk()))
