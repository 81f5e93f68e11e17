"""What the reports say that Lua loads is what the real interpreters load: plainly, after
`luarocks path`, and with the loader of LuaRocks 3.8, in every combination of trees."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from integration.machines.machine import Machine
from integration.machines.roots import Layer, with_packages

PACKAGES = ("lua-lpeg", "lua-say", "luajit")
LOCAL, USER, USR = "/usr/local", "/root/.luarocks", "/usr"
TRACER = "/srv/trace.lua"
# A Lua module of these tests returns its path; a C module is found among what is mapped.
TRACE = """
local is_there, value = pcall(require, arg[1])
if not is_there then
   io.write("\\n")
elseif type(value) == "string" then
   io.write(value, "\\n")
else
   local found = ""
   for line in io.lines("/proc/self/maps") do
      found = line:match("(/%S*lpeg%.so%S*)$") or found
   end
   io.write(found, "\\n")
end
"""


class Rock(NamedTuple):
    """A rock of one tree with the module `m`, as a file or as an init file."""

    tree: str
    name: str
    version: str
    file: str = "m.lua"


FILE, INIT = "m.lua", "m/init.lua"
PLACEMENTS: dict[str, tuple[Rock, ...]] = {
    "local": (Rock(LOCAL, "m", "1.0-1"),),
    "local-init": (Rock(LOCAL, "m", "1.0-1", INIT),),
    "user": (Rock(USER, "m", "1.0-1"),),
    "user-init": (Rock(USER, "m", "1.0-1", INIT),),
    "usr": (Rock(USR, "m", "1.0-1"),),
    "local-newer": (Rock(LOCAL, "m", "9.0-1"), Rock(USR, "m", "1.4-1")),
    "usr-newer": (Rock(LOCAL, "m", "1.0-1"), Rock(USR, "m", "2.0-1")),
    "user-newer": (Rock(USER, "m", "9.0-1"), Rock(LOCAL, "m", "1.0-1")),
    "user-older": (Rock(USER, "m", "1.0-1"), Rock(LOCAL, "m", "9.0-1")),
    "user-newer-init": (Rock(USER, "m", "9.0-1", INIT), Rock(LOCAL, "m", "1.0-1")),
    "user-and-usr": (Rock(USER, "m", "1.0-1"), Rock(USR, "m", "1.0-1")),
    "all": (Rock(USER, "m", "3.0-1"), Rock(LOCAL, "m", "2.0-1"), Rock(USR, "m", "1.0-1")),
    "all-mixed": (
        Rock(USER, "m", "3.0-1"),
        Rock(LOCAL, "m", "2.0-1", INIT),
        Rock(USR, "m", "1.0-1"),
    ),
    "two-in-one": (Rock(LOCAL, "a", "1.0-1"), Rock(LOCAL, "b", "2.0-1")),
    "two-in-one-older": (Rock(LOCAL, "a", "2.0-1"), Rock(LOCAL, "b", "1.0-1")),
    "fork-elsewhere": (Rock(USER, "fork", "5.0-1"), Rock(LOCAL, "m", "1.0-1")),
}
VARIABLES = {
    "unset": (),
    "with-defaults": ("LUA_PATH=/srv/x/?.lua;;",),
    "versioned": ("LUA_PATH_5_4=/srv/x/?.lua;;",),
    "alone": ("LUA_PATH=/srv/x/?.lua",),
}
LUAS = ("5.1", "5.4")


@pytest.fixture(scope="module")
def layer() -> Layer:
    """Debian 12 with LuaJIT, a module in C, and one in Lua."""
    return with_packages("bookworm", PACKAGES)


@pytest.fixture
def ours(layer: Layer) -> Iterator[Machine]:
    """A machine with the distribution's tree published and configured."""
    with layer.clone() as clone:
        clone.write(TRACER, TRACE)
        clone.distrorocks_inside("refresh")
        clone.distrorocks_inside("config-snippet", "--apply")
        yield clone


