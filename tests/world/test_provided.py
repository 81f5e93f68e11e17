"""Which rocks packages are, and which of their files belong where."""

from __future__ import annotations

import json
from collections.abc import Collection

import pytest

from distrorocks.families.names import NameTable, RockName
from distrorocks.families.package import Package
from distrorocks.families.versions import RockVersion
from distrorocks.trees.layout import distro_layout
from distrorocks.world.provided import ProvidedRock, provided_rocks

LAYOUTS = {version: distro_layout(version, library_dir="lib64") for version in ("5.3", "5.4")}
NATIVE = frozenset({"x86_64"})
ROCKS_DIR = "/usr/lib/luarocks/rocks-5.4"


class Names(NameTable):
    """Names as the test wants them: package name to answers."""

    def __init__(self, answers: dict[str, tuple[RockName, ...]]) -> None:
        self.answers = answers

    def rocks_of(
        self, package: Package, lua_version: str, modules: Collection[str]
    ) -> tuple[RockName, ...]:
        """Return the test's answers."""
        del lua_version, modules
        return self.answers[package.name]

    def version_of(self, package: Package, name: RockName) -> RockVersion:
        """Return revision 1 of every package's version."""
        del name
        return RockVersion(f"{package.version}-1", "the test says so")


def rock(name: str, confidence: str = "high", **words: object) -> RockName:
    """Return an answer that publishes a rock."""
    return RockName(name, confidence, "map", "seen", True, **words)  # type: ignore[arg-type]


def package(name: str, *files: str, architecture: str = "noarch") -> Package:
    """Return an rpm package with these files."""
    return Package("rpm", name, "1.0", architecture, files=files)


def provided(*packages: Package, **answers: tuple[RockName, ...]) -> list[ProvidedRock]:
    """Return what the packages provide, by default a rock of the package's own name."""
    names = {one.name: answers.get(one.name, (rock(one.name),)) for one in packages}
    return provided_rocks(packages, Names(names), LAYOUTS, native=NATIVE)


def test_files_stand_below_the_trees_own_directories() -> None:
    """Lua files, C modules and commands are each relative to where LuaRocks looks."""
    (found,) = provided(
        package(
            "a", "/usr/share/lua/5.4/a/init.lua", "/usr/lib64/lua/5.4/a/core.so", "/usr/bin/tool"
        )
    )
    assert found.lua == {"a/init.lua": "/usr/share/lua/5.4/a/init.lua"}
    assert found.lib == {"a/core.so": "/usr/lib64/lua/5.4/a/core.so"}
    assert found.bin == {"tool": "/usr/bin/tool"}
    assert found.rock == ("a", "1.0-1")


def test_each_lua_version_is_a_rock_of_its_own() -> None:
    """A package for two Luas is two rocks, and each knows of both."""
    found = provided(package("a", "/usr/share/lua/5.3/a.lua", "/usr/share/lua/5.4/a.lua"))
    assert [each.lua_version for each in found] == ["5.3", "5.4"]
    assert {each.lua_versions for each in found} == {("5.3", "5.4")}


def test_a_c_module_in_another_library_directory_is_distinguished() -> None:
    """LuaRocks would look for it in lib_dir, so it is not among the tree's files."""
    (found,) = provided(package("a", "/usr/lib/lua/5.4/a.so"))
    assert (found.lib, found.outside) == ({}, ("/usr/lib/lua/5.4/a.so",))


def test_a_package_of_several_rocks_is_shared_out_by_module() -> None:
    """Modules that an answer names are its own; the rest, commands too, are the first's."""
    files = ("/usr/share/lua/5.4/soap.lua", "/usr/share/lua/5.4/soap/https.lua", "/usr/bin/wsdl")
    answers = (rock("luasoap"), rock("luasoap-https", modules=("soap.https",)))
    first, second = provided(package("a", *files), a=answers)
    assert (list(first.lua), list(first.bin)) == (["soap.lua"], ["wsdl"])
    assert (list(second.lua), list(second.bin)) == (["soap/https.lua"], [])


