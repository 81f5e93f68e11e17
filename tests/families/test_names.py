"""Which rocks a package is, by which source, and whether it is published."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping

import pytest

from distrorocks.families.name_entry import NameEntry, parse_names
from distrorocks.families.names import NameTable, RockName, rule_candidates
from distrorocks.families.package import Package
from distrorocks.families.rock_modules import RockModules

MAP = """
    [lua-socket]
    rock = "luasocket"
    [lua-cqueues]
    rock = "cqueues"
    version = "{upstream}.{lua}-0"
    [lua-vips]
    rock = "lua-vips"
    versions = {"1.1.12" = "1.1-12"}
    [lua-nginx-cookie]
    rock = "lua-resty-cookie"
    publish = false
    reason = "its modules are renamed"
    [lua-none]
    publish = false
    reason = "no rock"
    [lua-maybe]
    rock = "maybe"
    confidence = "medium"
    [[lua-messagepack.rocks]]
    rock = "lua-messagepack"
    lua_versions = ["5.1", "5.2"]
    [[lua-messagepack.rocks]]
    rock = "lua-messagepack-lua53"
    lua_versions = ["5.3", "5.4"]
"""
MODULES = RockModules(
    "pair\t2.0-3\tpair pair.core\nmaybe\t1.0-1\tmaybe maybe.more\nlua-resty-cookie\t1-1\tcookie x\n"
)


def names(text: str) -> Mapping[str, NameEntry]:
    """Return entries from TOML."""
    return parse_names(tomllib.loads(text), file_name="test")


def table(administrator: str = "", *, guess: bool = False) -> NameTable:
    """Return a table of the map above."""
    return NameTable(
        administrator=names(administrator),
        shipped=lambda _: names(MAP),
        rock_modules=lambda: MODULES,
        rock_versions={"luasocket": ("3.1.0-1",)},
        guess=guess,
    )


def package(name: str, version: str = "3.1.0-1+b1") -> Package:
    """Return a Debian package of a name."""
    return Package("deb", name, version, "amd64")


def answer(names_: NameTable, name: str, *modules: str) -> RockName:
    """Return the one answer for a package on Lua 5.4."""
    (only,) = names_.rocks_of(package(name), "5.4", modules)
    return only


def test_the_map_answers_for_its_packages() -> None:
    """With high confidence, and the real revision where it is known."""
    found = answer(table(), "lua-socket", "socket")
    assert found[:3] == ("luasocket", "high", "map")
    assert found.published
    assert found.why_not == ""
    assert table().version_of(package("lua-socket"), found).text == "3.1.0-1"


@pytest.mark.parametrize("name", ["lua5.4-socket", "lua54-socket", "lua5.1-socket"])
def test_a_package_of_one_lua_version_has_the_entry_of_all(name: str) -> None:
    """Alpine, Fedora and openSUSE put the Lua version into the name."""
    assert answer(table(), name, "socket").rock == "luasocket"


def test_a_version_may_depend_on_the_lua_version() -> None:
    """Patterns are filled with the upstream version and the digits of the Lua version."""
    for lua_version, digits in (("5.1", "51"), ("5.4", "54")):
        (found,) = table().rocks_of(package("lua-cqueues", "20200726-1"), lua_version, ())
        assert found.version == f"20200726.{digits}-0"


def test_a_name_may_depend_on_the_lua_version() -> None:
    """Where it is held for neither, nothing is published."""
    got = [table().rocks_of(package("lua-messagepack"), v, ())[0] for v in ("5.1", "5.3", "5.5")]
    assert [one.rock for one in got] == ["lua-messagepack", "lua-messagepack-lua53", ""]
    assert [one.published for one in got] == [True, True, False]
    assert got[2].why_not == "its names entry does not name Lua 5.5"


def test_a_map_may_give_the_rock_version_of_one_upstream_version() -> None:
    """For that version only."""
    names_ = table()
    for version, rock in (("1.1.12-2", "1.1-12"), ("1.1.13-1", "1.1.13-0")):
        vips = package("lua-vips", version)
        assert names_.version_of(vips, names_.rocks_of(vips, "5.1", ())[0]).text == rock


@pytest.mark.parametrize(
    ("name", "modules", "why_not"),
    [
        ("lua-nginx-cookie", ("nginx.cookie",), "its modules are renamed"),
        ("lua-nginx-cookie", ("cookie", "x"), "its modules are renamed"),
        ("lua-none", ("pair", "pair.core"), "no rock"),
    ],
)
@pytest.mark.parametrize("guess", [False, True])
def test_what_the_map_refuses_no_other_source_publishes(
    name: str, modules: tuple[str, ...], why_not: str, guess: bool
) -> None:
    """Neither modules nor a guess."""
    found = answer(table(guess=guess), name, *modules)
    assert (found.published, found.why_not, found.source) == (False, why_not, "map")


def test_a_less_certain_map_entry_is_checked_against_the_modules() -> None:
    """It stands unless the package has none of the rock's modules."""
    assert answer(table(), "lua-maybe", "maybe").published
    refused = answer(table(), "lua-maybe", "other")
    assert not refused.published
    assert refused.why_not == "it has none of the modules of the rock maybe"