def place(machine: Machine, lua_version: str, rocks: tuple[Rock, ...]) -> None:
    """Install rocks as LuaRocks does: manifests are its own, the second file name has a prefix."""
    taken = set()
    for rock in rocks:
        tail = f"lua/{lua_version}"
        rock_dir = f"{rock.tree}/lib/luarocks/rocks-{lua_version}/{rock.name}/{rock.version}"
        prefix = f"{rock.name}_{rock.version}".replace("-", "_").replace(".", "_")
        file = f"{prefix}-{rock.file}" if rock.tree in taken else rock.file
        taken.add(rock.tree)
        path = f"{rock.tree}/share/{tail}/{file}"
        machine.write(path, f'return "{path}"\n')
        machine.write(f"{rock_dir}/rock_manifest", f"rock_manifest = {{ lua = {_files(rock)} }}\n")
        machine.write(
            f"{rock_dir}/{rock.name}-{rock.version}.rockspec",
            f'package = "{rock.name}"\nversion = "{rock.version}"\nsource = {{ url = "x" }}\n'
            f'build = {{ type = "builtin", modules = {{ m = "{rock.file}" }} }}\n',
        )
    for tree in {rock.tree for rock in rocks} - {USR}:
        machine.distrorocks_inside(
            "make-manifest", "--local-tree", f"--tree={tree}", "--lua-version", lua_version
        )
    if any(rock.tree == USR for rock in rocks):
        machine.distrorocks_inside("refresh")


def _files(rock: Rock) -> str:
    digest = '"00000000000000000000000000000000"'
    if rock.file == INIT:
        return f'{{ m = {{ ["init.lua"] = {digest} }} }}'
    return f'{{ ["m.lua"] = {digest} }}'


def asked(machine: Machine, variables: tuple[str, ...], *words: str) -> dict[str, Any]:
    """Return what distrorocks in the machine says as JSON."""
    program = "import sys; sys.path.insert(0, '/opt/distrorocks'); from distrorocks.cli.main"
    program += " import main; sys.exit(main())"
    command = ("env", *variables, "python3", "-I", "-S", "-B", "-c", program)
    found: dict[str, Any] = json.loads(machine.run(*command, *words, "--json", status=None).out)
    return found


def really(machine: Machine, way: str, module: str, variables: tuple[str, ...]) -> str:
    """Return the file that an interpreter loads, started in the way that a report names."""
    program, _, rest = way.partition(" ")
    if rest.startswith("after"):
        luarocks = rest.partition("`")[2].rstrip("`")
        line = f'eval "$({luarocks})"; cd /srv; exec {program} {TRACER} {module}'
        found = machine.run("env", *variables, "sh", "-c", line)
    else:
        loader = (rest,) if rest else ()
        found = machine.run("env", *variables, program, *loader, TRACER, module)
    return (found.lines or [""])[-1]


def resolved(machine: Machine, path: str | None) -> str:
    """Return a path of the machine without links."""
    return machine.run("realpath", path).lines[0] if path else ""


@pytest.mark.parametrize("lua_version", LUAS)
@pytest.mark.parametrize("name", PLACEMENTS)
def test_which_says_what_lua_loads(ours: Machine, name: str, lua_version: str) -> None:
    """For every way to start Lua and every setting of LUA_PATH."""
    place(ours, lua_version, PLACEMENTS[name])
    ours.write("/srv/x/other.lua", "return 1\n")
    compared = 0
    for variables in VARIABLES.values():
        answers = asked(ours, variables, "which", "m", "--lua-version", lua_version)["modules"]
        for load in answers[0]["loads"] if answers else ():
            real = really(ours, load["way"], "m", variables)
            assert (load["path"] or "") == real, (load["way"], variables)
            compared += 1
    assert compared >= 9


@pytest.mark.parametrize("lua_version", LUAS)
def test_a_module_on_the_path_of_the_variable_is_found(ours: Machine, lua_version: str) -> None:
    """Before all trees, and instead of them where the variable names nothing else."""
    place(ours, lua_version, PLACEMENTS["local-newer"])
    ours.write("/srv/x/m.lua", 'return "/srv/x/m.lua"\n')
    for variables in VARIABLES.values():
        (answer,) = asked(ours, variables, "which", "m", "--lua-version", lua_version)["modules"]
        for load in answer["loads"]:
            assert (load["path"] or "") == really(ours, load["way"], "m", variables)