def test_only_this_systems_architecture_is_published() -> None:
    """A 32-bit module beside the 64-bit one is not what this Lua loads."""
    found = provided(
        package("a", "/usr/lib64/lua/5.4/a.so", architecture="x86_64"),
        package("b", "/usr/lib/lua/5.4/b.so", architecture="i686"),
    )
    assert [bool(each.why_not) for each in found] == [False, True]
    assert "i686" in found[1].why_not


def test_a_package_with_its_own_metadata_is_not_published_again() -> None:
    """What it ships for one Lua version counts for that version only."""
    shipped = "/usr/lib/luarocks/rocks-5.4/a/1.0-1/rock_manifest"
    found = provided(package("a", "/usr/share/lua/5.3/a.lua", "/usr/share/lua/5.4/a.lua", shipped))
    assert [bool(each.why_not) for each in found] == [False, True]


def test_of_two_packages_that_are_one_rock_the_surer_is_published() -> None:
    """One rock and version has one directory: the other package is reported with the reason."""
    first, second = provided(
        package("a", "/usr/share/lua/5.4/x.lua"),
        package("b", "/usr/share/lua/5.4/x.lua"),
        a=(rock("x", "low"),),
        b=(rock("x", "high"),),
    )
    assert first.why_not == "b provides the same version of this rock"
    assert second.why_not == ""


@pytest.mark.parametrize("architecture", ["all", "noarch", "any", "x86_64"])
def test_packages_for_every_machine_are_published(architecture: str) -> None:
    """Each family has its own word for them; so are those of this machine."""
    (found,) = provided(package("a", "/usr/share/lua/5.4/a.lua", architecture=architecture))
    assert found.why_not == ""


def test_a_rockspec_that_is_shipped_for_another_machine_is_not_completed() -> None:
    """Its modules would not load here either."""
    files = ("/usr/lib64/lua/5.4/m.so", f"{ROCKS_DIR}/x/2.0-1/x-2.0-1.rockspec")
    (found,) = provided(package("a", *files, architecture="i686"))
    assert found.rock == ("x", "2.0-1")
    assert found.why_not == "it is for i686, which this system's Lua cannot load"


def test_the_first_reason_is_told() -> None:
    """That of the name before that of the machine, and this before that of the files."""
    shipped = "/usr/lib/luarocks/rocks-5.4/a/1.0-1/rock_manifest"
    files = ("/usr/share/lua/5.4/a.lua", shipped)
    unnamed = rock("a")._replace(published=False, why_not="nobody knows it")
    (found,) = provided(package("a", *files, architecture="i686"), a=(unnamed,))
    assert found.why_not == "nobody knows it"
    (found,) = provided(package("a", *files, architecture="i686"))
    assert found.why_not == "it is for i686, which this system's Lua cannot load"
    (found,) = provided(package("a", *files))
    assert found.why_not == "the package ships its own rock metadata"


def test_a_package_without_a_name_has_no_version() -> None:
    """It is still told, with its files."""
    (found,) = provided(package("a", "/usr/share/lua/5.4/a.lua"), a=(rock(""),))
    assert found.version == RockVersion("", "")
    assert found.lua == {"a.lua": "/usr/share/lua/5.4/a.lua"}


def test_only_modules_make_a_rock_of_a_tree_that_is_asked_for() -> None:
    """A command alone does not; a Lua without a tree here is known to the others."""
    files = ("/usr/share/lua/5.1/a.lua", "/usr/share/lua/5.4/a.lua", "/usr/bin/a")
    found = provided(package("a", *files), package("b", "/usr/bin/b", "/usr/share/doc/b/x.lua"))
    assert [(each.package.name, each.lua_version) for each in found] == [("a", "5.4")]
    assert found[0].lua_versions == ("5.1", "5.4")


def test_files_that_no_answer_claims_are_the_first_ones_without_modules() -> None:
    """Where every answer names its modules, the others are of no rock."""
    files = tuple(f"/usr/share/lua/5.4/{name}.lua" for name in "abc")
    answers = (rock("x", modules=("a",)), rock("y"), rock("z"))
    found = provided(package("p", *files), p=answers)
    assert [list(each.lua) for each in found] == [["a.lua"], ["b.lua", "c.lua"], []]
    found = provided(package("p", *files), p=(rock("x", modules=("a",)), rock("y", modules=())))
    assert [list(each.lua) for each in found] == [["a.lua"], []]


