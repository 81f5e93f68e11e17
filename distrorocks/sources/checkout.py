"""Checkouts of git, hg, svn and cvs: the command lines, and what is done with their result.

They are LuaRocks' (``luarocks.fetch.git`` and others), made safe: no option, transport or hook of a
repository runs a program. Git may use only the transports named here, whatever a redirect or a
submodule asks for, and local repositories only if the sources themselves are local.
"""

from __future__ import annotations

import os

from distrorocks.progress import Work
from distrorocks.sources.checked_folder import check_folder, remove_inner
from distrorocks.sources.programs import Programs
from distrorocks.sources.source import Kind, Source, SourceError
from distrorocks.system.processes.logged_command import Logged
from distrorocks.values import NamedTuple

_GIT = (
    "git",
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "protocol.ext.allow=never"),
    *("-c", "advice.detachedHead=false"),
    *("-c", "submodule.recurse=false"),
)
_TRANSPORTS = "http:https:ssh:git"
_DEFAULT_BRANCH = "master"
_LEFT_OUT = {
    Kind.GIT: (".git", ".gitignore"),
    Kind.HG: (".hg", ".hgignore"),
    Kind.SVN: (".svn",),
    Kind.CVS: (),
}


class Command(NamedTuple):
    """A command line; with ``is_last_resort`` it runs only if the one before it has failed."""

    argv: tuple[str, ...]
    is_last_resort: bool = False


def commands_of(source: Source) -> tuple[Command, ...]:
    """Return the command lines that fetch a checkout into the folder ``source.module``."""
    place, module, reference = source.place, source.module, source.reference
    if source.kind is Kind.GIT:
        # LuaRocks leaves "master" to the repository, whose default branch may have another name.
        branch = () if reference in ("", _DEFAULT_BRANCH) else (f"--branch={reference}",)
        clone = (*_GIT, "clone", "--quiet", "--template=", *branch)
        rest = ("--", place, module)
        deep = Command((*clone, *rest), is_last_resort=True)  # HTTP without git's own protocol
        return Command((*clone, "--depth=1", *rest)), deep
    if source.kind is Kind.HG:
        revision = ("--rev", reference) if reference else ()
        quiet = ("--quiet", "--noninteractive")
        # a far repository may name local ones to put into it
        alone = () if source.is_local else ("--config", "subrepos.allowed=false")
        return (Command(("hg", *quiet, *alone, "clone", *revision, "--", place, module)),)
    if source.kind is Kind.SVN:
        number = ("-r", reference) if reference else ()
        options = ("--quiet", "--non-interactive", "--no-auth-cache")
        return (Command(("svn", "export", *options, *number, "--", place, module)),)
    tag = ("-r", reference or "HEAD")
    return (Command(("cvs", "-f", "-Q", f"-d{place}", "export", *tag, module)),)


def check_out(source: Source, folder: str, programs: Programs) -> str:
    """Fetch a checkout into the empty private ``folder``, and return the digest of its files.

    Raise ``SourceError``.
    """
    with Work(f"checking out {source.rock}"):
        return _checked_out(source, folder, programs)


def _checked_out(source: Source, folder: str, programs: Programs) -> str:
    transports = f"{_TRANSPORTS}:file" if source.is_local else _TRANSPORTS
    more = {"GIT_ALLOW_PROTOCOL": transports}
    ended: Logged | None = None
    for command in commands_of(source):
        if ended is None or (command.is_last_resort and _is_shallow_fault(ended)):
            remove_inner(folder, source.module)
            ended = programs.run(command.argv, folder=folder, what=source.rock, more=more)
    if ended is None or ended.status:
        raise _failed(source, ended)
    place = f"{folder}/{source.module}"
    if not os.path.isdir(place) or os.path.islink(place):
        raise _failed(source, ended)
    if source.has_submodules and os.path.lexists(f"{place}/.gitmodules"):
        update = ("submodule", "--quiet", "update", "--init", "--recursive", "--recommend-shallow")
        argv = (*_GIT, "-C", place, *update)
        ended = programs.run(argv, folder=folder, what=source.rock, more=more)
        if ended.status:
            raise _failed(source, ended)
    for name in _LEFT_OUT[source.kind]:
        remove_inner(place, name)
    return check_folder(folder, source.rock)


def _is_shallow_fault(ended: Logged) -> bool:
    """Return whether git failed because a server cannot give a part of the history."""
    return ended.status != 0 and any("shallow" in line for line in ended.last_lines)


def _failed(source: Source, ended: Logged | None) -> SourceError:
    named = f" at {source.reference}" if source.reference else ""
    return SourceError(
        f"the sources of {source.rock} cannot be fetched from {source.shown}{named}",
        detail="\n".join(ended.last_lines) if ended else "",
        hint=f"try it by hand with {source.kind.value}; access is configured at home",
    )
