"""What to do about a missing library: set a variable, install a package, or neither."""

from __future__ import annotations

import pytest

from distrorocks.externals.search import Missing
from distrorocks.externals.settings import BINDIR, INCDIR, LIBDIR, Settings
from distrorocks.families.external_advice import INDEX, INSTALLED, TABLE, Advice, advice, path_ends
from distrorocks.families.external_library import parse_external_libraries
from distrorocks.families.package import Indexed, has_end
from distrorocks.rocks.dependency import ExternalDependency

COLUMNS = "#name\theaders\tlibraries\tprograms\tpkg_config\tevidence\tdebian\tfedora"
ROWS = f"""{COLUMNS}
pq\tpostgresql/libpq-fe.h\tpq\tpg_config\tlibpq\tits file\tlibpq-dev\t-
z\tzlib.h\tz\t-\tzlib\tits file\tzlib1g-dev\tzlib-devel
"""
SETTINGS = Settings(
    "build",
    {BINDIR: ("?",), INCDIR: ("?.h",), LIBDIR: ("lib?.so", "lib?.so.*")},
    {BINDIR: ("bin",), INCDIR: ("include",), LIBDIR: ("lib",)},
    (),
    "so",
    takes_first=False,
)
LIBRARIES = parse_external_libraries(ROWS)


def missing(kind: str, wanted: str, *directories: str, **words: str) -> Missing:
    """Return a missing dependency that was looked for in some directories."""
    word = {BINDIR: "program", INCDIR: "header", LIBDIR: "library"}[kind]
    dependency = ExternalDependency("X", **{word: wanted, **words})
    return Missing(dependency, kind, tuple((wanted, each) for each in directories))


def advised(
    what: Missing,
    *,
    distribution: str = "debian",
    indexed: tuple[Indexed, ...] = (),
    installed: tuple[Indexed, ...] = (),
    files: tuple[str, ...] = (),
) -> Advice:
    """Return the advice on a system that has some files."""
    return advice(
        what,
        SETTINGS,
        distribution=distribution,
        table=LIBRARIES,
        indexed=indexed,
        installed=installed,
        is_file=frozenset(files).__contains__,
    )


@pytest.mark.parametrize(
    ("kind", "wanted", "ends"),
    [
        (INCDIR, "zlib.h", ("/zlib.h",)),
        (INCDIR, "zlib", ("/zlib.h",)),
        (LIBDIR, "z", ("/libz.so", "/libz.so.")),
        (BINDIR, "pg_config", ("/pg_config",)),
    ],
)
def test_the_ends_of_paths_are_those_of_the_names(
    kind: str, wanted: str, ends: tuple[str, ...]
) -> None:
    """A name with a version behind a dot has an end with a dot."""
    assert path_ends(missing(kind, wanted), SETTINGS) == ends


@pytest.mark.parametrize(
    ("path", "has_one"),
    [
        ("/usr/lib/libz.so", True),
        ("/usr/lib/libz.so.1", True),
        ("/usr/lib/libz.sox", False),
        ("/usr/lib/xlibz.so", False),
    ],
)
def test_an_end_with_a_dot_goes_on(path: str, has_one: bool) -> None:
    """Any other must be the end of the path."""
    assert has_end(path, ["/libz.so", "/libz.so."]) is has_one


def test_what_the_table_knows_is_installed_in_another_directory() -> None:
    """If the header is there, the variable is all that is missing."""
    what = missing(INCDIR, "libpq-fe.h", "/usr/include")
    directory = "/usr/include/postgresql"
    found = advised(what, files=(f"{directory}/libpq-fe.h",))
    assert found == Advice("", f"X_INCDIR={directory}", INSTALLED)


def test_a_package_that_is_not_installed_comes_with_its_variable() -> None:
    """The table knows both; the variable only where LuaRocks does not look."""
    what = missing(INCDIR, "libpq-fe.h", "/usr/include")
    assert advised(what) == Advice("libpq-dev", "X_INCDIR=/usr/include/postgresql", TABLE)
    assert advised(missing(INCDIR, "zlib.h", "/usr/include")) == Advice("zlib1g-dev", "", TABLE)


def test_an_installed_file_elsewhere_needs_a_variable_only() -> None:
    """It must exist, and lie where LuaRocks has not looked."""
    what = missing(INCDIR, "odd.h", "/usr/include")
    hits = (Indexed("/usr/include/odd.h", "a"), Indexed("/opt/odd.h", "b"))
    paths = tuple(hit.path for hit in hits)
    assert advised(what, installed=hits, files=paths) == Advice("", "X_INCDIR=/opt", INSTALLED)
    assert advised(what, installed=hits, files=paths[:1]) == Advice()
    wrong = (Indexed("/opt/other.h", "b"),)
    assert advised(what, installed=wrong, files=("/opt/other.h",)) == Advice()


def test_the_index_names_the_package_of_a_place_that_luarocks_looks_at() -> None:
    """Before the table's; the table's own package is preferred among several."""
    what = missing(INCDIR, "zlib.h", "/usr/include", "/usr/local/include")
    hits = (Indexed("/usr/include/zlib.h", "other"), Indexed("/usr/include/zlib.h", "zlib1g-dev"))
    assert advised(what, indexed=hits) == Advice("zlib1g-dev", "", INDEX)
    assert advised(what, indexed=hits[:1]) == Advice("other", "", INDEX)
    elsewhere = (Indexed("/usr/include/x/zlib.h", "other"),)
    assert advised(what, indexed=elsewhere) == Advice("zlib1g-dev", "", TABLE)


def test_without_the_table_the_index_counts_for_any_place() -> None:
    """Its variable says where the file will be."""
    what = missing(LIBDIR, "odd", "/usr/lib")
    hits = (Indexed("/usr/lib/odd/libodd.so.2", "odd-dev"),)
    assert advised(what, indexed=hits) == Advice("odd-dev", "X_LIBDIR=/usr/lib/odd", INDEX)
    assert advised(what) == Advice()
    looked = (Indexed("/usr/lib/libodd.so.2", "odd-dev"),)
    assert advised(what, indexed=looked) == Advice("odd-dev", "", INDEX)


def test_the_other_words_of_a_dependency_name_its_package() -> None:
    """But not a directory, since that is the other file's."""
    what = missing(LIBDIR, "odd", "/usr/lib", header="libpq-fe.h")
    assert advised(what) == Advice("libpq-dev", "", TABLE)
    what = missing(BINDIR, "odd", "/usr/bin", library="z")
    assert advised(what) == Advice("zlib1g-dev", "", TABLE)
    assert advised(missing(BINDIR, "pg_config", "/usr/bin")) == Advice("libpq-dev", "", TABLE)


def test_distributions_have_their_own_packages_or_capabilities() -> None:
    """Fedora's are installed by the name of the .pc file where no package is known."""
    what = missing(INCDIR, "libpq-fe.h", "/usr/include")
    assert advised(what, distribution="fedora").package == "pkgconfig(libpq)"
    what = missing(INCDIR, "zlib.h", "/usr/include")
    assert advised(what, distribution="fedora").package == "zlib-devel"
    assert advised(what, distribution="gentoo") == Advice()
