"""Working directories made into rocks by distrorocks and by LuaRocks 3.8: the same trees."""

from __future__ import annotations

import shutil
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from integration.faults.content import Content, content, difference
from integration.machines.binary_rocks import LUA, Tree
from integration.machines.machine import RUN_MAIN, Outcome, run
from integration.machines.scratch import CHECKOUT

C = "struct lua_State; int luaopen_{name}(struct lua_State *L) {{ (void)L; return 0; }}\n"
SCRIPT = "#!/usr/bin/env lua\nprint('script', ...)\n"
PATCH = "--- a/src/one.lua\n+++ b/src/one.lua\n@@ -1 +1 @@\n-return 'one'\n+return 'one, patched'\n"


class Project(NamedTuple):
    """A working directory: its files, the rest of its rockspec, and where that is."""

    files: Mapping[str, str]
    rockspec: str
    place: str = ""


PROJECTS = {
    "builtin": Project(
        {
            "src/one.lua": "return 'one'\n",
            "src/two/init.lua": "return 'two'\n",
            "src/core.c": C.format(name="demo_core"),
            "lua/extra/x.lua": "return 'x'\n",
            "tool": SCRIPT,
            "demo.conf": "x = 1\n",
            "doc/index.html": "hello\n",
            "README.md": "not copied beside doc\n",
            "samples/a/b.txt": "sample\n",
        },
        """build = { type = "builtin",
          modules = { demo = "src/one.lua", ["demo.two"] = "src/two/init.lua",
            ["demo.core"] = { "src/core.c" } },
          install = { bin = { demo = "tool" }, conf = { "demo.conf" },
            lua = { ["demo.more"] = "src/one.lua" } },
          copy_directories = { "doc", "samples" } }""",
    ),
    "detected": Project(
        {
            "src/demo.lua": "return 'demo'\n",
            "src/demo/deep.lua": "return 'deep'\n",
            "src/bin/demo": SCRIPT,
            "spec/demo_spec.lua": "it()\n",
            "LICENSE": "MIT\n",
            "README.txt": "hello\n",
        },
        'rockspec_format = "3.0"\nbuild = {}',
        "rockspecs",
    ),
    "make": Project(
        {
            "Makefile": "all:\n\techo \"return '$(FLAVOUR)'\" > made.lua\n"
            "install:\n\tcp made.lua $(LUADIR)/\n\tmkdir -p $(PREFIX)/share\n"
            "\techo data > $(PREFIX)/share/data\n",
            "README": "hello\n",
        },
        """build = { type = "make", variables = { LUADIR = "$(LUADIR)", PREFIX = "$(PREFIX)" },
          build_variables = { CFLAGS = "$(CFLAGS)", FLAVOUR = "sweet" } }""",
        "rockspec",
    ),
    "command": Project(
        {"in.lua": "return 'in'\n"},
        """build = { type = "command", build_command = "sed s/in/out/ in.lua > out.lua",
          install_command = "cp out.lua $(LUADIR)/out.lua" }""",
    ),
    "patched": Project(
        {"src/one.lua": "return 'one'\n"},
        'build = { type = "builtin", modules = { demo = "src/one.lua", added = "added.lua" },\n'
        '  extra_files = { ["added.lua"] = "return 1\\n" },\n'
        f"  patches = {{ p = [[\n{PATCH}]] }} }}",
    ),
    "none": Project(
        {"etc/demo.conf": "x\n", "shared.lua": "return 1\n", "COPYING": "free\n"},
        'build = { type = "none",\n'
        '  install = { lua = { "shared.lua" }, conf = { "etc/demo.conf" } } }',
    ),
}


def write_project(place: Path, project: Project, version: str = "1.0-1", needs: str = "") -> Path:
    """Write a working directory, and return it."""
    for path, text in project.files.items():
        file = place / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(0o755 if text == SCRIPT else 0o644)
    rockspec = place / project.place / f"demo-{version}.rockspec"
    rockspec.parent.mkdir(exist_ok=True)
    rockspec.write_text(
        f'package = "demo"\nversion = "{version}"\nsource = {{ url = "git://nowhere/demo" }}\n'
        f"dependencies = {{ {needs} }}\n{project.rockspec}\n"
    )
    return place


@pytest.fixture
def headers(tmp_path: Path) -> str:
    """Return the variable that names Lua's headers, or what goes for them."""
    folder = tmp_path / "include"
    folder.mkdir()
    (folder / "lua.h").write_text("#define LUA_VERSION_NUM 504\n")
    return f"LUA_INCDIR={folder}"


@pytest.fixture
def trees(tmp_path: Path) -> tuple[Tree, Tree]:
    """Two trees whose paths are of one length: LuaRocks' and ours."""
    return Tree(tmp_path / "theirs"), Tree(tmp_path / "shared")


