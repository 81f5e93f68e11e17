"""A package's rock, known by the modules it installs."""

from __future__ import annotations

from distrorocks.families.rock_modules import KnownRock, RockModules, parse_rock_versions

TABLE = RockModules(
    "# comment\n"
    "socket\t3.0-1\tsocket socket.core socket.http\n"
    "small\t1.0-1\tsmall\n"
    "one\t1.0-1\tshared shared.init.not\n"
    "two\t1.0-1\tshared shared.init.not\n"
    "owner-tool\tscm-1\ttool tool.run\n"
    "packed\t1.0-1\tpacked.init packed.core\n"
)


def test_a_final_init_is_no_part_of_a_module() -> None:
    """Wherever it is in the line; a module that only ends alike keeps its name."""
    known = RockModules("a\t1-1\tx.init y.initial z z.init.more init\n").rock("a")
    assert known
    assert known.modules == {"x", "y.initial", "z", "z.init.more", "init"}


def test_all_declared_modules_must_be_there() -> None:
    """Renamed or missing modules are another thing."""
    assert TABLE.match(("nginx.socket", "nginx.socket.core"), ("socket",)) is None
    assert TABLE.match(("socket", "socket.core"), ("socket",)) is None


def test_two_modules_that_are_most_of_the_package_prove_the_rock() -> None:
    """Whatever the package's name; more modules than declared are no matter."""
    match = TABLE.match(("socket", "socket.core", "socket.http", "socket.extra"), ())
    assert match
    assert (match.rock.rock, match.is_sure) == ("socket", True)
    assert match.evidence == "it has all 3 modules of socket 3.0-1"


def test_a_bundled_copy_proves_nothing() -> None:
    """A rock that is a small part of another package is not that package."""
    modules = ("socket", "socket.core", "socket.http", *(f"app.{n}" for n in range(9)))
    match = TABLE.match(modules, ("app",))
    assert match
    assert not match.is_sure


def test_one_module_proves_nothing_even_with_the_name() -> None:
    """Two projects often share one short name."""
    match = TABLE.match(("small",), ("small",))
    assert match
    assert not match.is_sure
    assert match.evidence == "it has the one module of small 1.0-1, and its name agrees"


def test_a_tie_is_broken_by_the_name_or_not_at_all() -> None:
    """Two rocks with the same modules need another witness."""
    modules = ("shared", "shared.init.not")
    assert TABLE.match(modules, ()) is None
    match = TABLE.match(modules, ("two", "lua-two"))
    assert match
    assert (match.rock.rock, match.is_sure) == ("two", True)


def test_a_fork_under_an_owners_name_is_not_sure() -> None:
    """owner-tool has tool's modules; the package may well be tool."""
    match = TABLE.match(("tool", "tool.run"), ("tool", "lua-tool", "luatool"))
    assert match
    assert not match.is_sure


def test_init_is_no_part_of_a_module_name() -> None:
    """packed.init is what require calls packed."""
    match = TABLE.match(("packed", "packed.core"), ())
    assert match
    assert match.rock.rock == "packed"


def test_a_known_rock_without_common_modules_contradicts() -> None:
    """An unknown rock, or a package without modules, contradicts nothing."""
    assert TABLE.contradicts("socket", ("nginx.socket",))
    assert not TABLE.contradicts("socket", ("socket.core",))
    assert not TABLE.contradicts("unknown", ("a",))
    assert not TABLE.contradicts("socket", ())


def test_versions_are_read_by_rock() -> None:
    """One line each, comments passed over."""
    assert parse_rock_versions("# x\na\t1-1 2-1\nb\t3-1\n") == {"a": ("1-1", "2-1"), "b": ("3-1",)}


def test_of_rocks_within_a_package_the_one_with_most_modules_is_it() -> None:
    """A smaller rock whose modules it has too is a part of it."""
    known = RockModules("small\t1-1\ta b\nlarge\t2-1\ta b c\n")
    match = known.match(("a", "b", "c"), ())
    assert match is not None
    assert (match.rock.rock, match.is_sure) == ("large", True)


def test_half_of_a_packages_modules_are_enough() -> None:
    """One less than half is not, unless the name agrees."""
    half = ("socket", "socket.core", "socket.http", "a", "b", "c")
    match = TABLE.match(half, ())
    assert match
    assert match.is_sure
    match = TABLE.match((*half, "d"), ())
    assert match
    assert not match.is_sure
    match = TABLE.match((*half, "d"), ("socket",))
    assert match
    assert (match.is_sure, match.evidence) == (
        True,
        "it has all 3 modules of socket 3.0-1, and its name agrees",
    )


def test_lines_without_rocks_are_passed_over() -> None:
    """Comments and empty lines in both tables; a rock may have no known version."""
    known = RockModules("# a\t1-1\tm\n\nb#c\t1-1\tm\n")
    assert known.rock("b#c") == KnownRock("b#c", "1-1", frozenset({"m"}))
    assert "# a" not in known
    assert known.rock("# a") is None
    text = "# a\t1-1\n\nb\t1-1\t2-1\nc\n"
    assert parse_rock_versions(text) == {"b": ("1-1", "2-1"), "c": ()}


def test_a_name_that_another_one_ends_in_is_no_fork_without_a_dash() -> None:
    """``mytool`` is a project of its own; ``my-tool`` may be ``tool`` under another name."""
    known = RockModules("mytool\t1-1\ta b\nmy-kit\t1-1\tc d\n")
    match = known.match(("a", "b"), ("tool",))
    assert match
    assert match.is_sure
    for names, is_sure in ((("kit",), False), (("kit", "my-kit"), True)):
        match = known.match(("c", "d"), names)
        assert match
        assert match.is_sure is is_sure
