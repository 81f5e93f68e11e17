"""``distrorocks external-deps``: check the external dependencies of rockspecs."""

from __future__ import annotations

import argparse

from distrorocks.cli.arguments import add_json, add_root, existing_root, lua_version
from distrorocks.cli.report import print_hint, print_json, print_line, print_message, warn
from distrorocks.errors import UsageError
from distrorocks.exit_status import DONE, FINDINGS
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.rocks.rockspec import Rockspec
    from distrorocks.system.lua.jail import Jail
    from distrorocks.world.external_check import ExternalReport, RockExternals


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "operands",
        nargs="+",
        metavar="ROCKSPEC",
        help="a rockspec, or VAR=VALUE as for luarocks (NAME_DIR, NAME_INCDIR, DEPS_DIR, ...)",
    )
    parser.add_argument(
        "--mode",
        choices=("build", "install"),
        default="build",
        help="check what building the rocks needs (default), or what installing binary rocks needs",
    )
    parser.add_argument(
        "--lua-version",
        metavar="VERSION",
        type=lua_version,
        help="Lua version to build for (default: that of luarocks)",
    )
    parser.add_argument(
        "--as-luarocks-3.8",
        dest="like_3_8",
        action="store_true",
        help="search the directories of LuaRocks 3.8, in its order",
    )
    add_root(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print the variables for the build, and what is missing; return 1 if anything is."""
    from distrorocks.luarocks.config import read_configuration
    from distrorocks.luarocks.default_lua_version import default_lua_version
    from distrorocks.luarocks.project import own_project
    from distrorocks.system.lua.jail import Jail
    from distrorocks.world.external_check import check_externals

    root = existing_root(options.root)
    variables, paths = _parted(options.operands)
    with Jail() as jail:
        project = own_project(root)
        version = options.lua_version or default_lua_version(root, jail, project=project)
        configuration = read_configuration(root, version, jail, project=project)
        rockspecs = [_rockspec(path, jail) for path in paths]
    for text in configuration.warnings:
        warn(text)
    report = check_externals(
        rockspecs,
        configuration.table,
        variables,
        lua_version=version,
        root=root,
        mode=options.mode,
        like_3_8=options.like_3_8,
    )
    if options.json:
        print_json(_as_json(report))
    else:
        _print(report)
    return DONE if report.is_whole else FINDINGS


def _parted(operands: list[str]) -> tuple[dict[str, str], list[str]]:
    """Return the assignments and the rockspec paths among the operands."""
    from distrorocks.config.key_path import assigned

    variables: dict[str, str] = {}
    paths = []
    for operand in operands:
        if found := assigned(operand):
            variables.setdefault(*found)
        else:
            paths.append(operand)
    if not all(paths):
        raise UsageError("the path of a rockspec is empty", hint="pass the path of a rockspec")
    if not paths:
        raise UsageError("no rockspec given", hint="pass the path of a rockspec")
    return variables, paths


def _rockspec(path: str, jail: Jail) -> Rockspec:
    """Return the rockspec in a file."""
    from distrorocks.rocks.rockspec import Rockspec
    from distrorocks.system.lua.file import ROCKSPEC_LIMIT, read_chunk

    chunk = read_chunk(path, jail=jail, limit=ROCKSPEC_LIMIT)
    return Rockspec.from_chunk(chunk, file_name=path.rpartition("/")[2])


def _print(report: ExternalReport) -> None:
    """Print variables to stdout, and what is missing to stderr."""
    from distrorocks.world.external_check import report_lines

    for rock in report.rocks:
        name = f"{rock.rockspec.name} {rock.rockspec.version}"
        if rock.is_whole and not rock.found:
            print_line(f"{name} has no external dependencies")
        elif rock.is_whole:
            print_line(f"{name} has all its external dependencies")
        for variable, value in rock.found.items():
            print_line(f"  {variable} = {value}")
        for each in rock.verdict.located:
            if each.package:
                print_line(f"  {each.dependency.name} is the package {each.package} of pkg-config")
        for line in report_lines(rock, report.lua_version):
            print_message(line)
    if report.hint:
        print_hint(report.hint)


def _as_json(report: ExternalReport) -> dict[str, object]:
    """Return the report as JSON."""
    return {
        "ok": report.is_whole,
        "install": report.command,
        "rocks": [_rock_as_json(rock) for rock in report.rocks],
    }


def _rock_as_json(rock: RockExternals) -> dict[str, object]:
    return {
        "rock": rock.rockspec.name,
        "version": rock.rockspec.version,
        "ok": rock.is_whole,
        "variables": rock.found,
        "pkg_config": {
            each.dependency.name: each.package for each in rock.verdict.located if each.package
        },
        "missing": [
            {
                "name": each.missing.dependency.name,
                each.missing.word: each.missing.wanted,
                "tried": [f"{directory}/{file}" for file, directory in each.missing.tried],
                **each.advice._asdict(),
            }
            for each in rock.missing
        ],
        "lua_headers": rock.headers.directory if rock.headers else None,
        "lua_headers_package": rock.headers_advice.package,
        "lua_headers_assignment": rock.headers_advice.assignment,
    }
