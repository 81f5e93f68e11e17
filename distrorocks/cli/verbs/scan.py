"""``distrorocks scan``: list the rocks that installed packages contain, with the evidence."""

from __future__ import annotations

import argparse

from distrorocks.cli.arguments import add_json, add_system, system_of
from distrorocks.cli.report import print_json, print_line, warn
from distrorocks.exit_status import DONE
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.world.provided import ProvidedRock


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_system(parser)
    parser.add_argument(
        "--porcelain",
        action="store_true",
        help="print tab-separated fields: package, rock, version, Lua version, state, source, "
        "confidence",
    )
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print every package with Lua modules; always return 0."""
    from distrorocks.world.survey import survey

    found = survey(system_of(options))
    if options.json:
        print_json({"rocks": list(map(_as_json, found.rocks)), "warnings": list(found.warnings)})
        return DONE
    for text in found.warnings:
        warn(text)
    if options.porcelain:
        for rock in found.rocks:
            print_line("\t".join(_fields(rock)))
        return DONE
    for group in _groups(found.rocks):
        for line in _lines(group):
            print_line(line)
    return DONE


def _state(rock: ProvidedRock) -> str:
    return "not published" if rock.why_not else "published"


def _fields(rock: ProvidedRock) -> tuple[str, ...]:
    """Return one answer as fields."""
    name = rock.name
    state = (rock.lua_version, _state(rock), name.source, name.confidence)
    return (rock.package.name, *rock.rock, *state)


def _groups(rocks: list[ProvidedRock]) -> list[list[ProvidedRock]]:
    """Group answers that differ only in their Lua version."""
    groups: dict[tuple[str, ...], list[ProvidedRock]] = {}
    for rock in rocks:
        key = (rock.package.name, rock.package.architecture, *rock.rock, rock.why_not)
        groups.setdefault(key, []).append(rock)
    return list(groups.values())


def _lines(group: list[ProvidedRock]) -> list[str]:
    """Return the lines that describe one package and rock."""
    rock = group[0]
    package, name = rock.package, rock.name
    luas = ", ".join(each.lua_version for each in group)
    identity = " ".join(rock.rock) if name.rock else "no rock"
    lines = [f"{package.name} {package.version}: {identity} (Lua {luas}), {_state(rock)}"]
    if rock.why_not:
        lines.append(f"   not published: {rock.why_not}")
    if name.rock:
        lines.append(f"   name: {name.evidence} ({name.source}, {name.confidence} confidence)")
        lines.append(f"   version: {rock.version.reason}")
    if rock.outside:
        lines.append(f"   outside the tree's directories: {', '.join(rock.outside)}")
    return lines


def _as_json(rock: ProvidedRock) -> dict[str, object]:
    """Return one answer as JSON."""
    name = rock.name
    return {
        "package": rock.package.name,
        "package_version": rock.package.version,
        "architecture": rock.package.architecture,
        "rock": name.rock,
        "version": rock.version.text,
        "version_reason": rock.version.reason,
        "lua_version": rock.lua_version,
        "published": not rock.why_not,
        "why_not": rock.why_not,
        "source": name.source,
        "confidence": name.confidence,
        "evidence": name.evidence,
        "lua": sorted(rock.lua),
        "lib": sorted(rock.lib),
        "bin": sorted(rock.bin),
        "outside": list(rock.outside),
    }
