"""External dependencies: LuaRocks 3.8 and distrorocks are asked the same, in one directory each."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from distrorocks.externals.needs import external_needs
from distrorocks.externals.search import Verdict, search
from distrorocks.externals.settings import Settings
from distrorocks.lua.read import parse
from distrorocks.lua.value import LuaTable, LuaValue, table_of
from distrorocks.luarocks.host_cpu import host_cpu, multiarch
from distrorocks.luarocks.probe import RootProbe
from distrorocks.rocks.rockspec import Rockspec
from integration.machines.machine import run
from integration.oracles.externals_cases import CASES, Case

ORACLE = Path(__file__).with_name("externals_oracle.lua")
IDS = [case.what.replace(" ", "-") for case in CASES]


def lua(value: Any, here: str) -> str:
    """Return a Python value as Lua, with the case's own directory in it."""
    if isinstance(value, dict):
        return "{" + "".join(f"[{lua(k, here)}]={lua(v, here)}," for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "{" + "".join(f"{lua(each, here)}," for each in value) + "}"
    return json.dumps(value.replace("@", here)) if isinstance(value, str) else "nil"


def table(value: Any, here: str) -> Any:
    """Return a Python value as the table that Lua would make of it."""
    if isinstance(value, dict):
        return {key: table(each, here) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return table_of([table(each, here) for each in value])
    return value.replace("@", here) if isinstance(value, str) else value


def config_of(case: Case) -> dict[str, Any]:
    """Return the case's configuration, with prefixes that are its own."""
    return {"external_deps_dirs": ["@/a", "@/b", "@/c"], **case.config}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, Mapping[str, LuaValue]]]:
    """The directory of each case, and what LuaRocks said of it."""
    scratch = tmp_path_factory.mktemp("externals")
    texts, places = [], []
    for number, case in enumerate(CASES):
        here = scratch / str(number)
        for file in case.files:
            (here / file).parent.mkdir(parents=True, exist_ok=True)
            (here / file).write_text("")
        here.mkdir(exist_ok=True)
        asked = {
            "external_dependencies": case.externals,
            "build": case.build,
            "mode": case.mode,
            "variables": case.variables,
            "config": config_of(case),
        }
        texts.append(lua(asked, str(here)))
        places.append(str(here))
    (scratch / "cases.lua").write_text("cases = {" + ",\n".join(texts) + "}")
    run("lua5.4", ORACLE, scratch / "cases.lua", scratch / "answers.lua", HOME=str(scratch))
    said = parse((scratch / "answers.lua").read_bytes()).globals["answers"]
    assert isinstance(said, dict)
    result: list[tuple[str, Mapping[str, LuaValue]]] = []
    for number, place in enumerate(places, start=1):
        answer = said[number]
        assert isinstance(answer, dict)
        result.append((place, {str(key): value for key, value in answer.items()}))
    return result


def ours(case: Case, here: str, *, like_3_8: bool) -> Verdict:
    """Return what distrorocks says of a case."""
    lines = [
        'rockspec_format="3.0" package="rock" version="1-1" source={url="x"}',
        f"external_dependencies={lua(case.externals, here)}" if case.externals is not None else "",
        f"build={lua(case.build, here)}" if case.build else "",
    ]
    rockspec = Rockspec.from_chunk(parse("\n".join(lines).encode()))
    configured: LuaTable = table(config_of(case), here)
    settings = Settings.from_table(
        configured, mode=case.mode, multiarch=multiarch("/", host_cpu("/")), like_3_8=like_3_8
    )
    return search(external_needs(rockspec), settings, table(case.variables, here), RootProbe("/"))


