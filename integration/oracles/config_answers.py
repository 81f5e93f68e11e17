"""What LuaRocks and distrorocks say of the same configurations, asked in one machine."""

from __future__ import annotations

import json
import re
import shlex
from functools import cache
from typing import Any, NamedTuple

from distrorocks.lua.read import parse
from distrorocks.lua.value import json_form
from integration.machines.machine import ENVIRONMENT, INSIDE, Machine
from integration.machines.roots import base
from integration.oracles.config_cases import PROJECT, SYSTEM, Case, cases

PLACE = "/srv/cases"
SUITES = {"bookworm": ("5.1", "5.2", "5.3", "5.4"), "sid": ("5.1", "5.3", "5.4")}
OLD, NEW = "bookworm", "sid"
# 3.8 writes the directory of a project with /. at its end
_DOT = re.compile(rb"(?<=/work)/\.(?=[/\"])")
_GCC = '#!/bin/sh\n[ "$1" = -print-multiarch ] && echo x86_64-linux-gnu\n'
_OURS = """
import contextlib, io, json, os, sys
from distrorocks.cli.main import main
results = []
for case in json.load(open("/srv/cases.json")):
    os.environ.clear()
    os.environ.update(case["environment"])
    os.chdir(case["directory"])
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(["config", "--json", "--lua-version", case["version"], *case["words"]])
    results.append([status, out.getvalue(), err.getvalue()])
print(json.dumps(results))
"""


class Answer(NamedTuple):
    """What LuaRocks and distrorocks say of one case."""

    case: Case
    theirs: dict[str, Any]
    ours: dict[str, Any]

    def says(self, word: str) -> bool:
        """Return whether a file that was read has a word."""
        name = f"/config-{self.case.version}.lua"
        told = (it for it in self.theirs["config_files"].values() if isinstance(it, dict))
        paths = [it["file"].removeprefix("./") for it in told if it["found"]]
        read = [path.removesuffix(name) if path[:1] == "/" else f"/{PROJECT}" for path in paths]
        return any(
            word in text and any(path.endswith(f"/{place}") for path in read)
            for place, text in self.case.files.items()
        )

    @property
    def has_default_trees(self) -> bool:
        """Whether no file sets ``rocks_trees``: LuaRocks has the user's only, then."""
        return all(
            isinstance(tree, dict) and tree.get("name") in ("project", "user")
            for tree in self.theirs["rocks_trees"]
        )


def _shell(case: Case, folder: str, number: int, words: str) -> str:
    """Return the line that asks LuaRocks."""
    variables = {**ENVIRONMENT, **_environment(case, folder)}
    shown = " ".join(shlex.quote(f"{name}={value}") for name, value in variables.items())
    given = " ".join(map(shlex.quote, case.words))
    luarocks = f"luarocks --lua-version={case.version} {given} config {words}"
    return (
        f"cd {folder}/work && env -i {shown} {luarocks} >/srv/out/{number} 2>/srv/out/{number}.err"
    )


def _environment(case: Case, folder: str) -> dict[str, str]:
    """Return the variables of a case, with its folder where ``@`` stands."""
    own = {name: value.replace("@", folder) for name, value in case.environment.items()}
    return {"HOME": f"{folder}/home", "LUAROCKS_SYSCONFDIR": f"{folder}/{SYSTEM}", **own}


def _lay_out(machine: Machine, suite: str) -> list[Case]:
    """Write all cases into a machine, and how both programs are asked."""
    gcc = machine.write("/usr/bin/gcc", _GCC)
    gcc.chmod(0o755)
    given = cases(SUITES[suite])
    lines, asked = [], []
    for number, case in enumerate(given):
        folder = f"{PLACE}/{number}"
        machine.path(f"{folder}/work").mkdir(parents=True)
        machine.path(f"{folder}/home").mkdir()
        for place, text in case.files.items():
            machine.write(f"{folder}/{place}/config-{case.version}.lua", text)
        if case.in_project:
            machine.path(f"{folder}/work/lua_modules").mkdir()
            machine.path(f"{folder}/work/.luarocks").mkdir(exist_ok=True)
        lines.append(_shell(case, folder, number, "--json" if suite == NEW else ""))
        asked.append(
            {
                "environment": {**ENVIRONMENT, **_environment(case, folder)},
                "directory": f"{folder}/work",
                "version": case.version,
                "words": case.words,
            }
        )
    machine.path("/srv/out").mkdir()
    machine.write("/srv/ask", "\0".join(lines))
    machine.write("/srv/cases.json", json.dumps(asked))
    return given


@cache
def answers(suite: str) -> list[Answer]:
    """Return what both programs say of all cases, in a machine of one suite."""
    with base(suite).clone() as machine:
        given = _lay_out(machine, suite)
        machine.run("xargs", "-P2", "-0", "-a", "/srv/ask", "-n1", "sh", "-c", status=None)
        machine.distrorocks_inside("--help")
        program = f"import sys; sys.path.insert(0, {INSIDE!r}); exec({_OURS!r})"
        told = machine.run("python3", "-I", "-S", "-B", "-c", program)
        ours = json.loads(told.out)
        results = []
        for number, (case, (status, out, err)) in enumerate(zip(given, ours, strict=True)):
            text = machine.path(f"/srv/out/{number}").read_bytes()
            assert status == 0, (case, err)
            assert text.strip(), (case, machine.path(f"/srv/out/{number}.err").read_text())
            text = _DOT.sub(b"", text)
            theirs = json.loads(text) if suite == NEW else json_form(parse(text).globals)
            results.append(Answer(case, theirs, json.loads(out)))
    return results
