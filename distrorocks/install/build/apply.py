"""Carry out the steps of a build; nothing outside its places is changed."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from itertools import groupby

from distrorocks.errors import DistrorocksError
from distrorocks.install.build.commands import Command, Commands
from distrorocks.install.build.request import BuildError, Places
from distrorocks.install.build.rock_folder import MANIFEST, Made, Relocation, RockFolder
from distrorocks.install.build.source_folder import Entry, SourceFolder
from distrorocks.install.build.step import (
    Compile,
    InstallDocuments,
    InstallFile,
    InstallFolder,
    Link,
    NeedsLuaRocks,
    RunCommand,
    Step,
    TakeInstalled,
    Warn,
    WriteManifest,
    WriteRockFile,
    WriteSource,
    uses_output,
)
from distrorocks.rocks.quotation import quoted
from distrorocks.system.files.atomic_file import WriteError
from distrorocks.system.files.beneath import Beneath

PREPARED = ("lua", "lib", "bin", "conf")
"""The directories of a rock that exist before its commands run; empty ones are left out."""

_DOCUMENT_STARTS = ("readme", "license", "copying")


def carry_out(steps: Sequence[Step], places: Places, commands: Commands) -> Made:
    """Carry out steps; return what they made.

    The directories of ``places`` exist; ``rock`` is empty, and so is ``output``, apart from what
    ``prepare`` makes; steps that do not use it need none. Raise ``BuildError`` if a command fails
    or a file is missing, refused or too large. The rock is then not whole: the caller removes all
    places.
    """
    with (
        SourceFolder(places.sources, places.directory) as sources,
        contextlib.ExitStack() as stack,
        RockFolder(places.rock, Relocation(places.output, places.final)) as rock,
    ):
        output = None
        if uses_output(steps):  # opened now: a command could put a link in its place
            output = stack.enter_context(SourceFolder(places.output))
            prepare(places)
        build = _Build(sources, output, rock, commands)
        for is_compiling, group in groupby(steps, lambda step: isinstance(step, (Compile, Link))):
            if is_compiling:
                _compile(list(group), commands)
            else:
                for step in group:
                    build.do(step)
        return rock.made


def _compile(steps: Sequence[Step], commands: Commands) -> None:
    """Compile side by side, then link; with nothing to do side by side, all by one start."""
    if not commands.is_parallel or sum(isinstance(step, Compile) for step in steps) < 2:
        commands.run_in_order([_command(step) for step in steps])
        return
    for _, group in groupby(steps, type):
        commands.run_together([_command(step) for step in group])


def prepare(places: Places) -> None:
    """Make the directories in which commands install; leave those that exist.

    Whoever gives the output to another user, as whom commands run, does so after this.
    """
    try:
        with Beneath(places.output) as below:
            for name in PREPARED:
                with contextlib.suppress(FileExistsError):
                    below.make_directory(f"/{name}")
    except (OSError, WriteError) as error:
        raise BuildError(f"cannot prepare {places.output} for a build: {error}") from error


def _command(step: Step) -> Command:
    """Return the command of a step that has one."""
    match step:
        case Compile():
            return Command(step.command, f"compiling {step.source}", {})
        case Link():
            return Command(step.command, f"linking {step.target}", {})
        case RunCommand():
            return Command(step.command, step.purpose, step.environment)
    raise AssertionError(step)


class _Build:
    """A build that is carried out."""

    def __init__(
        self,
        sources: SourceFolder,
        output: SourceFolder | None,
        rock: RockFolder,
        commands: Commands,
    ) -> None:
        self._sources = sources
        self._output = output
        self._rock = rock
        self._commands = commands

    def do(self, step: Step) -> None:
        """Carry out one step."""
        match step:
            case RunCommand():
                self._commands.run(_command(step))
            case WriteSource(path, content, _):
                self._sources.write(path, content)
            case TakeInstalled() if self._output:
                self._take_installed(self._output)
            case InstallFile(source, target, is_executable, _):
                self._install(source, target, is_executable=is_executable)
            case InstallFolder():
                self._install_folder(step)
            case InstallDocuments(unless, _):
                self._install_documents(unless)
            case WriteRockFile(path, content, _):
                self._rock.add(path, content, is_executable=False)
            case WriteManifest():
                self._rock.add(MANIFEST, self._rock.manifest(), is_executable=False)
            case NeedsLuaRocks(kind, _):
                raise DistrorocksError(
                    f"the build type {quoted(kind)} needs LuaRocks",
                    hint=f"install LuaRocks and the rock luarocks-build-{kind}",
                )
            case Warn():
                pass

    def _take_installed(self, output: SourceFolder) -> None:
        top = output.find("")
        if top is None or not set(PREPARED) & set(output.names(top)):
            raise BuildError("the commands removed the directories that they install into")
        for entry in output.walk(top):
            if entry.path not in PREPARED or output.names(entry):
                self._put(output, entry, entry.path)

    def _put(self, folder: SourceFolder, entry: Entry, target: str) -> None:
        """Put what a walk found into the rock."""
        if entry.is_directory:
            self._rock.add_directory(target)
        else:
            self._rock.add(target, folder.read(entry), is_executable=entry.is_executable)

    def _install(self, source: str, target: str, *, is_executable: bool) -> None:
        found = self._sources.find(source)
        if found is None:
            raise BuildError(
                f"{quoted(source)} cannot be installed: it is not there in the sources",
                hint="its rockspec names it; compare build.modules and build.install with them",
            )
        self._rock.add(target, self._content(found), is_executable=is_executable)

    def _content(self, found: Entry) -> bytes:
        """Return a file's content; LuaRocks makes an empty file of a directory."""
        return b"" if found.is_directory else self._sources.read(found)

    def _install_folder(self, step: InstallFolder) -> None:
        found = self._sources.find(step.source)
        if found is None or not found.is_directory:
            if step.is_required:
                raise BuildError(
                    f"the directory {quoted(step.source)} is not in the sources",
                    hint="its rockspec names it in build.copy_directories",
                )
            return
        self._rock.add_directory(step.target)
        for entry in self._sources.walk(found):
            self._put(self._sources, entry, f"{step.target}/{entry.path}".lstrip("/"))

    def _install_documents(self, unless: Sequence[str]) -> None:
        found = [self._sources.find(name) for name in unless]
        top = self._sources.find("")
        if top is None or any(each and each.is_directory for each in found):
            return
        for name in self._sources.names(top):
            entry = self._document(name)
            if entry:
                self._rock.add(f"doc/{name}", self._content(entry), is_executable=False)

    def _document(self, name: str) -> Entry | None:
        """Return what is a document by its name; a link that leads out is none."""
        lower = name.lower()
        if lower.startswith(_DOCUMENT_STARTS) or ".md" in lower:
            with contextlib.suppress(BuildError):
                return self._sources.find(name)
        return None