def test_the_administrator_wins_over_all() -> None:
    """Adding, vetoing, and overruling the map's veto."""
    names_ = table("""
        [lua-socket]
        publish = false
        [lua-nginx-cookie]
        rock = "mine"
        version = "9-9"
        [lua-new]
        rock = "new"
        lua_versions = ["5.1"]
    """)
    assert answer(names_, "lua-socket").why_not == "its names entry says publish = false"
    mine = answer(names_, "lua-nginx-cookie")
    assert (mine.rock, mine.published, mine.source) == ("mine", True, "administrator")
    assert names_.version_of(package("lua-nginx-cookie"), mine).text == "9-9"
    assert not answer(names_, "lua-new").published


def test_a_rock_is_held_only_with_a_module_of_its_own() -> None:
    """Where a package lost a second rock's modules, only the first is there."""
    text = """
        [[lua-two.rocks]]
        rock = "two"
        [[lua-two.rocks]]
        rock = "two-extra"
        modules = ["two.extra"]
        [[lua-gone.rocks]]
        rock = "gone"
        modules = ["gone.first"]
    """
    names_ = table(text)
    both = names_.rocks_of(package("lua-two"), "5.4", ("two", "two.extra"))
    assert [one.rock for one in both] == ["two", "two-extra"]
    assert answer(names_, "lua-two", "two").rock == "two"
    assert answer(names_, "lua-gone", "other").why_not == "it has none of their modules"


def test_modules_that_prove_the_rock_publish_it() -> None:
    """With medium confidence and the revision of the version that is known."""
    names_ = table()
    found = answer(names_, "lua-unheard", "pair", "pair.core")
    assert found[:3] == ("pair", "medium", "modules")
    assert found.published
    assert names_.version_of(package("lua-unheard", "2.0-1"), found).text == "2.0-3"


def test_the_naming_rule_alone_publishes_nothing_but_a_guess() -> None:
    """A guess is low confidence, and needs the word."""
    careful = answer(table(), "lua-unheard", "unheard")
    assert careful[:3] == ("unheard", "low", "rule")
    assert not careful.published
    assert "--guess" in careful.why_not
    assert answer(table(guess=True), "lua-unheard", "unheard").published


def test_the_naming_rule_does_not_guess_against_the_modules() -> None:
    """A known rock of that name with other modules is another project."""
    found = answer(table(guess=True), "pair", "other")
    assert (found.rock, found.published) == ("", False)


def test_the_candidates_are_the_usual_forms() -> None:
    """A package that is not called lua-X may only have its own name; underscores come last."""
    forms = ("term", "lua-term", "luaterm", "term-lua", "termlua", "lua_term", "term_lua")
    assert rule_candidates("lua-term") == forms
    assert rule_candidates("lua5.4-module-say")[:3] == ("say", "lua-say", "luasay")
    assert {"lpeg_patterns", "lua-lpeg-patterns"} < {*rule_candidates("lua-lpeg-patterns")}
    assert rule_candidates("Fennel") == ("fennel",)


def test_the_module_table_is_not_read_for_what_the_map_knows() -> None:
    """Reading it costs more than all the rest."""

    def unread() -> RockModules:
        raise AssertionError("read")

    names_ = NameTable(
        administrator={},
        shipped=lambda _: names(MAP),
        rock_modules=unread,
        rock_versions={},
    )
    assert answer(names_, "lua-socket", "socket").published


def test_an_administrators_entry_is_certain() -> None:
    """Whatever confidence it states; the shipped map's has its own."""
    text = '[lua-maybe]\nrock = "maybe"\nconfidence = "low"\n'
    assert answer(table(text), "lua-maybe").confidence == "high"
    assert answer(table(), "lua-maybe").confidence == "medium"


