"""External libraries are packages by the rockspec, by the code, and by the files of the build."""

from __future__ import annotations

import pytest

from distrorocks.families.external_library import ExternalLibraries, ExternalLibrary
from distrorocks.packaging.code.build_calls import BuildCalls
from distrorocks.packaging.code.c_evidence import OutsideHeaders
from distrorocks.packaging.formats.deb import DEB
from distrorocks.packaging.formats.rpm import FEDORA
from distrorocks.packaging.plan.draft import Draft
from distrorocks.packaging.plan.external_needs import external_fields
from distrorocks.packaging.plan.field import LOW, MEDIUM
from distrorocks.packaging.plan.format import Format
from distrorocks.packaging.plan.observe import read_tables
from distrorocks.packaging.plan.release import find_release
from distrorocks.packaging.source.facts import Facts
from tests.packaging.plan.test_dependencies import facts

LIBRARIES = ExternalLibraries(
    [
        ExternalLibrary(
            "zlib",
            ("zlib.h",),
            ("z",),
            (),
            ("zlib",),
            {"debian": "zlib1g-dev", "fedora": "zlib-devel"},
            "contents",
        ),
        ExternalLibrary(
            "mysql", ("mysql/mysql.h",), ("mysql",), (), (), {"debian": "libmysql-dev"}, "known"
        ),
        ExternalLibrary("glibc", ("math.h",), ("m",), (), (), {"debian": "libc6-dev"}, "known"),
        ExternalLibrary(
            "lua5.4", ("lua.h",), ("lua5.4",), (), (), {"debian": "liblua5.4-dev"}, "known"
        ),
        ExternalLibrary(
            "expat", ("expat.h",), ("expat",), ("xmlwf",), (), {"debian": "libexpat1-dev"}, "known"
        ),
        ExternalLibrary(
            "libstdc++", ("vector",), (), (), (), {"debian": "libstdc++-14-dev"}, "known"
        ),
        ExternalLibrary(
            "pkgconf",
            (),
            (),
            ("pkg-config",),
            (),
            {"debian": "pkgconf", "fedora": "pkgconf-pkg-config"},
            "name",
        ),
        ExternalLibrary("far", ("far.h",), ("far",), (), (), {}, "known"),
    ]
)

BOTH = (
    "pkg-config, which the build runs, is of pkgconf; "
    "zlib, which the build asks pkg-config for, is of zlib"
)


def planned(given: Facts, form: Format = DEB) -> Draft:
    """Return a draft with the external dependencies of a rock."""
    draft = Draft({})
    external_fields(given, form, draft, LIBRARIES)
    return draft


@pytest.mark.parametrize(
    ("entries", "form", "packages", "source", "gap"),
    [
        (
            'ZLIB = { header = "zlib.h" }',
            DEB,
            ("zlib1g-dev",),
            "ZLIB is zlib (contents)",
            "",
        ),
        ('ZLIB = { library = "z" }', FEDORA, ("pkgconfig(zlib)",), "ZLIB is zlib (contents)", ""),
        ('X = { program = "xmlwf" }', DEB, ("libexpat1-dev",), "X is expat (known)", ""),
        ("LIBEXPAT = {}", DEB, ("libexpat1-dev",), "LIBEXPAT is expat (known)", ""),
        (
            'X = { header = "zlib.h", library = "expat" }',
            DEB,
            ("zlib1g-dev",),
            "X is zlib (contents)",
            "",
        ),
        ('M = { header = "math.h" }', DEB, (), "rockspec: external_dependencies", ""),
        (
            'EXPAT = { header = "expat.h" }',
            FEDORA,
            (),
            "rockspec: external_dependencies",
            "no package is known for the libraries EXPAT",
        ),
        (
            'NEAR = { header = "near.h" }, FAR = { header = "far.h" }',
            DEB,
            (),
            "rockspec: external_dependencies",
            "no package is known for the libraries FAR and NEAR",
        ),
    ],
)
def test_an_external_dependency_is_a_package_by_header_library_program_or_name(
    entries: str, form: Format, packages: tuple[str, ...], source: str, gap: str
) -> None:
    """RPM's are named by their .pc file; what comes with the compiler is not listed."""
    draft = planned(facts(more=f"external_dependencies = {{ {entries} }}"), form)
    field = draft.fields["external_requires"]
    assert (field.value, field.source, field.gap) == (packages, source, gap)
    assert field.confidence == (LOW if gap else MEDIUM)


def test_a_header_in_a_folder_of_its_own_is_a_variable_of_the_build() -> None:
    """LuaRocks looks for it in no folder below the usual ones."""
    entries = 'MY = { header = "mysql.h" }, ZLIB = { header = "zlib.h" }, X = { library = "mysql" }'
    draft = planned(facts(more=f"external_dependencies = {{ {entries} }}"))
    assert draft.build_variables == ("MY_INCDIR=/usr/include/mysql",)
    for entry in ('MY = { header = "mysql/mysql.h" }', '["MY #"] = { header = "mysql.h" }'):
        other = planned(facts(more=f"external_dependencies = {{ {entry} }}"))
        assert other.build_variables == ()
        assert other.external_requires == ("libmysql-dev",)