def theirs(tree: Tree, where: Path, *words: str, status: int | None = 0) -> Outcome:
    """Run LuaRocks in a working directory, with the configuration of a tree."""
    config = str(tree.place.with_name(f"{tree.place.name}.lua"))
    command = ("env", f"--chdir={where}", f"luarocks-{LUA}", *words)
    return run(*command, status=status, LUAROCKS_CONFIG=config, HOME=str(tree.place.parent))


def ours(tree: Tree, where: Path, *words: str, status: int | None = 0) -> Outcome:
    """Run distrorocks in a working directory, with the configuration of a tree."""
    config = str(tree.place.with_name(f"{tree.place.name}.lua"))
    program = f"import sys; sys.path.insert(0, {str(CHECKOUT)!r}); {RUN_MAIN}"
    verb = (words[0], "--lua-version", LUA, "--distro=never")
    command = ("env", f"--chdir={where}", sys.executable, "-c", program, *verb, *words[1:])
    home = str(tree.place.parent)
    return run(*command, status=status, LUAROCKS_CONFIG=config, HOME=home)


def same(one: Tree, other: Tree) -> None:
    """Fail where the trees are not the same to the byte, modes included."""
    found = difference(other.content(shown_as="/TREE"), one.content(shown_as="/TREE"))
    assert not found, str(found)


@pytest.mark.parametrize("kind", PROJECTS)
def test_make_deploys_what_luarocks_deploys(
    trees: tuple[Tree, Tree], tmp_path: Path, headers: str, kind: str
) -> None:
    """Files, modes, rock_manifest and manifest are those of LuaRocks; the project is untouched."""
    mine = write_project(tmp_path / "mine", PROJECTS[kind])
    before = content(mine)
    theirs(trees[0], write_project(tmp_path / "its", PROJECTS[kind]), "make", headers)
    ours(trees[1], mine, "make", headers)
    same(*trees)
    assert content(mine) == before


@pytest.mark.parametrize("kind", PROJECTS)
def test_a_packed_rock_is_that_of_luarocks(
    trees: tuple[Tree, Tree], tmp_path: Path, headers: str, kind: str
) -> None:
    """One file of the same name with the same members; the tree is not touched.

    LuaRocks packs what it installed: with --pack-binary-rock its makefiles install elsewhere.
    """
    places = [write_project(tmp_path / each, PROJECTS[kind]) for each in ("its", "mine")]
    before = [set(each.iterdir()) for each in places]
    theirs(trees[0], places[0], "make", headers)
    theirs(trees[0], places[0], "pack", "demo")
    said = ours(trees[1], places[1], "make", headers, "--pack-binary-rock").out
    rocks = [next(place.glob("*.rock")) for place in places]
    assert rocks[0].name == rocks[1].name
    assert said.endswith(f"Packed: {rocks[1]}\n")
    assert members(rocks[0]) == members(rocks[1])
    assert set(places[1].iterdir()) - before[1] == {rocks[1]}
    assert not trees[1].place.exists()
    trees[0].clear()
    theirs(trees[0], tmp_path, "install", "--deps-mode=none", str(rocks[1]))
    assert theirs(trees[0], tmp_path, "list", "--porcelain").out.startswith("demo\t1.0-1\tinst")


def members(rock: Path) -> dict[str, bytes]:
    """Return the files in a rock."""
    with zipfile.ZipFile(rock) as archive:
        return {each: archive.read(each) for each in archive.namelist() if not each.endswith("/")}


def test_make_again_over_each_other(trees: tuple[Tree, Tree], tmp_path: Path, headers: str) -> None:
    """The same version is built anew and replaced, an older one goes unless it is kept."""
    project = PROJECTS["builtin"]
    its, mine = (write_project(tmp_path / each, project) for each in ("its", "mine"))
    for words in (["make", headers], ["make", headers, "--keep"]):
        theirs(trees[0], its, *words)
        ours(trees[1], mine, *words)
        same(*trees)
        for place in (its, mine):
            (place / "src/one.lua").write_text("return 'changed'\n")
    for version, keep in (("2.0-1", ["--keep"]), ("2.1-1", [])):
        for place in (its, mine):
            write_project(place, project, version)
        theirs(trees[0], its, "make", headers, *keep)
        ours(trees[1], mine, "make", headers, *keep)
        same(*trees)
    assert "2.0" not in str(sorted(trees[1].content()))


def test_without_documents_and_without_a_manifest(
    trees: tuple[Tree, Tree], tmp_path: Path, headers: str
) -> None:
    """--no-doc leaves out doc, --no-manifest leaves the tree's manifest, each as LuaRocks does."""
    places = [write_project(tmp_path / each, PROJECTS["builtin"]) for each in ("its", "mine")]
    for run_it, tree, place in zip((theirs, ours), trees, places, strict=True):
        run_it(tree, place, "make", headers, "--no-doc")
    same(*trees)
    for tree in trees:
        tree.clear()
    for run_it, tree, place in zip((theirs, ours), trees, places, strict=True):
        run_it(tree, place, "make", headers, "--no-manifest")
    found: list[Content] = [each.content(shown_as="/TREE") for each in trees]
    assert not any(path.endswith("/manifest") for path in found[1])
    assert not difference(found[1], found[0])