@pytest.mark.parametrize("number", range(len(CASES)), ids=IDS)
def test_verdict_and_variables_are_luarocks(
    answers: list[tuple[str, Mapping[str, LuaValue]]], number: int
) -> None:
    """With 3.8's directories, verdict, variables and the words of a refusal are LuaRocks' own."""
    case, (here, said) = CASES[number], answers[number]
    assert not said["crashed"], said["why"]
    verdict = ours(case, here, like_3_8=True)
    assert (not verdict.missing) == said["ok"]
    if said["ok"]:
        assert dict(verdict.variables) == said["variables"]
    else:
        assert verdict.missing[0].as_luarocks("rock") == said["why"]


@pytest.mark.parametrize("number", range(len(CASES)), ids=IDS)
def test_later_directories_change_no_verdict(
    answers: list[tuple[str, Mapping[str, LuaValue]]], number: int
) -> None:
    """The order of later LuaRocks names other directories at most; it finds the same things."""
    here, said = answers[number]
    assert (not ours(CASES[number], here, like_3_8=False).missing) == said["ok"]


def test_headers_of_the_architecture_are_found_by_us_alone(tmp_path: Path) -> None:
    """gcc itself looks in include/TRIPLET, where Debian has curl's headers; LuaRocks does not."""
    below = multiarch("/", host_cpu("/"))
    place = tmp_path / "a/include" / below / "curl/curl.h"
    place.parent.mkdir(parents=True)
    place.write_text("")
    case = Case("", {"CURL": {"header": "curl/curl.h"}})
    assert ours(case, str(tmp_path), like_3_8=True).missing
    found = ours(case, str(tmp_path), like_3_8=False).variables
    assert found["CURL_INCDIR"] == f"{tmp_path}/a/include/{below}"


ROCKSPEC = """
package = "told" version = "1.0-1"
source = {{ url = "file://{here}/told" }}
description = {{ license = "MIT" }}
external_dependencies = {{ FOO = {{ library = "foo", header = "foo.h" }} }}
build = {{
   type = "command",
   build_command = "echo TOLD $(FOO_DIR) $(FOO_INCDIR) $(FOO_LIBDIR) $(FOO_LIBDIR_FILE)",
   install_command = "true",
}}
"""


def test_a_build_gets_the_variables_that_the_verb_prints(tmp_path: Path) -> None:
    """`luarocks make FOO_DIR=...` runs with what `distrorocks external-deps FOO_DIR=...` prints."""
    for file in ("x/lib/libfoo.so", "x/include/foo.h", "lua/lua.h"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("#define LUA_VERSION_NUM 504\n")
    rockspec = tmp_path / "told-1.0-1.rockspec"
    rockspec.write_text(ROCKSPEC.format(here=tmp_path))
    words = (f"FOO_DIR={tmp_path}/x", f"LUA_INCDIR={tmp_path}/lua")
    tree = ("--tree", tmp_path / "tree", "--lua-version=5.4")
    made = run("luarocks", "make", *tree, rockspec, *words, HOME=str(tmp_path))
    (line,) = (line for line in made.lines if line.startswith("TOLD "))
    python = os.environ.get("PYTHON", ".venv/bin/python")
    said = run(
        python,
        "-m",
        "distrorocks",
        "external-deps",
        "--json",
        rockspec,
        *words,
        "--as-luarocks-3.8",
        "--lua-version=5.4",
    )
    variables = json.loads(said.out)["rocks"][0]["variables"]
    names = ("FOO_DIR", "FOO_INCDIR", "FOO_LIBDIR", "FOO_LIBDIR_FILE")
    assert line.split()[1:] == [variables[name] for name in names]
    refused = run(python, "-m", "distrorocks", "external-deps", rockspec, words[1], status=None)
    assert refused.status == 1
    assert "told 1.0-1 needs FOO: no header foo.h" in refused.err


def test_a_name_that_leads_up_needs_a_directory_to_lead_up_from(tmp_path: Path) -> None:
    """LuaRocks strikes x/.. out of a path unseen; a compiler does not, so neither do we."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a/up.h").write_text("")
    assert ours(Case("", {"FOO": {"header": "../up.h"}}), str(tmp_path), like_3_8=True).missing
