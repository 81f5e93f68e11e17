"""Whether binary rocks of servers would load here, decided before one is chosen.

A server folder may have a record of what a rock needs beside it (``ROCK.audit.json``, by
``distrorocks audit --write``); then the rock itself need not be fetched to know.
"""

from __future__ import annotations

from hashlib import sha256

from distrorocks.binaries.elf_image import MissingLibraryError
from distrorocks.binaries.lua_abi import JIT
from distrorocks.binaries.rock_needs import MOST_BYTES, SUFFIX, RockNeeds, parse_record
from distrorocks.binaries.verdict import FAILS, judge
from distrorocks.errors import DistrorocksError
from distrorocks.rocks.quotation import plain, retold
from distrorocks.servers.choice import RockFile
from distrorocks.servers.files import ROCK_LIMIT, ServerFiles, Wanted
from distrorocks.servers.time_limit import ServerError
from distrorocks.world.loader import Loader
from distrorocks.world.rock_binaries import lua_symbols, rock_needs


class StaleRecordError(DistrorocksError):
    """A rock does not load here, and the server's record of it is about another file."""


class RockJudge:
    """Judges rocks for the system in a root and one Lua version, each rock once."""

    def __init__(self, root: str, lua_version: str) -> None:
        self._root, self._lua_version = root, lua_version
        self._loader: Loader | None = None
        self._reasons: dict[RockFile, str] = {}
        self._sums: dict[RockFile, str] = {}

    def why_not(self, file: RockFile, files: ServerFiles) -> str:
        """Return why a binary rock would not load here, "" if it would or cannot be judged.

        A rock that cannot be read is not judged: who installs it reports the fault.
        """
        if file not in self._reasons:
            self._reasons[file] = self._judged(file, files)
        return self._reasons[file]

    def confirm(self, file: RockFile, content: bytes) -> None:
        """Raise ``StaleRecordError`` for a rock that does not load here, unlike its record said.

        A record is about one file; where the server has another one now, that one is judged.
        """
        if file not in self._sums or self._sums[file] == sha256(content).hexdigest():
            return
        if reason := self._reason(rock_needs(file.file_name, content)):
            raise StaleRecordError(
                f"{plain(str(file))} does not load here: {reason}",
                detail=f"the server's {file.file_name}{SUFFIX} is about another file of this name",
                hint="take the sources, or ask the server to run `distrorocks audit --write` again",
            )

    def _judged(self, file: RockFile, files: ServerFiles) -> str:
        needs = self._recorded(file, files)
        try:
            if needs is None:
                content = files.content(Wanted(file.server, file.file_name, ROCK_LIMIT))
                needs = rock_needs(file.file_name, content)
        except MissingLibraryError as error:
            files.warn(f"whether binary rocks load here is not checked: {error.brief}")
            return ""
        except ServerError:
            return ""
        except DistrorocksError as error:
            return retold(error.brief)
        return self._reason(needs)

    def _reason(self, needs: RockNeeds) -> str:
        """Return the first reason why a rock does not load here, or ""."""
        if self._loader is None:
            self._loader = Loader(self._root, self._lua_version)
        lua = JIT if self._loader.is_jit else self._lua_version
        system = self._loader.system(needs.files.values())
        found = judge(needs, system, lua, lua_symbols())
        return plain(str(found.findings[0])) if found.state == FAILS else ""

    def _recorded(self, file: RockFile, files: ServerFiles) -> RockNeeds | None:
        """Return what the server's record says that a rock needs, None if there is no sound one."""
        name = f"{file.file_name}{SUFFIX}"
        wanted = Wanted(file.server, name, MOST_BYTES, is_rock=False, may_be_missing=True)
        try:
            found = parse_record(files.content(wanted))
        except ServerError:
            return None
        except DistrorocksError as error:
            files.warn(f"{wanted.shown} is not used: {error.brief}")
            return None
        if found.rock != file.file_name:
            files.warn(f"{wanted.shown} is not used: it is about another rock")
            return None
        self._sums[file] = found.sha256
        return found
