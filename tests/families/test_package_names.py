"""Which package holds a rock."""

from __future__ import annotations

from distrorocks.families.name_entry import HIGH, LOW, MEDIUM, HeldRock, NameEntry
from distrorocks.families.naming_rules import Elsewhere, short_name, whole_name
from distrorocks.families.package_names import (
    MAP,
    MODULES,
    RULE,
    PackageLists,
    PackageName,
    PackageNames,
    parse_package_modules,
)
from distrorocks.families.rock_modules import RockModules
from distrorocks.rocks.dependency import Dependency

ENTRIES = {
    "lua-json": NameEntry((HeldRock("luajson"),)),
    "lua-curl": NameEntry(publish=False, reason="another project"),
    "lua-sec": NameEntry((HeldRock("luasec"),)),
}
CONTENTS = parse_package_modules("# package, modules\nlua-sec\tssl ssl.https\nlua-x\tx x.y\n")
NAMES = PackageNames(entries=ENTRIES, contents=CONTENTS, rule=short_name)


def test_files_prove_a_name() -> None:
    """A package that has all modules of a rock holds it, in no map or in the map as that rock."""
    assert NAMES.of("ex", ("x", "x.y"))[:2] == ("lua-x", MODULES)
    assert NAMES.of("luasec", ("ssl",))[:2] == ("lua-sec", MODULES)


def test_a_systems_own_index_stands_before_the_shipped_one() -> None:
    """Its packages for several Luas are one, and their version is the rock's as published."""
    own = PackageLists(
        modules={"lua-y": frozenset(("x", "x.y"))}, versions={"lua-y": "1.2"}, sources=("an index",)
    )
    names = PackageNames(
        entries=ENTRIES,
        contents=CONTENTS,
        rule=short_name,
        lists=own,
        rock_versions={"ex": ("1.2-3",)},
    )
    found = names.of("ex", ("x", "x.y"))
    assert (found.name, found.version) == ("lua-y", "1.2-3")
    assert found.evidence == "it has all 2 modules of ex, by an index"
    assert found.lacks([Dependency.parse("ex >= 1.2"), Dependency.parse("ex > 1.2-3")]) == (
        Dependency.parse("ex > 1.2-3"),
    )
    assert NAMES.of("ex", ("x", "x.y")).lacks([Dependency.parse("ex > 9")]) == ()


def test_the_modules_in_a_package_are_those_of_its_files() -> None:
    """Of one whose files are not known, none are."""
    assert "x.y" in NAMES.modules_in("lua-x")
    assert NAMES.modules_in("lua-strange") == frozenset()


def test_the_lua_versions_of_a_package_are_those_that_it_names() -> None:
    """As a system's index says; of one without them, and of no package, none are known."""
    luas = {"lua-sec": frozenset(("5.1", "5.3"))}
    own = PackageLists(versions={"lua-sec": "1", "lua-json": "1"}, lua_versions=luas)
    names = PackageNames(entries=ENTRIES, contents={}, rule=short_name, lists=own)
    assert names.of("luasec").lua_versions == {"5.1", "5.3"}
    assert names.of("luajson").lua_versions == frozenset()
    assert names.of("strange").lua_versions == frozenset()


def test_a_package_that_this_system_could_not_install_is_none_of_it() -> None:
    """The map has names of every release; where a system knows few of them, all count."""
    own = PackageLists(versions={"lua-sec": "1.2"}, sources=("an index",))
    names = PackageNames(entries=ENTRIES, contents={}, rule=short_name, lists=own)
    assert names.of("luasec").is_packaged
    found = names.of("luajson")
    assert (found.name, found.is_packaged) == ("lua-json", False)
    assert "lua-json is not among an index" in found.evidence
    assert found.confidence == HIGH  # of the name, which another release has
    assert NAMES.of("luajson").is_packaged
    few = PackageLists(versions={"lua-other": "1"}, sources=("an index",))
    names = PackageNames(entries=ENTRIES, contents={}, rule=short_name, lists=few)
    assert names.of("luajson").is_packaged


def test_a_rock_that_is_only_named_has_its_known_modules() -> None:
    """So that dependencies are found by files too."""
    table = RockModules("ex\t1.0-1\tx x.y\n")
    names = PackageNames(
        entries=ENTRIES, contents=CONTENTS, rule=short_name, rock_modules=lambda: table
    )
    assert names.of("ex")[:2] == ("lua-x", MODULES)
    assert names.of("ex", ("other",)).source == RULE


def test_the_package_of_a_module_is_the_one_that_has_it() -> None:
    """By lists of files, else by the rocks of the map; of several none is chosen."""
    known = RockModules("luajson\t1\tjson json.util\nluasec\t1\tssl json.util\n")
    known_by_name = RockModules("luajson\t1\tjson old.json\n")
    listed = parse_package_modules("lua-json\tjson\n")
    names = PackageNames(
        entries=ENTRIES, contents=listed, rule=short_name, rock_modules=lambda: known_by_name
    )
    assert [names.package_with(it) for it in ("json", "old.json")] == ["lua-json", ""]
    twice = parse_package_modules("lua-x\tx x.y\nlua-z\tx.y\n")
    names = PackageNames(
        entries=ENTRIES, contents=twice, rule=short_name, rock_modules=lambda: known
    )
    found = [names.package_with(it) for it in ("x", "x.y", "json", "json.util", "nowhere")]
    assert found == ["lua-x", "", "lua-json", "", ""]


