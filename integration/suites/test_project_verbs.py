"""The verbs for authors beside LuaRocks': the same rockspecs, and projects that it understands."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

from distrorocks.lua.read import parse
from distrorocks.lua.value import LuaTable
from integration.machines.machine import RUN_MAIN, Outcome, run
from integration.machines.scratch import CHECKOUT

LUA = "5.4"
FILES = {
    "src/foo.lua": "return 'foo'\n",
    "src/foo/deep.lua": "return 'deep'\n",
    "src/core.c": "int luaopen_foo_core(void *L) { return 0; }\n",
    "bin/foo": "#!/usr/bin/env lua\n",
    "doc/index.html": "hello\n",
    "README.md": "# Foo\n\nIt does foo. It does it well.\n\nMore.\n",
}


def sources(place: Path, *, c: bool = True) -> Path:
    """Write the sources of a rock, and return their directory."""
    for path, text in FILES.items():
        if c or not path.endswith(".c"):
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_text(text)
    return place


@pytest.fixture(autouse=True)
def headers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a configuration that names Lua's headers, or what goes for them."""
    folder = tmp_path / "include"
    folder.mkdir()
    (folder / "lua.h").write_text("#define LUA_VERSION_NUM 504\n")
    config = tmp_path / "config.lua"
    config.write_text(f'variables = {{ LUA_INCDIR = "{folder}" }}\n')
    monkeypatch.setenv("LUAROCKS_CONFIG", str(config))


def theirs(where: Path, *words: str, status: int | None = 0) -> Outcome:
    """Run LuaRocks in a directory, without a home of its own."""
    command = ("env", f"--chdir={where}", f"luarocks-{LUA}", *words)
    return run(*command, status=status, HOME=str(where.parent))


def ours(where: Path, *words: str, status: int | None = 0) -> Outcome:
    """Run distrorocks in a directory."""
    program = f"import sys; sys.path.insert(0, {str(CHECKOUT)!r}); {RUN_MAIN}"
    command = ("env", f"--chdir={where}", sys.executable, "-c", program, *words)
    return run(*command, status=status, HOME=str(where.parent))


def table(path: Path) -> LuaTable:
    """Return what a rockspec says, but for the licence and placeholders."""
    found = parse(path.read_bytes()).globals
    description = found.get("description")
    assert isinstance(description, dict)
    for key in ("license", "homepage"):
        description.pop(key, None)
    source = found.get("source")
    if isinstance(source, dict) and "***" in str(source.get("url")):
        source["url"] = "***"
    return found


@pytest.mark.parametrize(
    "words",
    [
        (".",),
        ("foo", "1.0", "."),
        ("foo", "1.0", ".", "--lua-versions=5.1,5.2,5.3", "--lib=z,ssl", "--tag=v1"),
        ("foo", ".", "--tag=v2.0", "--summary=S", "--rockspec-format=3.0"),
        ("git+https://localhost:9/foo.git",),
    ],
)
def test_a_first_rockspec_is_that_of_luarocks(tmp_path: Path, words: tuple[str, ...]) -> None:
    """Name, version, source, description, dependencies and build; ours knows more licences.

    From a repository that cannot be reached LuaRocks makes one of the working directory.
    """
    places = [sources(tmp_path / each / "foo") for each in ("its", "mine")]
    theirs(places[0], "write_rockspec", *words)
    if "://" in words[0]:
        refused = ours(places[1], "write_rockspec", *words, status=3).err
        assert "the sources of foo dev-1 cannot be fetched" in refused
        return
    ours(places[1], "write_rockspec", *words)
    found = [next(place.glob("*.rockspec")) for place in places]
    assert found[0].name == found[1].name
    assert table(found[0]) == table(found[1])


def test_an_archive_is_measured_alike(tmp_path: Path) -> None:
    """Its name tells name and version, and the rockspec has its MD5; ours also an odd directory."""
    sources(tmp_path / "foo-1.2")
    archive = tmp_path / "foo-1.2.tar.gz"
    run("tar", "-C", str(tmp_path), "-czf", str(archive), "foo-1.2")
    url = f"file://{archive}"
    places = [tmp_path / each for each in ("its", "mine")]
    for place, run_it in zip(places, (theirs, ours), strict=True):
        place.mkdir()
        run_it(place, "write_rockspec", "foo", "1.2", url)
    found = [table(place / "foo-1.2-1.rockspec") for place in places]
    assert found[0] == found[1]


OLD = """package = "foo"
version = "21.0.34-1"
source = { url = "URL/foo-21.0.34.tar.gz", md5 = "00000000000000000000000000000000" }
description = { license = "MIT" }
build = { type = "builtin", modules = { foo = "src/foo.lua" } }
"""


