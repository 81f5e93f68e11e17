"""Which files of packages stand in a tree's own directories, and what hides them."""

from __future__ import annotations

from distrorocks.families.package import Package
from distrorocks.health.finding import DUPLICATE, SHADOWED, Finding
from distrorocks.health.provider_findings import (
    Cover,
    own_modules,
    package_duplicates,
    rock_duplicates,
    shadow,
)
from distrorocks.trees.layout import distro_layout

LAYOUT = distro_layout("5.3")


def test_only_modules_of_the_trees_own_directories_count() -> None:
    """Not those of another Lua version, nor what is no module."""
    own = "/usr/share/lua/5.3/a.lua"
    files = (own, "/usr/share/lua/5.4/b.lua", "/usr/share/lua/5.3/notes.txt", "/usr/bin/a")
    package = Package("deb", "lua-a", "1-1", "all", files=files)
    assert own_modules([package], LAYOUT) == {"a": own}


def test_a_tree_that_hides_packages_is_told_once() -> None:
    """With the first module's two files, all names, and the ways to start Lua if not all."""
    hidden = {"b": ("/l/b.lua", "/u/b.lua"), "a": ("/l/a.lua", "/u/a.lua")}
    hint = "to use the package's, remove the files of no rock, such as /l/a.lua"
    expected = "/u/a.lua, the package's file"
    told = "the tree /usr/local hides the modules a, b"
    assert shadow(hidden, Cover("/usr/local"), "5.3") == Finding(
        SHADOWED, "/l/a.lua", expected, told, hint
    )
    assert shadow(hidden, Cover("/usr/local"), "5.3", ("lua5.3",)).found == f"{told}, with lua5.3"
    outside = shadow(hidden, Cover(), "5.3")
    assert outside.found == "a file outside all trees hides the modules a, b"
    assert "or its directory from LUA_PATH" in outside.hint
    rock = shadow(hidden, Cover("/usr/local", ("x", "1.0-1")), "5.3")
    assert rock.found == "x 1.0-1 in /usr/local hides the modules a, b"
    remove = "distrorocks remove x 1.0-1 --tree=/usr/local --lua-version=5.3"
    assert rock.hint == f"to use the package's, {remove}"
    assert shadow(hidden, Cover("/usr/local", mend="mend it"), "5.3").hint == "mend it"


def package(name: str, *modules: str) -> Package:
    """Return a package with modules for Lua 5.3, and one file for Lua 5.4."""
    files = [f"/usr/share/lua/5.3/{module}.lua" for module in modules]
    return Package("deb", name, "1-1", "all", files=(*files, "/usr/share/lua/5.4/z.lua"))


def test_packages_with_the_same_modules_are_told_in_pairs() -> None:
    """Each with the first by name, and only for the Lua version that is asked for."""
    packages = [package("c", "x"), package("b", "x", "y", "q"), package("a", "x", "y")]
    assert package_duplicates(packages, "5.3") == [
        Finding(
            DUPLICATE,
            "/usr/share/lua/5.3/x.lua",
            "one package for each module",
            "packages a and b both have the modules x, y",
            "remove the one you do not need: a or b",
        ),
        Finding(
            DUPLICATE,
            "/usr/share/lua/5.3/x.lua",
            "one package for each module",
            "packages a and c both have the module x",
            "remove the one you do not need: a or c",
        ),
    ]
    assert package_duplicates(packages[:1], "5.3") == []
    assert len(package_duplicates(packages, "5.4")) == 2


def test_one_package_with_two_files_of_a_module_is_no_pair() -> None:
    """Of a package's files for one module the first is named; what is no module does not count."""
    files = ("/usr/share/lua/5.3/m.lua", "/usr/share/lua/5.3/m/init.lua", "/usr/bin/m")
    twice = Package("deb", "a", "1-1", "all", files=files)
    assert package_duplicates([twice], "5.3") == []
    (found,) = package_duplicates([twice, twice._replace(name="b")], "5.3")
    assert (found.place, found.found) == (files[0], "packages a and b both have the module m")


def test_rocks_with_the_same_modules_are_told_in_pairs() -> None:
    """But for pairs of rocks of packages, which are told as packages."""
    modules = {"y": ["b", "a"], "x": ["c", "a"], "z": ["a"]}
    first, second = rock_duplicates(modules, LAYOUT)
    assert first == Finding(
        DUPLICATE,
        f"{LAYOUT.rocks_dir}/b",
        "one rock for each module",
        "rocks a and b both have the module y",
        "remove the one you do not need: a or b",
    )
    assert second.place == f"{LAYOUT.rocks_dir}/c"
    assert rock_duplicates(modules, LAYOUT, {"a", "b"}) == [second]
    assert rock_duplicates(modules, LAYOUT, {"a"}) == [first, second]


def test_four_modules_are_named_and_the_others_counted() -> None:
    """A package that was renamed has all of them twice."""
    modules = {f"m{number}": ["a", "b"] for number in range(6)}
    (found,) = rock_duplicates(modules, LAYOUT)
    assert found.found == "rocks a and b both have the modules m0, m1, m2, m3 and 2 more"
    del modules["m5"], modules["m4"]
    (found,) = rock_duplicates(modules, LAYOUT)
    assert found.found.endswith("the modules m0, m1, m2, m3")