def test_a_module_of_a_package_that_this_system_lacks_has_none() -> None:
    """Its name is no relation that anybody could install."""
    known = RockModules("luajson\t1\tjson\nluasec\t1\tssl\n")
    own = PackageLists(versions={"lua-sec": "1.2"}, sources=("an index",))
    names = PackageNames(
        entries=ENTRIES, contents={}, rule=short_name, lists=own, rock_modules=lambda: known
    )
    assert [names.package_with(it) for it in ("ssl", "json")] == ["lua-sec", ""]


def test_a_package_has_what_its_libraries_open_without_a_file() -> None:
    """Of a system's own lists of files too: neither names such a module."""
    opened = {"ssl": frozenset(("ssl.core",)), "strange": frozenset(("strange.core",))}
    own = PackageLists(modules=CONTENTS, sources=("an index",))
    for each in (own, PackageLists()):
        names = PackageNames(
            entries=ENTRIES, contents=CONTENTS, rule=short_name, lists=each, opened=opened
        )
        assert names.package_with("ssl.core") == "lua-sec"
        assert names.modules_in("lua-sec") == {"ssl", "ssl.core", "ssl.https"}
        assert names.package_with("strange.core") == ""
        assert names.modules_in("lua-x") == CONTENTS["lua-x"]


def test_what_a_package_only_recommends_is_known_of_the_map() -> None:
    """Where the map says nothing of it, there is nothing."""
    entries = {"lua-json": NameEntry((HeldRock("luajson"),), needs=("lua-lpeg",))}
    names = PackageNames(entries=entries, contents={}, rule=short_name)
    assert [names.needs_of(it) for it in ("lua-json", "lua-x")] == [("lua-lpeg",), ()]


def test_files_of_another_rocks_package_prove_nothing() -> None:
    """The map's word that a package is another rock stands above its files."""
    assert NAMES.of("ssl-fork", ("ssl",)).source == RULE


def test_the_map_knows_names_that_no_rule_gives() -> None:
    """Without modules the map answers, with its own evidence and confidence where it has them."""
    assert NAMES.of("luajson") == PackageName("lua-json", MAP, "the map", HIGH, True)
    entry = NameEntry((HeldRock("one"),), confidence=MEDIUM, evidence="its upstream says so")
    names = PackageNames(entries={"lua-1": entry}, contents={}, rule=short_name)
    expected = PackageName("lua-1", MAP, "its upstream says so", MEDIUM, True)
    assert names.of("one") == expected


def test_a_rule_is_a_guess_and_avoids_other_projects() -> None:
    """What only the rule gives is not packaged, and never the name of another project."""
    guess = NAMES.of("luafoo")
    assert guess == PackageName("lua-foo", RULE, "a guess by the naming rule", LOW, False)
    evidence = "the naming rule gives lua-curl, which is another project"
    assert NAMES.of("luacurl") == PackageName("lua-luacurl", RULE, evidence, LOW, False)
    assert NAMES.of("curl") == PackageName("lua-curl-rock", RULE, evidence, LOW, False)
    evidence = "the naming rule gives lua-x, which is another project"
    assert NAMES.of("x") == PackageName("lua-x-rock", RULE, evidence, LOW, False)


def test_half_of_the_modules_and_the_name_are_a_rock_of_another_version() -> None:
    """With fewer of them it is another project, as is what the map knows to be one."""
    found = NAMES.of("x", ("x", "x.new"))
    evidence = "it has 1 of the 2 modules of x, and its name agrees"
    assert found == PackageName("lua-x", MODULES, evidence, MEDIUM, True)
    assert NAMES.of("x", ("x", "x.new", "x.newer")).name == "lua-x-rock"
    assert NAMES.of("x", ("y",)).name == "lua-x-rock"
    assert NAMES.of("ex", ("x", "x.new")).name == "lua-ex"
    assert NAMES.of("lua_sec", ("ssl", "ssl.new")).name == "lua-lua-sec"


def test_a_rock_that_others_package_is_named_like_there() -> None:
    """It is a guess all the same; how underscores are spelled, the distribution's own rule says."""
    elsewhere = {
        "mmdb-reader": (Elsewhere("lua-mmdb", ("debian", "fedora")),),
        "lpeg_patterns": (Elsewhere("lua-lpeg_patterns", ("alpine",)),),
        "curl": (Elsewhere("lua-curl", ("alpine",)),),
        "luadbi": (
            Elsewhere("lua-dbi-common", ("debian",)),
            Elsewhere("lua-dbi", ("fedora",)),
        ),
    }
    names = PackageNames(entries=ENTRIES, contents={}, rule=short_name, elsewhere=elsewhere)
    evidence = "a guess by its name in debian and fedora"
    assert names.of("mmdb-reader") == PackageName("lua-mmdb", RULE, evidence, LOW, False)
    assert names.of("lpeg_patterns").name == "lua-lpeg-patterns"
    assert names.of("curl").name == "lua-curl-rock"
    assert names.of("luadbi").name == "lua-dbi"  # others differ, and one has the rule's name


