"""``distrorocks new-version``: the rockspec of a new version of a rock."""

from __future__ import annotations

import argparse
import posixpath

from distrorocks.cli.arguments import Named, add_json, working_directory
from distrorocks.cli.report import print_json, print_line, warn
from distrorocks.cli.server_arguments import add_servers, world_request_of
from distrorocks.exit_status import DONE
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.world.candidates import WorldRequest


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments, which are those of LuaRocks."""
    parser.add_argument(
        "rock",
        nargs="?",
        default="",
        metavar="ROCK",
        help="a rockspec, or a rock of a server (default: the rockspec that `make` takes)",
    )
    parser.add_argument(
        "new_version",
        nargs="?",
        default="",
        metavar="NEW_VERSION",
        help="the new version (default: that of --tag, else the old one with its revision raised)",
    )
    parser.add_argument(
        "new_url",
        nargs="?",
        default="",
        metavar="NEW_URL",
        help="address of the new sources (default: the old one with the version replaced)",
    )
    parser.add_argument(
        "--dir",
        metavar="DIR",
        action=Named,
        default="",
        help="write to this directory (default: the working directory)",
    )
    parser.add_argument("--tag", metavar="TAG", default="", help="new tag of the repository")
    parser.add_argument("--force", action="store_true", help="replace a file that exists")
    add_servers(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Write the new rockspec, and report what was guessed."""
    from distrorocks.project.new_version import Update, new_version

    here = working_directory()
    request = world_request_of(options, "/", distro="never")
    text, place = _rockspec(options.rock, request, here)
    is_far = bool(options.rock) and not _is_file(options.rock)
    updated = new_version(
        text,
        place,
        Update(options.new_version, options.new_url, options.tag, is_far),
        request,
        folder=posixpath.normpath(posixpath.join(here, options.dir)),
        above=here,
        is_forced=options.force,
    )
    if options.json:
        print_json(updated._asdict())
        return DONE
    for warning in updated.warnings:
        warn(warning)
    for guess in updated.guesses:
        print_line(f"Guessed {guess}")
    print_line(f"Wrote {updated.path}")
    return DONE


def _is_file(rock: str) -> bool:
    """Return whether an argument is the path of a rockspec."""
    return rock.endswith("rockspec") and "://" not in rock


def _rockspec(rock: str, request: WorldRequest, here: str) -> tuple[bytes, str]:
    """Return the text of the old rockspec, and where it is from."""
    from distrorocks.system.files.named_file import read_named
    from distrorocks.system.lua.file import ROCKSPEC_LIMIT

    if not rock:
        from distrorocks.install.own_rockspec import find_rockspec

        rock = find_rockspec(here)
    if _is_file(rock):
        place = posixpath.join(here, rock)
        return read_named(place, ROCKSPEC_LIMIT), place
    if rock.endswith("rockspec"):
        from distrorocks.project.fetched import content_at

        return content_at(rock, request, ROCKSPEC_LIMIT), rock
    from distrorocks.serve.download import Wish, choose
    from distrorocks.servers.rock_check import check_rock_file
    from distrorocks.servers.server_manifest import ROCKSPEC, SOURCE
    from distrorocks.system.lua.jail import Jail

    (file,) = choose(Wish(rock, None, (ROCKSPEC, SOURCE)), request).files
    with Jail() as jail:
        return check_rock_file(file, jail).text, file.place
