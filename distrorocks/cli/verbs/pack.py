"""``distrorocks pack``: make rock files of installed rocks, rockspecs and packages."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence

from distrorocks.cli.arguments import (
    add_json,
    add_system,
    existing_root,
    system_of,
    working_directory,
)
from distrorocks.cli.report import print_json, print_line, warn
from distrorocks.cli.rock_arguments import add_tree, site_request_of
from distrorocks.errors import UsageError
from distrorocks.exit_status import DONE
from distrorocks.rocks.quotation import quoted
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.serve.pack.pack import Packed, PackJob

_SECOND = 2
_ROCKSPEC = ".rockspec"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments; those of LuaRocks keep their meaning."""
    parser.add_argument(
        "operands",
        nargs="*",
        metavar="ROCK",
        help="NAME [VERSION] of an installed rock, rockspecs for rocks of sources, or package "
        "files (.deb, .rpm)",
    )
    parser.add_argument(
        "--all", action="store_true", help="pack every rock that installed packages provide"
    )
    parser.add_argument(
        "--to", metavar="FOLDER", default="", help="write here (default: the working directory)"
    )
    parser.add_argument(
        "--audit",
        action="store_true",
        help="write what each rock with compiled files needs to ROCK.audit.json",
    )
    add_tree(parser)
    add_system(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Pack what is named; return 0 also if packages without a rock were left out."""
    from distrorocks.binaries.elf_image import require_library
    from distrorocks.serve.audit.audit import AuditRequest, audit, write_records

    if options.audit:
        require_library()
    packed = _packed(options)
    if options.audit:
        audits = audit(packed.paths, AuditRequest(is_here=False))
        write_records([each for each in audits if each.needs.files])
    if options.json:
        print_json(_as_json(packed))
        return DONE
    for text in dict.fromkeys((*packed.warnings, *packed.left_out)):
        warn(text)
    for path in packed.paths:
        print_line(f"Packed: {path}")
    return DONE


def _packed(options: argparse.Namespace) -> Packed:
    """Do what the operands ask for."""
    from distrorocks.families.package_file import is_package_file
    from distrorocks.serve.pack.pack import PackJob

    operands: Sequence[str] = options.operands
    here = working_directory()
    folder = os.path.normpath(os.path.join(here, options.to)) if options.to else here
    job = PackJob(folder, existing_root(options.root))
    is_tree = bool(options.tree or options.local or options.is_global)
    if options.all:
        if operands or is_tree:
            raise UsageError("--all takes no rock and no tree", hint="name a rock, or pass --all")
        if not options.to:
            raise UsageError(
                "--all needs a folder for the rocks", hint="pass --to FOLDER, such as --to ./rocks"
            )
        return job.all_provided(system_of(options))
    if not operands:
        raise UsageError("no rock given", hint="name an installed rock, a file, or pass --all")
    if any(map(is_package_file, operands)):
        if not all(map(is_package_file, operands)) or is_tree:
            raise UsageError("package files are packed alone", hint="pass .deb and .rpm files only")
        return job.package_files(operands, system_of(options))
    is_rockspec = [each.endswith(_ROCKSPEC) for each in operands]
    if all(is_rockspec):
        return job.rockspecs(operands, above=here)
    if any(is_rockspec):
        raise UsageError("rockspecs are packed alone", hint="pass rockspecs only")
    if len(operands) > _SECOND:
        raise UsageError(f"too many arguments: {' '.join(operands[_SECOND:])}")
    return _installed(job, options)


def _installed(job: PackJob, options: argparse.Namespace) -> Packed:
    """Pack an installed rock for one Lua version."""
    versions = options.lua_version or [""]
    if len(versions) > 1:
        raise UsageError("one --lua-version at a time", hint="run it again for each Lua version")
    name, version = (*options.operands, None)[:_SECOND]
    if name.startswith(("/", "./", "../")):
        raise UsageError(
            f"{quoted(name)} is a path, but neither a rockspec nor a package file",
            hint="name an installed rock, or a file that ends in .rockspec, .deb or .rpm",
        )
    usual = {"lua_version": versions[0], "deps_mode": None, "lua_dir": ""}
    chosen = argparse.Namespace(**{**vars(options), **usual})
    return job.installed(site_request_of(chosen, options.root), name, version)


def _as_json(packed: Packed) -> dict[str, object]:
    """Return the report as JSON."""
    return {
        "packed": [
            {"path": path, "lua_version": file.lua_version or None, "origin": file.origin}
            for path, file in zip(packed.paths, packed.files, strict=True)
        ],
        "left_out": list(packed.left_out),
        "warnings": list(packed.warnings),
    }
