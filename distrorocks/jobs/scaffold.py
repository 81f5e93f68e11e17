"""Scaffold: a rock's packaging, written for one distribution or several.

Look: the rock, the packager's settings, the tables. Decide: the plan. Act: render and write.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.packaging.facts import Facts
from distrorocks.packaging.formats import FORMATS
from distrorocks.packaging.plan import PackagingPlan, packaging_plan
from distrorocks.system.lua_jail import Jail
from distrorocks.system.packager import epoch, maintainer_of
from distrorocks.system.packaging_files import Outputs, write_outputs
from distrorocks.system.packaging_settings import read_settings
from distrorocks.system.packaging_tables import read_tables
from distrorocks.system.rock_input import RockInput, read_rock_input
from distrorocks.system.templates import render, search_path


class Scaffold(NamedTuple):
    """One format's packaging: its plan, and its files by path below the output directory."""

    plan: PackagingPlan
    outputs: Outputs


class Request(NamedTuple):
    """What is asked for. ``directory`` is where the packaging stands or will stand."""

    path: str
    directory: str
    version: str = ""
    formats: tuple[str, ...] = ("deb",)
    maintainer: str = ""
    templates: tuple[str, ...] = ()


def read_rock(request: Request, jail: Jail) -> RockInput:
    """Return the rock that is asked for; its date is SOURCE_DATE_EPOCH where that is set."""
    found = read_rock_input(request.path, request.version, jail=jail)
    date = epoch()
    return found if date is None else found._replace(facts=found.facts._replace(date=date))


def plan_rock(facts: Facts, form: str, request: Request) -> PackagingPlan:
    """Return the plan of a rock's packaging in one format."""
    maintainer = request.maintainer or maintainer_of()
    settings = read_settings(request.directory, form)
    return packaging_plan(facts, FORMATS[form], read_tables(FORMATS[form], maintainer), settings)


def scaffolds(request: Request, jail: Jail) -> list[Scaffold]:
    """Return the packaging in all formats that are asked for; nothing is written."""
    rock = read_rock(request, jail)
    directories = search_path(request.templates)
    found = []
    for form in request.formats:
        plan = plan_rock(rock.facts, form, request)
        outputs = render(form, plan.values, directories)
        outputs.update(_rockspec(form, plan, rock))
        found.append(Scaffold(plan, dict(sorted(outputs.items()))))
    return found


def write(made: Sequence[Scaffold], request: Request) -> list[str]:
    """Write the files of all formats, or none: what stands there already is never overwritten."""
    outputs = {path: each for one in made for path, each in one.outputs.items()}
    there = [path for path in outputs if os.path.lexists(os.path.join(request.directory, path))]
    changed = [path for path in there if not _is_same(request.directory, path, outputs[path][0])]
    if changed:
        raise DistrorocksError(
            f"{request.directory} has packaging already",
            detail="\n".join(changed),
            hint="use --update to bring it to this rock with your edits kept",
        )
    return write_outputs(request.directory, outputs)


def _is_same(directory: str, path: str, content: bytes) -> bool:
    try:
        with open(os.path.join(directory, path), "rb") as file:
            return file.read(len(content) + 1) == content
    except OSError:
        return False


def _rockspec(form: str, plan: PackagingPlan, rock: RockInput) -> Outputs:
    """Return the rockspec as a file of the packaging, where the sources do not have it."""
    name = str(plan.values["rockspec_name"])
    if form != "deb":
        return {name: (rock.rockspec_text, 0o644)}
    if plan.values["own_rockspec"]:
        return {}
    return {f"debian/{name}": (rock.rockspec_text, 0o644)}
