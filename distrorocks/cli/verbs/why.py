"""``distrorocks why``: explain which rocks need a rock, and list alternatives."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from distrorocks.cli.arguments import add_json, add_root, usage_checked
from distrorocks.cli.report import print_json, print_line, print_message, warn
from distrorocks.cli.rock_arguments import add_target, site_request_of
from distrorocks.cli.server_arguments import add_distro, add_servers, servers_of
from distrorocks.errors import NegativeError
from distrorocks.exit_status import DONE
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.health.why import Explained, Requirer
    from distrorocks.resolve.candidate import Candidate

_MOST = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("rock", metavar="ROCK", help="name of the rock")
    add_target(parser)
    add_servers(parser)
    add_distro(parser)
    add_root(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print the answer; return 1 if no tree has the rock and no rock needs it."""
    from distrorocks.health.why import why_rock
    from distrorocks.rocks.name import parse_rock_name
    from distrorocks.world.candidates import DistroUse
    from distrorocks.world.installed import hint_of_other_lua

    with usage_checked():
        name = parse_rock_name(options.rock.rpartition("/")[2])
    found = why_rock(
        site_request_of(options, options.root),
        name,
        servers=servers_of(options),
        distro=DistroUse.NEVER if options.distro == "never" else DistroUse.REQUIRE,
        is_offline=options.offline,
    )
    if options.json:
        print_json(_as_json(found))
    else:
        for text in found.warnings:
            warn(text)
        print_message(f"for Lua {found.lua_version}:")
        for line in _lines(found):
            print_line(line)
    answer = found.why
    if not (answer.reasons or answer.unsatisfied):
        there = f"; available: {_places(answer.known)}" if answer.known else ""
        raise NegativeError(
            f"no tree has {answer.name} for Lua {found.lua_version}, and no rock needs it{there}",
            hint=hint_of_other_lua(options.root, answer.name, [found.lua_version]),
        )
    return DONE


def _lines(found: Explained) -> Iterator[str]:
    for reason in found.why.reasons:
        package = found.packages.get(reason.candidate)
        owner = f" (package {package})" if package else ""
        yield f"{reason.candidate} in {reason.candidate.place}{owner}"
        yield from _above(reason.required_by, "  ")
        if not reason.required_by:
            yield "  no rock needs it"
        elif reason.alternatives:
            yield f"  alternatives: {_places(reason.alternatives)}"
        else:
            yield "  no alternatives"
    for each in found.why.unsatisfied:
        place = each.candidate.place
        yield f"{each.candidate} in {place} needs '{each.need.dependency}': not satisfied"


def _above(wanted: Sequence[Requirer], indent: str) -> Iterator[str]:
    for each in wanted:
        need = each.need.dependency
        yield f"{indent}{each.candidate} in {each.candidate.place} needs '{need}'"
        yield from _above(each.required_by, f"{indent}  ")


def _places(candidates: Sequence[Candidate]) -> str:
    """Return candidates with their places, newest first."""
    newest = sorted(candidates, key=lambda each: each.version, reverse=True)
    texts = [f"{each.version} {_place(each)}" for each in newest[:_MOST]]
    more = len(newest) - _MOST
    return ", ".join(texts) + (f" and {more} more" if more > 0 else "")


def _place(candidate: Candidate) -> str:
    places = {"provided": "provided", "distro": f"of the package {candidate.place}"}
    verb = "in" if candidate.origin.value == "installed" else "from"
    return places.get(candidate.origin.value, f"{verb} {candidate.place}")


def _as_json(found: Explained) -> dict[str, object]:
    """Return the answer as JSON."""
    answer = found.why
    return {
        "rock": answer.name,
        "lua_version": found.lua_version,
        "installed": [
            {
                **_candidate(reason.candidate),
                "package": found.packages.get(reason.candidate),
                "needed_by": [_requirers(each) for each in reason.required_by],
                "instead": [_candidate(each) for each in reason.alternatives],
            }
            for reason in answer.reasons
        ],
        "lacking": [
            {**_candidate(each.candidate), "need": str(each.need.dependency)}
            for each in answer.unsatisfied
        ],
        "warnings": list(found.warnings),
    }


def _requirers(each: Requirer) -> dict[str, object]:
    above = [_requirers(one) for one in each.required_by]
    return {**_candidate(each.candidate), "need": str(each.need.dependency), "needed_by": above}


def _candidate(candidate: Candidate) -> dict[str, object]:
    return {
        "name": candidate.name,
        "version": str(candidate.version),
        "origin": candidate.origin.value,
        "place": candidate.place,
        "namespace": candidate.namespace,
    }