def test_the_packages_that_are_looked_for_are_those_of_both_files() -> None:
    """The administrator's and the distribution's."""
    found = table('[lua-own]\nrock = "own"\n').known_packages("deb")
    assert found == {"lua-own", *names(MAP)}


def test_what_the_naming_rule_gives_says_how_it_is_known() -> None:
    """A known rock with such modules, else a name that is only alike; else there is none."""
    found = answer(table(), "lua-pair", "pair")
    expected = ("pair", "low", "rule", "a rock pair is known", False)
    assert found[:5] == expected
    assert answer(table(), "lua-pair")[:5] == expected
    assert found.why_not == "only the naming rule says so; --guess publishes it"
    found = answer(table(guess=True), "lua-unheard", "unheard")
    assert found == RockName("unheard", "low", "rule", "its name is like a rock's", True)
    found = answer(table(), "lua-pair", "other")
    assert found[:5] == ("lua-pair", "low", "rule", "its name is like a rock's", False)
    found = answer(table(), "pair", "other")
    assert found == RockName("", "low", "rule", "", False, "no rock is known that has its modules")


def test_modules_that_do_not_prove_the_rock_publish_it_only_as_a_guess() -> None:
    """With low confidence, and a reason exactly where it is not published."""
    modules = ("pair", "pair.core", "a", "b", "c")
    careful = answer(table(), "lua-unheard", *modules)
    assert careful[:3] == ("pair", "low", "modules")
    assert (careful.published, careful.why_not) == (
        False,
        "its modules do not prove it; --guess publishes it",
    )
    bold = answer(table(guess=True), "lua-unheard", *modules)
    assert (bold.published, bold.why_not, bold.confidence) == (True, "", "low")
    sure = answer(table(), "lua-unheard", "pair", "pair.core")
    assert (sure.published, sure.why_not) == (True, "")
    assert sure.evidence == "it has all 2 modules of pair 2.0-3"


def test_a_package_that_holds_none_of_its_rocks_this_time_is_not_published() -> None:
    """It has the first one's name, and the reason."""
    text = '[[lua-gone.rocks]]\nrock = "gone"\nmodules = ["gone.first"]\n'
    found = answer(table(text), "lua-gone", "other")
    assert (found.rock, found.published) == ("gone", False)
    assert found.why_not == "it has none of their modules"


def test_a_refused_entry_with_a_rock_has_its_own_reason_for_any_lua() -> None:
    """Not that of a Lua version that it does not name."""
    text = '[lua-x]\nrock = "x"\nlua_versions = ["5.1"]\npublish = false\nreason = "a fork"\n'
    assert answer(table(text), "lua-x").why_not == "a fork"


def test_the_version_of_a_rock_is_from_its_name_or_from_what_is_published() -> None:
    """The administrator's or the map's own word says so; known versions count for the rest."""
    names_ = table('[lua-x]\nrock = "x"\nversion = "{upstream}.{lua}-7"\n')
    found = answer(names_, "lua-x")
    version = names_.version_of(package("lua-x"), found)
    assert version == ("3.1.0.54-7", "the administrator says so")
    of_map = RockName("pair", "high", "map", "", True)
    assert names_.version_of(package("lua-pair", "2.0-1"), of_map).text == "2.0-0"
    for source in ("modules", "rule"):
        found = of_map._replace(source=source)
        assert names_.version_of(package("lua-pair", "2.0-1"), found).text == "2.0-3"
    unknown = of_map._replace(rock="nothing", source="rule")
    assert names_.version_of(package("lua-x", "2.0-1"), unknown).text == "2.0-0"


def test_entries_of_a_package_are_those_of_the_nearest_file_that_has_it() -> None:
    """The administrator's, else the map's; the modules that an entry lists are claimed."""
    text = '[lua-own]\nrock = "own"\n[[lua-two.rocks]]\nrock = "a"\nmodules = ["a", "b"]\n'
    names_ = table(text + '[[lua-two.rocks]]\nrock = "c"\n')
    assert names_.claimed_modules(package("lua5.4-two")) == {"a", "b"}
    for name in ("lua-own", "lua-socket", "lua-nothing"):
        assert names_.claimed_modules(package(name)) == frozenset()
    mapped = [names_.is_mapped("deb", name) for name in ("lua-own", "lua54-socket", "lua-no")]
    assert mapped == [True, True, False]