def test_a_short_name_is_not_that_of_another_rock() -> None:
    """Unless the rock itself is called lua-X, or keeps nothing else of its name."""
    known = RockModules("utf8\t1-1\tutf8\nsocket.io\t1-1\tio\ncurses\t1-1\tcurses\n")
    names = PackageNames(entries={}, contents={}, rule=short_name, rock_modules=lambda: known)
    found = names.of("luautf8")
    assert (found.name, found.confidence) == ("lua-luautf8", LOW)
    assert found.evidence.endswith("which is not lua-utf8, since utf8 is another rock")
    assert names.of("utf8lua").name == "lua-utf8lua"
    assert names.of("luasocket").name == "lua-socket"
    assert names.of("lua-curses").name == "lua-curses"
    assert names.of("utf8").name == "lua-utf8"


def test_a_guess_that_this_system_has_says_so() -> None:
    """A package of that name is there, but neither the map nor its files say what it holds."""
    own = PackageLists(versions={"lua-foo": "1.0"}, sources=("an index",))
    names = PackageNames(entries=ENTRIES, contents=CONTENTS, rule=short_name, lists=own)
    guess = names.of("luafoo")
    assert guess.evidence.startswith(
        "a guess by the naming rule, which is among an index, but nothing"
    )
    assert (guess.confidence, guess.is_packaged, guess.version) == (LOW, False, None)
    assert names.of("luabar").evidence == "a guess by the naming rule"


def test_one_module_proves_less_than_two_unless_the_map_agrees() -> None:
    """The confidence in a name by files: medium for one module of a package in no map."""
    expected = PackageName("lua-x", MODULES, "it has all 2 modules of ex", HIGH, True)
    assert NAMES.of("ex", ("x", "x.y")) == expected
    expected = PackageName("lua-x", MODULES, "it has the one module of ex", MEDIUM, True)
    assert NAMES.of("ex", ("x",)) == expected
    expected = PackageName("lua-sec", MODULES, "it has the one module of luasec", HIGH, True)
    assert NAMES.of("luasec", ("ssl",)) == expected


def test_of_several_packages_with_all_modules_only_the_maps_is_chosen() -> None:
    """Where the map names none of them, their files prove nothing."""
    both = parse_package_modules("lua-sec\tssl\nlua-a-sec\tssl\n")
    names = PackageNames(entries=ENTRIES, contents=both, rule=short_name)
    assert names.of("luasec", ("ssl",))[:2] == ("lua-sec", MODULES)
    other = parse_package_modules("lua-a\tx\nlua-b\tx\n")
    names = PackageNames(entries=ENTRIES, contents=other, rule=short_name)
    assert names.of("ex", ("x",))[:2] == ("lua-ex", RULE)
    assert names.package_with("x") == ""


def test_a_package_of_several_rocks_is_that_of_each() -> None:
    """By the map, and by its files, whichever of them is asked for."""
    entries = {"lua-two": NameEntry((HeldRock("one"), HeldRock("two")))}
    contents = parse_package_modules("lua-two\tone two\n")
    names = PackageNames(entries=entries, contents=contents, rule=short_name)
    for rock in ("one", "two"):
        assert names.of(rock)[:2] == ("lua-two", MAP)
        assert names.of(rock, (rock,))[:2] == ("lua-two", MODULES)


def test_the_source_of_a_name_is_a_word_that_plans_show() -> None:
    """Programs read it in ``scaffold --plan --json``."""
    assert (MODULES, MAP, RULE) == ("modules", "map", "rule")


def test_a_rock_that_the_map_refuses_to_publish_has_no_package_by_it() -> None:
    """Neither by its name nor by the files of that package."""
    entries = {"lua-no": NameEntry((HeldRock("no"),), publish=False, reason="renamed modules")}
    contents = parse_package_modules("lua-no\tno no.core\n")
    names = PackageNames(entries=entries, contents=contents, rule=whole_name)
    for modules in ((), ("no", "no.core")):
        found = names.of("no", modules)
        assert (found.source, found.is_packaged) == (RULE, False)


def test_a_line_of_packages_has_its_modules_behind_the_first_tab() -> None:
    """Comments and empty lines say nothing; a package may have no module, or a name like a#b."""
    text = "# package\tmodules\n\na\tx x.y\tz\nb\na#b\tq\n"
    assert parse_package_modules(text) == {
        "a": {"x", "x.y", "z"},
        "b": frozenset(),
        "a#b": {"q"},
    }