def test_headers_that_the_code_includes_bring_their_packages() -> None:
    """But not Lua's own, those of the compiler, and those that a dependency names already."""
    given = facts(more='external_dependencies = { ZLIB = { header = "zlib.h" } }')
    angled = ("zlib.h", "lua.h", "math.h", "vector", "far.h", "unknown.h")
    headers = OutsideHeaders(angled, ("expat.h", "config.h"))
    draft = planned(given._replace(has_c=True, headers=headers))
    assert draft.external_requires == ("zlib1g-dev", "libexpat1-dev")
    assert draft.fields["external_requires"].source == (
        "ZLIB is zlib (contents); expat.h, which the code includes, is of expat"
    )
    for without in (None, False):
        pure = planned(given._replace(has_c=without, headers=headers))
        assert pure.external_requires == ("zlib1g-dev",)


@pytest.mark.parametrize(
    ("calls", "form", "packages", "source", "gap"),
    [
        (
            BuildCalls(("zlib",), runs_pkg_config=True),
            DEB,
            ("pkgconf", "zlib1g-dev"),
            BOTH,
            "",
        ),
        (
            BuildCalls(("zlib",), runs_pkg_config=True),
            FEDORA,
            ("pkgconf-pkg-config", "pkgconfig(zlib)"),
            BOTH,
            "",
        ),
        (
            BuildCalls(libraries=("z", "unheard", "q")),
            DEB,
            ("zlib1g-dev",),
            "z, which the build links, is zlib",
            "no package is known for the libraries unheard",
        ),
        (
            BuildCalls(cmake=("ZLIB", "EXPAT", "Git", "Unheard")),
            DEB,
            ("zlib1g-dev", "libexpat1-dev"),
            "ZLIB, which CMake looks for, is zlib; EXPAT, which CMake looks for, is expat",
            "no package is known for the libraries Unheard",
        ),
        (
            BuildCalls(("unheard",), ("unheard",)),
            DEB,
            (),
            "rockspec: external_dependencies",
            "no package is known for the libraries unheard",
        ),
        (
            BuildCalls(("unheard",)),
            FEDORA,
            ("pkgconfig(unheard)",),
            "unheard, which the build asks pkg-config for, is of unheard",
            "",
        ),
    ],
)
def test_what_upstreams_build_asks_for_is_needed(
    calls: BuildCalls, form: Format, packages: tuple[str, ...], source: str, gap: str
) -> None:
    """What nothing is known of is told once, unless it is one letter or no library.

    RPM finds the package of any .pc file by itself.
    """
    field = planned(facts()._replace(build_calls=calls), form).fields["external_requires"]
    assert (field.value, field.source, field.gap) == (packages, source, gap)


def test_a_library_that_modules_link_is_needed_though_others_are_declared() -> None:
    """LuaRocks looks for the declared ones alone, and the linker for all; some are the system's."""
    linked = '"z", "m", "lua5.4", "tcc", "nowhere", "$(X)", "far", "expat"'
    more = f"""external_dependencies = {{ EXPAT = {{ header = "expat.h" }}, FAR = {{}} }}
build.modules.c = {{ "c.c", libraries = {{ {linked} }} }}"""
    draft = planned(facts(more=more))
    assert draft.external_requires == ("libexpat1-dev", "zlib1g-dev")
    gap = "no package is known for the libraries FAR, nowhere and tcc"
    field = draft.fields["external_requires"]
    assert (field.confidence, field.gap) == (LOW, gap)


def test_a_package_that_the_release_lacks_is_a_gap() -> None:
    """It is no relation, which no builder could satisfy; the others stay."""
    given = facts(
        more='external_dependencies = { Z = { header = "zlib.h" }, X = { library = "expat" } }'
    )
    lists = {"zlib1g-dev": "Debian x's packages"}
    draft = Draft({})
    external_fields(given, DEB, draft, LIBRARIES, lambda package: lists.get(package, ""))
    field = draft.fields["external_requires"]
    assert (field.value, field.confidence) == (("libexpat1-dev",), LOW)
    assert field.gap == "zlib1g-dev is not among Debian x's packages"


def test_a_package_of_a_library_is_looked_for_in_the_release() -> None:
    """Debian 12 has pcre's, Debian 13 not; without a release nothing is known."""
    names = {
        name: read_tables(DEB, root="/nowhere", release=find_release("deb", name)).names
        for name in ("bookworm", "trixie")
    }
    assert names["bookworm"].where_not("libpcre3-dev") == ""
    assert names["trixie"].where_not("libpcre3-dev").startswith("Debian trixie's packages of ")
    assert read_tables(DEB, root="/nowhere").names.where_not("libpcre3-dev") == ""