@pytest.mark.parametrize("lua_version", LUAS)
@pytest.mark.parametrize("copies", [(LOCAL,), (USER,), (USER, LOCAL)])
def test_a_c_module_is_loaded_from_where_which_says(
    ours: Machine, copies: tuple[str, ...], lua_version: str
) -> None:
    """The package's library, and copies of it in other trees."""
    library = f"/usr/lib/x86_64-linux-gnu/lua/{lua_version}/lpeg.so"
    for tree in copies:
        folder = f"{tree}/lib/lua/{lua_version}"
        ours.run("mkdir", "-p", folder)
        ours.run("cp", "--dereference", library, f"{folder}/lpeg.so")
    (answer,) = asked(ours, (), "which", "lpeg", "--lua-version", lua_version)["modules"]
    for load in answer["loads"]:
        real = really(ours, load["way"], "lpeg", ())
        assert resolved(ours, load["path"]) == resolved(ours, real), load["way"]


@pytest.mark.parametrize("lua_version", LUAS)
@pytest.mark.parametrize("name", PLACEMENTS)
def test_check_names_the_rocks_that_lua_does_not_load(
    ours: Machine, name: str, lua_version: str
) -> None:
    """Each rock that some way passes over has one finding, with just those ways."""
    rocks = PLACEMENTS[name]
    place(ours, lua_version, rocks)
    (checked,) = asked(ours, (), "check", "--lua-version", lua_version)["lua_versions"]
    told = {
        (it["root"], it["rock"]): set(it["reason"].removeprefix("loaded by ").split(", "))
        for it in checked["findings"]
        if it["kind"] == "shadowed"
    }
    (answer,) = asked(ours, (), "which", "m", "--lua-version", lua_version)["modules"]
    expected: dict[tuple[str, str], set[str]] = {}
    for load in answer["loads"]:
        real = really(ours, load["way"], "m", ())
        for rock in rocks:
            own = _path(answer, rock)
            if real and real != own and not _is_duplicate(rock, rocks):
                expected.setdefault((rock.tree, rock.name), set()).add(load["way"])
    assert told == expected


def _path(answer: dict[str, Any], rock: Rock) -> str:
    """Return the file of a rock."""
    return next(
        str(it["path"])
        for it in answer["providers"]
        if (it["root"], it["rock"]) == (rock.tree, rock.name)
    )


def _is_duplicate(rock: Rock, rocks: tuple[Rock, ...]) -> bool:
    """Return whether another tree has the same version, which is a finding of another kind."""
    return sum(it[1:3] == rock[1:3] for it in rocks) > 1


@pytest.mark.parametrize("lua_version", LUAS)
@pytest.mark.parametrize("tree", [LOCAL, USER])
def test_verify_and_doctor_agree_with_lua_on_a_packages_module(
    ours: Machine, tree: str, lua_version: str
) -> None:
    """The package's say is hidden just where Lua loads the rock's."""
    rock = Rock(tree, "say", "9.0-1", "say.lua")
    path = f"{tree}/share/lua/{lua_version}/say.lua"
    ours.write(path, f'return "{path}"\n')
    real = {
        load["way"]: really(ours, load["way"], "say", ())
        for load in asked(ours, (), "which", "say", "--lua-version", lua_version)["modules"][0][
            "loads"
        ]
    }
    hidden = any(found == path for found in real.values())
    findings = asked(ours, (), "verify", "--lua-version", lua_version)["findings"]
    assert any(it["place"] == path and it["kind"] == "shadowed" for it in findings) == hidden
    (traced,) = asked(ours, (), "doctor", "say", "--lua-version", lua_version)["lua_versions"]
    assert (traced["lost_at"] == "module") == hidden, (rock, traced)
