"""Requests for builds of small rocks, for tests."""

from __future__ import annotations

from typing import Any

from distrorocks.install.build.request import BuildRequest, Lua, Places
from distrorocks.install.build.step import Step
from distrorocks.install.build.steps import build_steps
from distrorocks.lua.read import parse
from distrorocks.rocks.rockspec import Rockspec

PLACES = Places("/s", "foo", "/o", "/r", "/l")
LUA = Lua("5.4", "/inc", "/usr/bin/lua5.4")


def rockspec(build: str, *, rockspec_format: str = "1.0", more: str = "") -> Rockspec:
    """Return a rockspec with the text of a ``build`` table, "" for none."""
    text = (
        f'rockspec_format = "{rockspec_format}"\npackage = "Foo"\nversion = "1.0-1"\n'
        'source = { url = "file:///foo-1.0.tar.gz" }\n'
        + (f"build = {build}\n" if build else "")
        + more
    )
    return Rockspec.from_chunk(parse(text.encode()))


def wanted(
    build: str, *, rockspec_format: str = "1.0", more: str = "", **fields: Any
) -> BuildRequest:
    """Return a request to build a rock; ``fields`` are those of the request."""
    spec = rockspec(build, rockspec_format=rockspec_format, more=more)
    given = {"lua": LUA, "places": PLACES, **fields}
    return BuildRequest(spec, b"rockspec", **given)


def steps(build: str, **fields: Any) -> tuple[Step, ...]:
    """Return the steps of a build."""
    return build_steps(wanted(build, **fields))


def told(found: tuple[Step, ...]) -> list[str]:
    """Return each step on one line: its kind, then its fields but the reason and what is empty."""
    return [
        " | ".join(
            [type(step).__name__]
            + [str(v) for k, v in step._asdict().items() if k != "reason" and v not in ("", {})]
        )
        for step in found
    ]


ENDS = ["WriteRockFile | foo-1.0-1.rockspec | b'rockspec'", "WriteManifest"]
DOCUMENTS = ["InstallFolder | doc | doc | False", "InstallDocuments | ('doc',)"]
LUA_FOLDER = "InstallFolder | lua | lua | False"
