"""``distrorocks doc``: the documentation of a rock, or its home page."""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import sys

from distrorocks.cli.arguments import add_json, add_trees, choice_of
from distrorocks.cli.report import (
    print_json,
    print_line,
    print_message,
    print_record,
    print_title,
    warn,
)
from distrorocks.cli.server_arguments import add_servers, world_request_of
from distrorocks.errors import DistrorocksError, NegativeError
from distrorocks.exit_status import DONE
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.health.documents import Documents

_USUAL_BROWSER = "xdg-open"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments, which are those of LuaRocks."""
    parser.add_argument(
        "rock", metavar="NAME", help="name of the rock, or an unambiguous part of it"
    )
    parser.add_argument("version", metavar="VERSION", nargs="?", help="version of the rock")
    parser.add_argument("--home", action="store_true", help="the home page, not a document")
    parser.add_argument("--list", action="store_true", help="list the files of the documentation")
    parser.add_argument(
        "--porcelain", action="store_true", help="list one path on each line, without a title"
    )
    add_trees(parser)
    add_servers(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Open the document or home page on a terminal; else print its path or address."""
    from distrorocks.health.documents import documents
    from distrorocks.health.show import show

    choice = choice_of(options)
    try:
        shown, warnings = show(
            choice.root,
            options.rock,
            options.version or None,
            lua_versions=choice.lua_versions,
            tree=choice.tree,
        )
    except NegativeError:
        if options.list or choice.tree:
            raise
        return _of_servers(options, choice.root)
    found = [documents(choice.root, each) for each in shown]
    if options.json:
        print_json({"rocks": list(map(_as_json, found)), "warnings": warnings})
        return DONE
    for text in dict.fromkeys((*warnings, *(text for each in shown for text in each.missing))):
        warn(text)
    if options.list or options.porcelain:
        for each in found:
            _print_files(each, is_porcelain=options.porcelain)
        return DONE
    return _open(_target(found[-1], options), is_here=choice.root == "/")


def _target(found: Documents, options: argparse.Namespace) -> str:
    """Return the path or address to open."""
    if options.home:
        return found.needed_home()
    if found.first:
        return found.first
    if found.files:
        raise NegativeError(
            f"no document of {found.rock} has the name of a first page",
            hint=f"they are in {found.directory}; `--list` lists them",
        )
    if found.home:
        print_message(f"{found.rock} has no documents here; its home page is:")
    return found.needed_home()


def _print_files(found: Documents, *, is_porcelain: bool) -> None:
    """List the files of a documentation as LuaRocks does; raise if there are none."""
    if not found.files:
        raise NegativeError(
            f"{found.rock} is installed without documents",
            hint="`--home` is its home page" if found.home else "",
        )
    if is_porcelain:
        for path in found.paths:
            print_record(path)
        return
    print_title(f"Documentation files for {found.rock}")
    print_line(f"{found.directory}/")
    for file in found.files:
        print_line(f"\t{file}")


def _of_servers(options: argparse.Namespace, root: str) -> int:
    """Open the home page of a rock that is not installed, from the rockspec on a server."""
    from distrorocks.health.documents import Documents
    from distrorocks.serve.download import Wish, choose
    from distrorocks.servers.rock_check import check_rock_file
    from distrorocks.servers.server_manifest import ROCKSPEC, SOURCE
    from distrorocks.system.lua.jail import Jail

    print_message(f"{options.rock} is not installed; looking for it on the rocks servers")
    request = world_request_of(options, root, distro="never")
    if options.lua_version:
        request = request._replace(lua_version=options.lua_version[-1])
    wish = Wish(options.rock, options.version or None, (ROCKSPEC, SOURCE))
    file = choose(wish, request).files[0]
    with Jail() as jail:
        rockspec = check_rock_file(file, jail).rockspec
    rock = f"{file.name} {file.version}"
    found = Documents(rock, "", (), rockspec.described("homepage") or "")
    if options.json:
        print_json({"rocks": [_as_json(found)], "warnings": []})
        return DONE
    return _open(found.needed_home(), is_here=root == "/")


def _open(target: str, *, is_here: bool) -> int:
    """Become the browser on a terminal, else print what to open."""
    argv = browser(target) if is_here and sys.stdout.isatty() else []
    if not argv:
        print_record(target)
        return DONE
    print_message(f"opening {target}")
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it, and so would the browser
    try:
        os.execv(argv[0], argv)  # noqa: S606 - the user's own browser, and no shell
    except OSError as error:
        raise DistrorocksError(
            f"{argv[0]} cannot be started: {error.strerror}", hint="set BROWSER to another program"
        ) from None


def browser(target: str) -> list[str]:
    """Return the command that shows a document: the first of ``BROWSER`` there is, or xdg-open.

    Only paths and addresses of the web are shown: a rockspec may name anything as its home page.
    Return [] if nothing shows it.
    """
    from distrorocks.system.processes.command import find_program

    path = os.environ.get("PATH", "")
    if not target.startswith(("/", "http://", "https://")):
        return []
    for command in (*os.environ.get("BROWSER", "").split(":"), _USUAL_BROWSER):
        try:
            words = shlex.split(command)
        except ValueError:
            continue
        program = find_program(words[0], path) if words else None
        if program:
            rest = [word.replace("%s", target) for word in words[1:]]
            return [program, *rest, *([] if "%s" in command else [target])]
    return []


def _as_json(found: Documents) -> dict[str, object]:
    """Return the documentation as JSON."""
    return {
        "rock": found.rock,
        "directory": found.directory or None,
        "files": found.files,
        "first": found.first or None,
        "home": found.home or None,
    }
