"""The built rock while it is made: a private folder with files that only we write.

Its files are regular, of mode 0644 or 0755, and what the rock_manifest lists is what was written:
nothing is read back.
"""

from __future__ import annotations

from distrorocks.install.build.request import BuildError
from distrorocks.install.build.rock_path import inner_path
from distrorocks.lua.value import LuaTable
from distrorocks.lua.write import persist
from distrorocks.md5 import md5
from distrorocks.rocks.quotation import quoted
from distrorocks.system.files.archive_member import MOST_MEMBERS, MOST_UNPACKED
from distrorocks.system.files.atomic_file import WriteError
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.processes.closing import Closing
from distrorocks.values import NamedTuple

MANIFEST = "rock_manifest"

_EXECUTABLE = {"lua": False, "lib": True}
"""The directories whose files get one mode when they are deployed, whatever they had."""


class Made(NamedTuple):
    """What a build made: the files of the rock but the rock_manifest, path to MD5.

    ``bound`` are those that name the directory which the rock will have in its tree, ``astray``
    those that go on naming the private directory of the build.
    """

    files: dict[str, str]
    bound: tuple[str, ...]
    astray: tuple[str, ...]


class Relocation(NamedTuple):
    """The directory in which commands install a rock, and the one that the rock will have.

    Without the latter ("") no file is changed.
    """

    private: str
    final: str


class RockFolder(Closing):
    """The built rock in ``path``, an empty directory; use it in a ``with`` block.

    Text files that name the private directory of the ``relocation`` get its final one.
    The methods raise ``BuildError`` for a name that is not plain, for a file where a directory is
    or the reverse, and beyond the limits of archives, so that the rock can be packed.
    """

    def __init__(self, path: str, relocation: Relocation | None = None) -> None:
        try:
            self._below = Beneath(path)
            names = self._below.names("/")
        except OSError as error:
            raise BuildError(f"cannot make a rock in {path}: {error.strerror}") from error
        if names:
            self._below.close()
            raise BuildError(f"cannot make a rock in {path}: it is not empty")
        self.path = path
        self.digests: dict[str, str] = {}
        self._directories: set[str] = set()
        self._sizes: dict[str, int] = {}
        self._bytes = 0
        self._relocation = relocation
        self._bound: dict[str, None] = {}
        self._astray: dict[str, None] = {}

    def close(self) -> None:
        """Close all descriptors."""
        self._below.close()

    def add_directory(self, path: str) -> None:
        """Make a directory and those above it; one that is there is left as it is."""
        if not path or path in self._directories:
            return
        self.add_directory(path.rpartition("/")[0])
        if inner_path(path) != path or path in self.digests:
            raise _conflict(path)
        self._made(path)
        self._directories.add(path)
        self._check_size()

    def add(self, path: str, content: bytes, *, is_executable: bool) -> None:
        """Write a file, over one that is there; below ``lua`` and ``lib`` all have one mode."""
        is_executable = _EXECUTABLE.get(path.partition("/")[0], is_executable)
        if not path or inner_path(path) != path or path in self._directories:
            raise _conflict(path)
        self.add_directory(path.rpartition("/")[0])
        content = self._relocated(path, content)
        self._bytes += len(content) - self._sizes.get(path, 0)
        self._sizes[path] = len(content)
        self._check_size()
        try:
            if path in self.digests:
                self._below.remove_file(f"/{path}")
            self._below.create(f"/{path}", content, 0o755 if is_executable else 0o644)
        except (OSError, WriteError) as error:
            raise _failed(path, error) from error
        self.digests[path] = md5(content).hexdigest()

    @property
    def made(self) -> Made:
        """What is in the rock by now."""
        files = {path: digest for path, digest in self.digests.items() if path != MANIFEST}
        return Made(files, tuple(self._bound), tuple(self._astray))

    def _relocated(self, path: str, content: bytes) -> bytes:
        """Return what a file will have: a text names the final directory, in place of the private.

        A file that is no text cannot be changed so: its offsets would be wrong.
        """
        for known in (self._bound, self._astray):
            known.pop(path, None)
        if self._relocation is None or not self._relocation.final:
            return content
        private, final = (each.encode("utf-8", "surrogateescape") for each in self._relocation)
        if private not in content:
            return content
        if b"\0" in content:
            self._astray[path] = None
            return content
        self._bound[path] = None
        return content.replace(private, final)

    def manifest(self) -> bytes:
        """Return the rock_manifest: directories as tables, files as their MD5."""
        top: LuaTable = {}
        for path in sorted(self._directories):
            _table(top, path)
        for path, digest in self.digests.items():
            above, _, name = path.rpartition("/")
            _table(top, above)[name] = digest
        return persist({MANIFEST: top})

    def _made(self, path: str) -> None:
        try:
            self._below.make_directory(f"/{path}")
        except (OSError, WriteError) as error:
            raise _failed(path, error) from error

    def _check_size(self) -> None:
        """Raise beyond the limits of archives."""
        count = len(self._sizes) + len(self._directories)
        if count > MOST_MEMBERS or self._bytes > MOST_UNPACKED:
            raise BuildError(
                f"the built rock has more than {MOST_MEMBERS} files or {MOST_UNPACKED} bytes",
                hint="look at what its build installs",
            )


def _table(top: LuaTable, path: str) -> LuaTable:
    """Return the table of a directory, made if it is missing."""
    for name in path.split("/") if path else ():
        inner = top.setdefault(name, {})
        if isinstance(inner, dict):  # always: a path is a file or a directory
            top = inner
    return top


def _conflict(path: str) -> BuildError:
    return BuildError(
        f"the rock would have {quoted(path)} as a file and as a directory, or its name is no name",
        hint="correct build.modules, build.install or copy_directories of its rockspec",
    )


def _failed(path: str, error: Exception) -> BuildError:
    why = getattr(error, "strerror", None) or str(error)
    return BuildError(f"cannot write {quoted(path)} of the built rock: {why}")