@pytest.mark.parametrize("words", [(), ("1.3",), ("1.3-4",), ("1.4", "URL/foo-1.3.tar.gz")])
def test_a_new_version_is_that_of_luarocks(tmp_path: Path, words: tuple[str, ...]) -> None:
    """The same values, with the rest of the text as it was.

    The old version is one that no path of a test contains as a Lua pattern, which LuaRocks would
    replace as well (see the next test).
    """
    sources(tmp_path / "foo-1.3")
    run("tar", "-C", str(tmp_path), "-czf", str(tmp_path / "foo-1.3.tar.gz"), "foo-1.3")
    url = f"file://{tmp_path}"
    places = [tmp_path / each for each in ("its", "mine")]
    given = [each.replace("URL", url) for each in words]
    for place, run_it in zip(places, (theirs, ours), strict=True):
        place.mkdir()
        (place / "foo-21.0.34-1.rockspec").write_text(OLD.replace("URL", url))
        run_it(place, "new_version", "foo-21.0.34-1.rockspec", *given)
        (place / "foo-21.0.34-1.rockspec").unlink()
    found = [next(place.glob("*.rockspec")) for place in places]
    assert found[0].name == found[1].name
    assert table(found[0]) == table(found[1])
    assert len(found[1].read_text().splitlines()) <= len(OLD.splitlines()) + 1


def test_a_version_is_replaced_only_where_it_stands(tmp_path: Path) -> None:
    """LuaRocks takes the old version for a Lua pattern, which fits `162` in an address too."""
    place = tmp_path / "1621"
    sources(place / "foo-1.3")
    run("tar", "-C", str(place), "-czf", str(place / "foo-1.3.tar.gz"), "foo-1.3")
    old = OLD.replace("URL", f"file://{place}").replace("21.0.34", "1.2")
    for run_it, version in ((theirs, "1.2"), (ours, "1.3")):
        folder = tmp_path / run_it.__name__
        folder.mkdir()
        (folder / "foo-1.2-1.rockspec").write_text(old)
        run_it(folder, "new_version", "foo-1.2-1.rockspec", "1.3")
        source = table(folder / "foo-1.3-1.rockspec").get("source")
        assert isinstance(source, dict)
        assert source["url"] == f"file://{place}/foo-{version}.tar.gz"


def test_luarocks_understands_our_project(tmp_path: Path) -> None:
    """It installs into the project's tree, by our script and by itself, and our Lua loads it."""
    place = sources(tmp_path / "foo", c=False)
    said = ours(place, "init", f"--lua-version={LUA}", "--lua-versions=5.4", "--license=MIT")
    assert "Wrote luarocks" in said.out
    rockspec = place / "foo-dev-1.rockspec"
    rockspec.write_text(re.sub(r"\*\*\*[^*]*\*\*\*", "git+https://h/foo", rockspec.read_text()))
    theirs(place, "lint", rockspec.name)
    script = ("env", f"--chdir={place}", "./luarocks")
    run(*script, "make", HOME=str(tmp_path))
    assert (place / "lua_modules/share/lua/5.4/foo/deep.lua").exists()
    for words in (("./luarocks",), (f"luarocks-{LUA}",)):
        listed = run("env", f"--chdir={place}", *words, "list", "--porcelain", HOME=str(tmp_path))
        assert listed.out.startswith(f"foo\tdev-1\tinstalled\t{place}/lua_modules/")
    lua = run("env", f"--chdir={place}", "./lua", "-e", "print((require('foo.deep')))")
    assert lua.out == "deep\n"
    version = run(*script, "config", "lua_version", HOME=str(tmp_path))
    assert version.out == f"{LUA}\n"


def test_init_writes_the_files_that_luarocks_writes(tmp_path: Path) -> None:
    """The same names and modes; the configuration names the same Lua; git ignores the same."""
    places = [sources(tmp_path / each / "foo") for each in ("its", "mine")]
    theirs(places[0], "init")
    ours(places[1], "init", f"--lua-version={LUA}")
    names = [
        {str(path.relative_to(place)): oct(path.stat().st_mode) for path in place.rglob("*")}
        for place in places
    ]
    assert names[0] == names[1]
    for name in (".gitignore", ".luarocks/default-lua-version.lua"):
        assert (places[0] / name).read_text() == (places[1] / name).read_text()
    config = [parse((it / f".luarocks/config-{LUA}.lua").read_bytes()).globals for it in places]
    assert config[0]["lua_interpreter"] == config[1]["lua_interpreter"]
    its, mine = (each["variables"] for each in config)
    assert isinstance(its, dict)
    assert isinstance(mine, dict)
    assert its.items() <= mine.items()
    again = ours(places[0], "init", f"--lua-version={LUA}")
    assert again.err.count("kept: ") == 4


def test_documents_are_those_that_luarocks_lists(tmp_path: Path) -> None:
    """In both forms; the path of the first one is what LuaRocks would open."""
    place = sources(tmp_path / "foo", c=False)
    theirs(place, "write_rockspec", "foo", "1.0", ".", "--license=MIT")
    tree = f"--tree={tmp_path}/tree"
    theirs(place, "make", tree, "--deps-mode=none")
    shutil.rmtree(place / "doc")
    for words in (("--list",), ("--list", "--porcelain")):
        listed = theirs(place, "doc", "foo", tree, *words)
        mine = ours(place, "doc", "foo", tree, f"--lua-version={LUA}", *words)
        assert mine.out == listed.out
    first = ours(place, "doc", "foo", tree, f"--lua-version={LUA}").out.strip()
    assert first.endswith("/doc/index.html")
    opened = theirs(place, "doc", "foo", tree, status=None).out
    assert f"Opening {first} ..." in opened