@pytest.mark.parametrize(
    ("shipped", "is_left"),
    [
        (["x/2.0-1/x-2.0-1.rockspec"], True),
        (["x/2.0-1/x-2.0-1.rockspec", "x/2.0-1/doc/index.html"], True),
        (["x/2.0-1/x-2.0-1.rockspec", "x/2.0-1/rock_manifest"], False),
        (["x/2.0-1/other-2.0-1.rockspec"], False),
        (["x/2.0-1/x-2.0-1.rockspec", "y/1.0-1/y-1.0-1.rockspec"], False),
        (["x/2.0-1/x-2.0-1.rockspec", "x/1.0-1/x-1.0-1.rockspec"], False),
    ],
)
def test_a_rock_without_its_rock_manifest_is_completed(shipped: list[str], is_left: bool) -> None:
    """One whose rockspec the package ships: this says what it is, and nothing else does."""
    files = ("/usr/share/lua/5.4/m.lua", "/usr/bin/m", *(f"{ROCKS_DIR}/{each}" for each in shipped))
    (found,) = provided(package("a", *files), a=(rock("guessed"),))
    assert found.rock == (("x", "2.0-1") if is_left else ("guessed", "1.0-1"))
    assert (found.why_not == "") is is_left
    inside = {each.split("/", 2)[2]: f"{ROCKS_DIR}/{each}" for each in shipped}
    assert found.shipped == (inside if is_left else {})
    assert (list(found.lua), list(found.bin)) == (["m.lua"], ["m"])
    if is_left:
        evidence = "the package ships its rockspec"
        assert found.name == RockName("x", "high", "package", evidence, True, version="2.0-1")
        assert found.version.reason == "from the rockspec in the package"


def test_of_rivals_the_surest_is_published_and_of_equals_the_first() -> None:
    """In the order of packages; other versions and other Luas are no rivals."""
    file = "/usr/share/lua/5.4/x.lua"
    names = {"a": "low", "b": "medium", "c": "high", "d": "high"}
    answers = {name: (rock("x", confidence),) for name, confidence in names.items()}
    found = provided(*(package(name, file) for name in reversed(names)), **answers)
    assert [(each.package.name, bool(each.why_not)) for each in found] == [
        *(("a", True), ("b", True), ("c", False), ("d", True))
    ]
    del answers["c"], answers["d"]
    found = provided(package("a", file), package("b", file), **answers)
    assert [bool(each.why_not) for each in found] == [True, False]
    other = package("b", file)._replace(version="2.0")
    found = provided(package("a", file), other, **answers)
    assert [each.why_not for each in found] == ["", ""]
    found = provided(package("a", file), package("b", "/usr/share/lua/5.3/x.lua"), **answers)
    assert [each.why_not for each in found] == ["", ""]


def test_a_rival_that_is_not_published_is_none() -> None:
    """However sure its name is; it keeps its own reason."""
    file = "/usr/share/lua/5.4/x.lua"
    found = provided(
        package("a", file, architecture="i686"),
        package("b", file),
        a=(rock("x", "high"),),
        b=(rock("x", "low"),),
    )
    assert "i686" in found[0].why_not
    assert found[1].why_not == ""


def test_an_answer_is_kept_as_plain_values() -> None:
    """What JSON makes of them gives it back, but for the package."""
    files = ("/usr/share/lua/5.4/m.lua", "/usr/lib/lua/5.4/n.so", "/usr/bin/m")
    spec = f"{ROCKS_DIR}/x/2.0-1/x-2.0-1.rockspec"
    some = (
        *provided(package("a", *files)),
        *provided(package("a", *files, spec)),
        *provided(package("a", *files), a=(rock("x", modules=("m",)), rock("y", modules=()))),
    )
    for each in some:
        kept = json.loads(json.dumps(each.plain))
        assert ProvidedRock.from_plain(each.package, kept) == each
        assert ProvidedRock.from_plain(each.package, each.plain) == each