def test_build_of_a_name_takes_the_sources(
    trees: tuple[Tree, Tree], tmp_path: Path, headers: str
) -> None:
    """Of a server that has a binary rock too; what is installed already is built again."""
    server = tmp_path / "server"
    server.mkdir()
    packing = write_project(tmp_path / "packing", PROJECTS["builtin"])
    ours(trees[1], packing, "make", headers, "--pack-binary-rock")
    shutil.move(str(next(packing.glob("*.rock"))), server)
    sources = tmp_path / "demo-1.0"
    write_project(sources, PROJECTS["builtin"])
    run("tar", "-C", str(tmp_path), "-czf", str(server / "demo-1.0.tar.gz"), "demo-1.0")
    text = (sources / "demo-1.0-1.rockspec").read_text()
    url = f"file://{server}/demo-1.0.tar.gz"
    (server / "demo-1.0-1.rockspec").write_text(text.replace("git://nowhere/demo", url))
    run(f"luarocks-admin-{LUA}", "make-manifest", str(server), HOME=str(tmp_path))
    for _ in range(2):
        only = f"--only-server={server}"
        theirs(trees[0], tmp_path, "build", "demo", only, headers)
        done = ours(trees[1], tmp_path, "build", "demo", only, headers)
        assert "building demo 1.0-1" in done.err
        same(*trees)
    theirs(trees[0], tmp_path, "pack", str(server / "demo-1.0-1.rockspec"))
    for run_it, tree in zip((theirs, ours), trees, strict=True):
        tree.clear()
        run_it(tree, tmp_path, "build", str(tmp_path / "demo-1.0-1.src.rock"), headers)
    same(*trees)
    refused = ours(trees[1], tmp_path, "build", str(next(server.glob("*.rock"))), status=3)
    assert "there is nothing to build" in refused.err


def test_the_flags_of_the_distribution(
    trees: tuple[Tree, Tree], tmp_path: Path, headers: str
) -> None:
    """With --hardening dpkg's flags reach the compiler and the linker."""
    place = write_project(tmp_path / "mine", PROJECTS["builtin"])
    flags = run("dpkg-buildflags", "--get", "LDFLAGS").out.split()
    assert "-Wl,-z,relro" in flags
    said = ours(trees[1], place, "make", headers, "--hardening", "--verbose").err
    linked = next(line for line in said.splitlines() if " -shared " in line)
    compiled = next(line for line in said.splitlines() if "-c" in line and "core.c" in line)
    assert all(each in linked for each in flags)
    assert "-D_FORTIFY_SOURCE" in compiled
    assert "-fstack-protector-strong" in compiled
    library = trees[1].place / f"lib/lua/{LUA}/demo/core.so"
    assert "GNU_RELRO" in run("readelf", "-lW", str(library)).out


def test_tests_are_run_alike(trees: tuple[Tree, Tree], tmp_path: Path) -> None:
    """The same script with the same words; LuaRocks fails with 1, we with the script's status."""
    place = write_project(tmp_path / "its", PROJECTS["none"])
    script = "io.write('script ', table.concat({...}, ','), '\\n') os.exit(tonumber((...)))\n"
    (place / "test.lua").write_text(script)
    for status in (0, 7):
        words = ("test", str(status), "--", "--verbose", "it's")
        its = theirs(trees[0], place, *words, status=min(status, 1)).out
        mine = ours(trees[1], place, *words, status=status).out
        assert f"script {status},--verbose,it's" in its.splitlines()
        assert mine == f"script {status},--verbose,it's\n"


def test_another_branch(trees: tuple[Tree, Tree], tmp_path: Path, headers: str) -> None:
    """--branch fetches it instead of the one that the rockspec names."""
    project = Project({"one.lua": "return 'main'\n"}, 'build = { modules = { one = "one.lua" } }')
    repository = write_project(tmp_path / "demo", project)
    git = ("git", "-C", str(repository), "-c", "user.name=a", "-c", "user.email=a@b")
    run(*git, "init", "-q", "-b", "trunk")
    for branch, text in (("trunk", "main"), ("other", "other")):
        (repository / "one.lua").write_text(f"return '{text}'\n")
        run(*git, "checkout", "-q", "-B", branch)
        run(*git, "add", ".")
        run(*git, "commit", "-q", "-m", branch)
    rockspec = tmp_path / "demo-1.0-1.rockspec"
    rockspec.write_text(
        'rockspec_format = "3.0"\npackage = "demo"\nversion = "1.0-1"\n'
        f'source = {{ url = "git+file://{repository}", branch = "trunk" }}\n{project.rockspec}\n'
    )
    for words in ([], ["--branch=other"]):
        theirs(trees[0], tmp_path, "build", str(rockspec), headers, *words)
        ours(trees[1], tmp_path, "build", str(rockspec), headers, *words)
        same(*trees)
    assert (trees[1].place / f"share/lua/{LUA}/one.lua").read_text() == "return 'other'\n"
