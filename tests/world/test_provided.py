"""Which rocks packages are, and which of their files belong where."""

from __future__ import annotations

from collections.abc import Collection

from distrorocks.families.names import NameTable, RockName
from distrorocks.families.package import Package
from distrorocks.families.versions import RockVersion
from distrorocks.trees.layout import distro_layout
from distrorocks.world.provided import ProvidedRock, provided_rocks

LAYOUTS = {version: distro_layout(version, library_dir="lib64") for version in ("5.3", "5.4")}
NATIVE = frozenset({"x86_64"})


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
