"""Small rocks to be packaged."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from distrorocks.lua.read import parse
from distrorocks.packaging.formats.known import FORMATS
from distrorocks.packaging.formats.templates import render, search_path
from distrorocks.packaging.plan.draft import PackagingPlan
from distrorocks.packaging.plan.field import Value
from distrorocks.packaging.plan.observe import read_tables
from distrorocks.packaging.plan.plan import packaging_plan
from distrorocks.packaging.source.facts import Facts, Sources, facts_of
from distrorocks.rocks.rockspec import Rockspec

DAY = 1_577_880_000
LICENSE = (Path(__file__).parent.parent.parent / "distrorocks/data/licenses/MIT.txt").read_text()

ROCKSPEC = """package = "Foo"
version = "{version}-1"
source = {{ url = "https://example.org/foo-{version}.tar.gz" }}
description = {{
   summary = "{summary}", homepage = "https://example.org", license = "MIT/X11",
   detailed = "It does foo.",
}}
dependencies = {{ "lua >= 5.1, < 5.4", "luasocket ~> 3.0", "unheard_of" }}
external_dependencies = {{ ZLIB = {{ header = "zlib.h" }} }}
build = {{
   type = "builtin", modules = {{ ["foo"] = "foo.lua", ["foo.core"] = "core.c" }},
   install = {{ bin = {{ foocmd = "foo.lua" }} }},
}}
"""


def rockspec(folder: Path, version: str = "1.0", summary: str = "A library of foo.") -> str:
    """Return the path of a rockspec."""
    folder.mkdir(exist_ok=True)
    path = folder / f"foo-{version}-1.rockspec"
    path.write_text(ROCKSPEC.format(version=version, summary=summary))
    return str(path)


def packed(
    folder: Path, version: str = "1.0", *, top: str = "foo-{version}/", below: str = ""
) -> str:
    """Return the path of a ``.src.rock``: a rockspec and upstream's archive.

    Documents stand in the folder ``top``, code in a folder ``below`` it that ``source.dir`` names.
    """
    sources = {
        "foo.lua": "return {}\n",
        "core.c": "/* Copyright 2019 Ann Author */\n",
        "LICENSE": f"Copyright (c) 2018-2019 Ann Author\n\n{LICENSE}",
        "README.md": "# Foo\n",
    }
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w:gz") as archive:
        for name, text in sources.items():
            inner = below if name.endswith((".lua", ".c")) else ""
            member = tarfile.TarInfo(f"{top.format(version=version)}{inner}{name}")
            member.size, member.mtime = len(text.encode()), DAY
            archive.addfile(member, io.BytesIO(text.encode()))
    path = folder / f"foo-{version}-1.src.rock"
    spec = Path(rockspec(folder, version)).read_text()
    if below:
        named = f'source = {{ dir = "{top.format(version=version)}{below}",'
        spec = spec.replace("source = {", named)
    with zipfile.ZipFile(path, "w") as rock:
        for name, content in (
            (f"foo-{version}-1.rockspec", spec.encode()),
            (f"foo-{version}.tar.gz", tar.getvalue()),
        ):
            rock.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 12, 0, 0)), content)
    return str(path)


_NO_SOURCES = Sources()


def rock_facts(
    text: str,
    sources: Sources = _NO_SOURCES,
) -> Facts:
    """Return the facts of a rock by the text of its rockspec."""
    return facts_of(Rockspec.from_chunk(parse(text.encode())), sources)


def plan_of(
    facts: Facts,
    form: str = "deb",
    *,
    settings: Mapping[str, Value] = MappingProxyType({}),
    maintainer: str = "",
) -> PackagingPlan:
    """Return the plan of a rock, with the tables of its format."""
    tables = read_tables(FORMATS[form], maintainer)
    return packaging_plan(facts, FORMATS[form], tables, settings)


def outputs(plan: PackagingPlan) -> dict[str, str]:
    """Return the files of a plan that are rendered."""
    rendered = render(plan.format, plan.values, search_path())
    return {path: content.decode() for path, (content, _) in rendered.items()}
