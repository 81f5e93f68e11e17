"""The search on small systems that exist in memory only."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from distrorocks.externals.search import Missing, joined, search
from distrorocks.externals.settings import INCDIR, LIBDIR, ExternalsError, FileName, Settings
from distrorocks.lua.value import LuaTable, table_of
from distrorocks.rocks.dependency import ExternalDependency


class Snapshot:
    """A system that is a set of files, and a list of all that was asked of it."""

    def __init__(self, *files: str) -> None:
        self.files = set(files)
        self.asked: list[str] = []

    def is_file(self, path: str) -> bool:
        """Return whether it is one of the files."""
        self.asked.append(path)
        return path in self.files

    def is_there(self, path: str) -> bool:
        """Return whether a file is it, or below it."""
        return any(f"{file}/".startswith(f"{path}/") for file in self.files)

    def names(self, directory: str) -> list[str]:
        """Return the files right below a directory."""
        self.asked.append(directory)
        return [file.rpartition("/")[2] for file in self.files if file.startswith(directory + "/")]

    def text(self, path: str) -> str | None:
        """Return the text of a file, which is none."""
        return "" if path in self.files else None


SETTINGS = Settings.from_table({})
NOTHING = Snapshot()


def need(library: str | None = None, header: str | None = None) -> ExternalDependency:
    """Return a need called FOO."""
    return ExternalDependency("FOO", header, library)


def test_debians_place_is_found_and_named() -> None:
    """Without any configuration the triplet's directory is looked at first."""
    settings = Settings.from_table({}, multiarch="x86_64-linux-gnu")
    probe = Snapshot("/usr/lib/x86_64-linux-gnu/libfoo.so", "/usr/include/foo.h")
    verdict = search([need("foo", "foo.h")], settings, {}, probe)
    assert dict(verdict.variables) == {
        "FOO_DIR": "/usr",
        "FOO_BINDIR": "/usr/bin",
        "FOO_INCDIR": "/usr/include",
        "FOO_INCDIR_FILE": "foo.h",
        "FOO_LIBDIR": "/usr/lib/x86_64-linux-gnu",
        "FOO_LIBDIR_FILE": "libfoo.so",
    }


def test_what_is_not_asked_for_is_named_by_what_is_there() -> None:
    """3.8 names the first directory though it be missing, later ones the first that is there."""
    probe = Snapshot("/usr/include/foo.h", "/usr/lib64/other.so")
    for like_3_8, expected in ((True, "/usr/lib"), (False, "/usr/lib64")):
        settings = Settings.from_table({}, like_3_8=like_3_8)
        verdict = search([need(header="foo.h")], settings, {}, probe)
        assert verdict.variables["FOO_LIBDIR"] == expected


def test_all_that_is_missing_is_told_at_once() -> None:
    """Where LuaRocks stops at the first, every missing dependency is in the verdict."""
    needs = [ExternalDependency(name, header="no.h") for name in ("C", "A", "B")]
    verdict = search(needs, Settings.from_table({}), {}, Snapshot())
    assert [each.dependency.name for each in verdict.missing] == ["A", "B", "C"]


def test_a_short_list_goes_on_with_the_default() -> None:
    """LuaRocks lays its defaults under a list: one prefix of one's own leaves /usr and / behind."""
    table: LuaTable = {"external_deps_dirs": table_of(["/opt/x"])}
    assert [each.path for each in Settings.from_table(table).prefixes] == ["/opt/x", "/usr", "/"]


@pytest.mark.parametrize(
    ("variables", "word"),
    [
        ({"FOO_DIR": "relative"}, "absolute"),
        ({"FOO_LIBDIR": ""}, "absolute"),
        ({"DEPS_DIR": "/a\0b"}, "absolute"),
    ],
)
def test_directories_are_absolute(variables: dict[str, str], word: str) -> None:
    """A directory that means another place wherever a build runs is refused, with its name."""
    with pytest.raises(ExternalsError, match=word):
        search([need("foo")], Settings.from_table({}), variables, Snapshot())


@pytest.mark.parametrize("library", ["a\0b", "x" * 5000])
def test_impossible_names_are_told(library: str) -> None:
    """A name that no file can have is an error that says whose it is."""
    with pytest.raises(ExternalsError, match="FOO"):
        search([need(library)], Settings.from_table({}), {}, Snapshot())


def test_there_is_a_limit_to_what_is_looked_for() -> None:
    """A rockspec with thousands of dependencies is refused before anything is looked at."""
    probe = Snapshot()
    needs = [ExternalDependency(f"N{number}", library="x") for number in range(5000)]
    with pytest.raises(ExternalsError, match="5000"):
        search(needs, Settings.from_table({}), {}, probe)
    assert probe.asked == []


