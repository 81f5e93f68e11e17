"""``distrorocks scaffold INPUT``: write the packaging of a rock."""

from __future__ import annotations

import argparse
import os

from distrorocks.cli.arguments import Named, add_json
from distrorocks.cli.packaging_closure import add_closure_options, run_closure
from distrorocks.cli.packaging_input import (
    batch_paths,
    input_path,
    request_of,
    run_batch,
    wanted_forms,
)
from distrorocks.cli.packaging_update import add_update_options, run_update
from distrorocks.cli.report import print_json, print_line, print_message, warn
from distrorocks.errors import NegativeError, UsageError
from distrorocks.exit_status import DONE
from distrorocks.packaging.plan.field import ALL_FORMATS, HELPERS
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:  # the templates' and settings' libraries are imported when a rock is packaged
    from distrorocks.packaging.plan.field import Field
    from distrorocks.packaging.scaffold.scaffold import Scaffold


_APART = ("plan", "explain", "diff", "update", "recursive")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    parser.add_argument(
        "input",
        metavar="INPUT",
        nargs="?",
        default="",
        help="a rockspec, a .src.rock, a directory of sources, or the name of a rock on a server",
    )
    parser.add_argument(
        "version", nargs="?", default="", metavar="VERSION", help="the version of the rock"
    )
    parser.add_argument(
        "more",
        nargs="*",
        metavar="INPUT",
        help="more paths; each is packaged in DIR/FORMAT/PACKAGE, even if another one fails",
    )
    parser.add_argument(
        "--format",
        action="append",
        choices=sorted(ALL_FORMATS),
        default=[],
        help="may be given several times (default: that of this system)",
    )
    parser.add_argument(
        "-o", "--output", metavar="DIR", default=".", help="where to write (default: here)"
    )
    parser.add_argument(
        "--maintainer",
        metavar="'NAME <MAIL>'",
        default="",
        help="the maintainer (default: DEBFULLNAME and DEBEMAIL)",
    )
    parser.add_argument(
        "--release",
        default="",
        metavar="RELEASE",
        help="the release that the packaging is for, such as trixie, sid, 43, rawhide or edge: its "
        "Lua versions and policy (default: target in distrorocks.toml, else any)",
    )
    parser.add_argument(
        "--date",
        action=Named,
        metavar="DATE",
        default="",
        help="the date of the changelog's entry: 2026-11-30, what `date -R` prints, or @SECONDS "
        "(default: SOURCE_DATE_EPOCH, that of the same version's packaging, or today)",
    )
    parser.add_argument(
        "--helper",
        choices=HELPERS,
        default="",
        help="what packages for Debian and Fedora are built with (default: dh-luarocks, "
        "luarocks-rpm-macros, or what the packaging has): plain is what these ship today, dh-lua "
        "the helper of Debian's Lua team",
    )
    parser.add_argument(
        "--templates",
        action="append",
        metavar="DIR",
        default=[],
        help="use templates from here first, in the layout of packaging-templates",
    )
    parser.add_argument(
        "--plan",
        action="store_true",
        help="print all fields of the plan and their sources; write nothing",
    )
    parser.add_argument(
        "--explain",
        metavar="FIELD",
        default="",
        help="print one field of the plan, its source and how to change it",
    )
    add_update_options(parser)
    add_closure_options(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Write the packaging, update it, or print its plan."""
    _refuse_together(options)
    if paths := batch_paths(options):
        return run_batch(options, paths)
    with input_path(options) as path:
        options.input = path
        return _run(options)


def _refuse_together(options: argparse.Namespace) -> None:
    """Refuse options that exclude each other."""
    words = [f"--{word}" for word in _APART if getattr(options, word)]
    if len(words) > 1 and set(words) != {"--plan", "--recursive"}:
        raise UsageError(f"{' and '.join(words)} exclude each other", hint="use one of them")
    if words and batch_paths(options):
        raise UsageError(f"{words[0]} works on one rock only", hint="name one INPUT")
    if options.rocks and not options.recursive:
        raise UsageError("--rocks requires --recursive", hint="add --recursive, or omit --rocks")


def _run(options: argparse.Namespace) -> int:
    """Carry out the options for INPUT, which is a path here."""
    from distrorocks.packaging.scaffold.scaffold import scaffolds, write
    from distrorocks.system.lua.jail import Jail

    if options.update or options.diff:
        return run_update(options)
    if not options.input:
        raise UsageError("no INPUT is given", hint="see `distrorocks scaffold --help`")
    request = request_of(options, wanted_forms(options))
    if options.recursive:
        return run_closure(options, request)
    with Jail() as jail:
        made = scaffolds(request, jail)
    if options.explain:
        return _explain(made, options.explain, as_json=options.json)
    if options.plan:
        _print_plans(made, as_json=options.json)
        return DONE
    changed = write(made, request, is_dry=options.dry_run)
    if options.json:
        print_json({"directory": request.directory, "written": changed, **_gaps_as_json(made)})
        return DONE
    for path in changed:
        print_line(os.path.join(options.output, path))
    print_gaps(made)
    said = "would be written" if options.dry_run else "written"
    print_message(f"{len(changed)} files {said}" if changed else "up to date")
    return DONE


def print_gaps(made: list[Scaffold]) -> None:
    """Print the gaps of the plans."""
    for one in made:
        for gap in one.plan.gaps:
            warn(f"{one.plan.format}: {gap.key}: {gap.text}")


def _explain(made: list[Scaffold], key: str, *, as_json: bool) -> int:
    """Print one field in all formats that have it."""
    having = {one.plan.format: one.plan.fields[key] for one in made if key in one.plan.fields}
    if not having:
        raise _no_field(made, key)
    if as_json:
        print_json({form: field._asdict() for form, field in having.items()})
        return DONE
    for form, field in having.items():
        _tell_field(form, field)
    return DONE


def _no_field(made: list[Scaffold], key: str) -> NegativeError:
    """Return the error for a field that no plan has, with the formats or the keys there are."""
    from distrorocks.packaging.plan.fields import DEFINITIONS

    if key in DEFINITIONS:
        formats = ", ".join(DEFINITIONS[key].formats)
        return NegativeError(
            f"{key} is no field of {' or '.join(one.plan.format for one in made)}",
            hint=f"use --format with one of {formats}",
        )
    keys = dict.fromkeys(each for one in made for each in one.plan.fields)
    return NegativeError(f"the plan has no field {key}", hint=f"it has {', '.join(keys)}")


def _tell_field(form: str, field: Field) -> None:
    """Print one field: what it is, its value, where that comes from and how to change it."""
    from distrorocks.packaging.plan.fields import DEFINITIONS

    definition = DEFINITIONS[field.key]
    print_line(f"{form}: {field.key} = {_shown(field)}")
    print_line(f"   is: {definition.description} ({definition.kind_name})")
    print_line(f"   from: {field.source} ({field.confidence} confidence)")
    if field.gap:
        print_line(f"   gap: {field.gap}")
    if definition.is_settable:
        print_line(f"   to change it: {field.key} = ... in distrorocks.toml")
    else:
        print_line("   to change it: edit the rock; this field cannot be set")


def _print_plans(made: list[Scaffold], *, as_json: bool) -> None:
    """Print the fields of each plan with their sources."""
    if as_json:
        print_json({one.plan.format: _as_json(one) for one in made})
        return
    for one in made:
        print_line(f"[{one.plan.format}]")
        for key, field in one.plan.fields.items():
            print_line(f"{key} = {_shown(field)}")
            print_line(f"   {field.source} ({field.confidence} confidence)")
            if field.gap:
                print_line(f"   gap: {field.gap}")


def _shown(field: Field) -> str:
    """Return the value of a field as text."""
    if isinstance(field.value, bool):
        return "yes" if field.value else "no"
    if isinstance(field.value, tuple):
        return " | ".join(field.value) or "nothing"
    return field.value or "nothing"


def _as_json(one: Scaffold) -> dict[str, object]:
    """Return a plan as JSON has it."""
    fields = {key: field._asdict() for key, field in one.plan.fields.items()}
    return {"fields": fields, "files": list(one.outputs)}


def _gaps_as_json(made: list[Scaffold]) -> dict[str, object]:
    return {"gaps": {one.plan.format: [gap._asdict() for gap in one.plan.gaps] for one in made}}