@pytest.mark.parametrize(
    "table",
    [
        {"external_deps_dirs": "x"},
        {"external_deps_dirs": {1: {"lib": "x"}}},
        {"external_deps_dirs": table_of(["/x"] * 1000)},
        {"external_deps_patterns": 7},
        {"external_deps_patterns": {"lib": table_of([7])}},
        {"external_deps_subdirs": {"include": True}},
    ],
)
def test_a_configuration_of_another_form_is_told(table: LuaTable) -> None:
    """What cannot be a configuration is an error that names the key, never a traceback."""
    with pytest.raises(ExternalsError, match="external_deps_"):
        Settings.from_table(table)


@given(st.text("ab./*-", max_size=12))
def test_only_places_below_prefixes_are_asked_about(name: str) -> None:
    """Whatever a rock asks for, the path asked about is a prefix's directory and then its words."""
    probe = Snapshot()
    settings = Settings.from_table({"external_deps_dirs": table_of(["/p", "/q", "/r"])})
    search([need(name, name)], settings, {}, probe)
    assert all(path.startswith(("/p/", "/q/", "/r/")) for path in probe.asked)


@given(st.lists(st.text("ab/", min_size=1, max_size=6), min_size=1, max_size=3))
def test_joined_paths_have_no_empty_parts(parts: list[str]) -> None:
    """Joining leaves neither doubled nor final slashes."""
    path = joined(*parts)
    assert "//" not in path
    assert path == "/" or not path.endswith("/")


def test_a_missing_dependency_has_luarocks_message() -> None:
    """Each name that was tried with its directory, then what can be done."""
    zlib = ExternalDependency("ZLIB", header="zlib.h")
    tried = (("zlib.h", "/usr/local/include"), ("zlib.h", "/usr/include"))
    missing = Missing(zlib, INCDIR, tried)
    assert (missing.word, missing.wanted) == ("header", "zlib.h")
    assert missing.as_luarocks("lua-zlib") == (
        "Could not find header file for ZLIB\n"
        "  No file zlib.h in /usr/local/include\n"
        "  No file zlib.h in /usr/include\n"
        "You may have to install ZLIB in your system and/or pass ZLIB_DIR or ZLIB_INCDIR "
        "to the luarocks command.\n"
        "Example: luarocks install lua-zlib ZLIB_DIR=/usr/local"
    )
    assert Missing(zlib, LIBDIR, ()).wanted == ""


def test_dependencies_and_their_names_are_limited() -> None:
    """A rockspec is untrusted input; each limit itself is accepted."""
    many = [ExternalDependency(f"N{number}", header="x.h") for number in range(257)]
    assert len(search(many[:256], SETTINGS, {}, NOTHING).missing) == 256
    with pytest.raises(ExternalsError, match="257 external dependencies are too many"):
        search(many, SETTINGS, {}, NOTHING)
    for word in ("header", "library", "program"):
        long = ExternalDependency("N", **{word: "x" * 4096})
        assert search([long], SETTINGS, {}, NOTHING).missing
        for wrong in ("x" * 4097, "a\0b"):
            with pytest.raises(ExternalsError, match="not a valid file name"):
                search([ExternalDependency("N", **{word: wrong})], SETTINGS, {}, NOTHING)


def test_dependencies_are_searched_in_the_order_of_their_names() -> None:
    """By bytes, as LuaRocks sorts them."""
    names = ["b", "B", "é", "a"]
    wanted = [ExternalDependency(name, header="x.h") for name in names]
    found = search(wanted, SETTINGS, {}, NOTHING)
    assert [each.dependency.name for each in found.missing] == ["B", "a", "b", "é"]


def test_of_many_names_one_must_match() -> None:
    """The only wildcard is the asterisk."""
    assert FileName("libz.so.*").among(["a", "libz.so.1"])
    assert not FileName("libz.so.*").among(["a", "b"])
    assert FileName("libz.so").among(["a", "libz.so"])
    assert not FileName("libz.s?").among(["libz.so"])


def test_paths_are_joined_without_double_slashes() -> None:
    """Absolute if the first part that is not empty is."""
    assert joined("/usr/", "//lib", "", "x/") == "/usr/lib/x"
    assert joined("", "usr", "/lib") == "usr/lib"
    assert joined("", "/usr") == "/usr"
    assert joined("/") == "/"
    assert joined() == ""


def test_without_any_prefix_the_library_is_missing() -> None:
    """Nothing was tried; LuaRocks names the library too."""
    empty = SETTINGS._replace(prefixes=())
    (missing,) = search([need("foo", "foo.h")], empty, {}, NOTHING).missing
    assert (missing.kind, missing.tried) == (LIBDIR, ())
