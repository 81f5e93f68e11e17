"""The fields that only Debian's format has: relations, dates, copyright and overrides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

from distrorocks.licensing.finding import Finding
from distrorocks.packaging.formats.deb import DEB
from distrorocks.packaging.plan.draft import PackagingPlan
from distrorocks.packaging.plan.field import Value
from distrorocks.packaging.source.facts import Sources
from tests.packaging.scaffolding import DAY, outputs, plan_of, rock_facts

ALWAYS = ["debhelper-compat (= 13)", "dh-sequence-luarocks"]


def plan(
    more: str = "",
    settings: Mapping[str, Value] = MappingProxyType({}),
    *,
    path: str = "foo.lua",
    **facts: Any,
) -> PackagingPlan:
    """Return the plan of a rock of one module, with other facts and settings."""
    text = (
        'package = "foo" version = "1.0-1" source = { url = "https://example.org/foo-1.0.zip" } '
        f'build = {{ type = "builtin", modules = {{ foo = "{path}" }} }} {more}'
    )
    known = rock_facts(text, Sources((path,)))
    return plan_of(known._replace(**facts), settings=settings)


def licensed(name: str = "MIT", **facts: Any) -> PackagingPlan:
    """Return the plan of a rock whose rockspec names a licence."""
    return plan(f'description = {{ license = "{name}" }}', **facts)


def test_each_lua_has_its_headers_before_the_rest() -> None:
    """LuaRocks asks for them even to build a rock of Lua alone."""
    luas = [f"{each}{of}" for of in ("5.1", "5.2", "5.3", "5.4") for each in ("lua", "liblua")]
    luas = [each if each.startswith("lua") else f"{each}-dev" for each in luas]
    assert list(plan().build_depends) == [*ALWAYS, *luas]
    assert plan().test_depends == ("lua5.1", "lua5.2", "lua5.3", "lua5.4")


@pytest.mark.parametrize(
    ("settings", "runs_cmake", "more"),
    [
        ({"requires": ("a", "b (>= 1), b (<< 2)")}, False, ["a <!nocheck>"]),
        ({"requires": ("a | b",)}, False, ["a <!nocheck> | b <!nocheck>"]),
        ({"build_requires": ("a (>= 1), a (<< 2)",)}, False, ["a (>= 1)", "a (<< 2)"]),
        ({"external_requires": ("libz-dev",)}, True, ["libz-dev", "cmake"]),
        ({"requires": ("a", "a")}, False, ["a <!nocheck>"]),
        ({"upstream_tests_requires": ("t (>= 1), t (<< 2)",)}, False, ["t (>= 1) <!nocheck>"]),
    ],
)
def test_a_build_depends_on_what_it_needs_and_tests_on_the_rest(
    settings: Mapping[str, Value], runs_cmake: bool, more: list[str]
) -> None:
    """What only the tests need is restricted to builds with tests, each alternative of it."""
    found = plan("", {**settings, "lua_versions": ("5.4",)}, runs_cmake=runs_cmake).build_depends
    after = found[len(ALWAYS) + 2 :]
    assert list(after[: len(more)]) == more
    assert after[len(more) :] in (
        (),
        ("b (>= 1) <!nocheck>", "b (<< 2) <!nocheck>"),
        ("t (<< 2) <!nocheck>",),
    )


@pytest.mark.parametrize(
    ("path", "undeclared", "depends"),
    [
        ("foo.lua", (), ("${lua:Depends}", "${misc:Depends}")),
        ("foo.c", (), ("${lua:Depends}", "${misc:Depends}", "${shlibs:Depends}")),
        ("foo.lua", ("lua-x",), ("${lua:Depends}", "${misc:Depends}", "lua-x")),
    ],
)
def test_a_package_depends_on_what_is_generated_and_on_what_nobody_names(
    path: str, undeclared: tuple[str, ...], depends: tuple[str, ...]
) -> None:
    """Libraries only where C is compiled; dh_luarocks knows what the rockspec names."""
    found = plan("", {"undeclared": undeclared}, path=path)
    assert found.depends == depends
    assert found.architecture == ("any" if path == "foo.c" else "all")


def test_a_compiled_package_with_commands_stands_beside_no_other_architecture() -> None:
    """Two programs of one name cannot: such a package is of one architecture."""
    assert plan("", {"commands": ("x",)}, path="foo.c").multi_arch == ""
    assert plan("", {"commands": ()}, path="foo.c").multi_arch == "same"
    for key in ("requires", "undeclared", "external_requires"):
        assert plan("", {key: ("x",)}).multi_arch == ""


@pytest.mark.parametrize(
    ("settings", "release", "date"),
    [
        ({}, "1~1", "Thu, 01 Jan 1970 00:00:00 +0000"),
        ({"bug_closed": "12"}, "1", "Thu, 01 Jan 1970 00:00:00 +0000"),
        ({"date": str(DAY)}, "1~1", "Wed, 01 Jan 2020 12:00:00 +0000"),
        ({"date": ""}, "1~1", "Thu, 01 Jan 1970 00:00:00 +0000"),
    ],
)
def test_a_package_is_lower_than_its_first_upload(
    settings: Mapping[str, Value], release: str, date: str
) -> None:
    """That one closes a bug; the date is that of the plan, else the first second of 1970."""
    found = plan("", settings)
    assert (found.release, found.changelog_date) == (release, date)
    assert found.changes == ("Initial release.",)


def test_what_fixed_fields_hold() -> None:
    """The section of Lua modules, and nothing that only a packager can know."""
    found = plan()
    assert (found.section, found.standards_version) == ("interpreters", "4.6.2")
    assert (found.bug_closed, found.salsa_ci) == ("", False)
    assert (DEB.name, DEB.distribution, DEB.is_split) == ("deb", "debian", False)
    assert (DEB.leaves_out, DEB.has_pkg_config) == (True, False)


@pytest.mark.parametrize(
    ("path", "is_shown"),
    [
        ("README.md", True),
        ("doc/news-reader.md", False),
        ("CHANGES", False),
        ("doc/ChangeLog.md", False),
        ("NEWS.md", False),
        ("history.txt", False),
        ("changed.md", True),
        ("news/a.md", True),
    ],
)
def test_debhelper_installs_changelogs_itself(path: str, is_shown: bool) -> None:
    """It looks for them by the beginning of their names."""
    assert plan("", {"documents": (path,)}).doc_files == ((path,) if is_shown else ())


@pytest.mark.parametrize(
    ("files", "has_autotools"),
    [
        (("configure.ac",), True),
        (("configure.in", "a"), True),
        (("configure", "x/configure.ac"), False),
        ((), False),
    ],
)
def test_debhelper_regenerates_what_has_a_source(
    files: tuple[str, ...], has_autotools: bool
) -> None:
    """Autoconf's own, at the top of the build directory."""
    assert plan(files=files).has_autotools is has_autotools


@pytest.mark.parametrize(
    ("repository", "first"),
    [
        ("", 'opts="repacksuffix=+ds, dversionmangle=auto" \\'),
        (
            "https://gitlab.com/a/foo",
            'opts="repacksuffix=+ds, dversionmangle=auto, mode=git, pgpmode=none" \\',
        ),
    ],
)
def test_what_is_left_out_of_an_archive_is_told_in_its_version(repository: str, first: str) -> None:
    """The other lines of the watch file stay."""
    settings = {"repository": f"{repository}.git", "repository_page": repository}
    plain = plan("", settings if repository else {}).watch
    said = plan("", settings if repository else {}, prebuilt=("a.so",)).watch
    assert said == (first, *(plain[1:] if repository else plain))
    assert plan("", {"source_place": ""}, prebuilt=("a.so",)).watch == ()


def test_prebuilt_files_are_excluded_by_their_place_in_the_archive() -> None:
    """The rock may be built in a folder below the top."""
    settings = {"build_directory": "lua", "license": "MIT"}
    lines = plan("", settings, prebuilt=("a.so", "x/b.dll")).copyright_lines
    at = lines.index("Files-Excluded:")
    assert lines[at : at + 4] == ("Files-Excluded:", " lua/a.so", " lua/x/b.dll", "")


@pytest.mark.parametrize(
    ("pages", "lines", "confidence", "gap"),
    [
        ({}, (), "high", ""),
        ({"a.html": ""}, ("source-is-missing [lua/a.html]",), "medium", "HTML pages with long"),
        (
            {"a.html": "", **{f"{name}.html": "Unheard" for name in "bcdef"}},
            ("source-is-missing [lua/a.html]",),
            "medium",
            "generated, and the source is unknown: lua/b.html (Unheard), lua/c.html (Unheard)",
        ),
        ({"b.html": "Unheard"}, (), "high", "generated, and the source is unknown: lua/b.html"),
    ],
)
def test_pages_that_look_generated_are_told_of(
    pages: dict[str, str], lines: tuple[str, ...], confidence: str, gap: str
) -> None:
    """Those that are their own source have an override; of the others four are named."""
    field = plan("", {"build_directory": "lua"}, long_pages=pages).fields["source_overrides"]
    assert isinstance(field.value, tuple)
    assert tuple(it for it in field.value if not it.startswith("#")) == lines
    assert field.confidence == confidence
    assert field.gap.startswith(gap)
    assert bool(field.gap) == bool(gap)
    assert field.gap.count("Unheard") == min(4, list(pages.values()).count("Unheard"))


@pytest.mark.parametrize(
    ("holders", "date", "year"),
    [
        (("Ann",), DAY, "2020"),
        (("Ann", "2019 Bob"), DAY, ""),
        (("1999, 2003 Ann", "2019 Bob"), DAY, ""),
        (("Ann 20190", "x2019"), DAY, "2020"),
        (("Ann",), 0, ""),
    ],
)
def test_a_comment_says_that_no_holder_has_a_year(
    holders: tuple[str, ...], date: int, year: str
) -> None:
    """One with a year is enough; without a date of the files there is nothing to say."""
    lines = licensed(holders=holders, holders_by_file={"foo.lua": holders}, date=date)
    text = "\n".join(lines.copyright_lines)
    said = re.findall(r"newest file is of (\w+)\.", text)
    assert said == ([year] if year else [])
    assert f" {holders[0]}\n" in text


def test_the_place_of_upstream_is_its_page_or_its_archive() -> None:
    """A page says more than an archive."""
    page = 'description = { license = "MIT", homepage = "https://foo.org" }'
    assert "Source: https://foo.org" in plan(page).copyright_lines
    assert "Source: https://example.org/foo-1.0.zip" in licensed().copyright_lines


@pytest.mark.parametrize(("name", "said"), [(" My own ", "My own"), ("", "nothing")])
def test_a_licence_that_is_not_known_is_told_as_it_is_declared(name: str, said: str) -> None:
    """Not as "unknown", which lintian takes for an error."""
    lines = licensed(name).copyright_lines
    assert lines[-3:] == (
        "License: none-stated",
        " No license that is known is named. The rockspec says of it:",
        f" {said}.",
    )


@pytest.mark.parametrize(
    ("name", "gap"),
    [
        ("MIT", ""),
        ("GPL-2.0-only", ""),
        ("Watcom-1.0", "the text of Watcom-1.0 is not available"),
    ],
)
def test_a_licence_without_a_text_is_a_gap(name: str, gap: str) -> None:
    """Unless Debian has the text, or the tables do."""
    field = licensed(name).fields["copyright_lines"]
    assert (field.gap, field.confidence) == (gap, "low" if gap else "high")


ZLIB = (Finding("Zlib", "z.c", 1, "tag"),)
ZOE = "2003 Zoe Zipper"
ZOES: dict[str, Any] = {
    "holders": (ZOE,),
    "holders_by_file": {"z.c": (ZOE,)},
    "findings": ZLIB,
}


def stanzas(plan: PackagingPlan) -> list[str]:
    """Return the files of each stanza with its first holder and its licence."""
    lines = plan.copyright_lines
    at = [number for number, line in enumerate(lines) if line.startswith("Files:")]
    return [" ".join(line.partition(": ")[2] for line in lines[it : it + 3]) for it in at]


@pytest.mark.parametrize(
    ("maintainer", "author"), [("", "the authors of foo"), (" Mo Keeper ", "Mo Keeper")]
)
def test_holders_of_other_files_are_not_those_of_the_licence(maintainer: str, author: str) -> None:
    """Who holds the rest is not told then: the maintainer or the authors stand there."""
    found = licensed(**ZOES, maintainer=maintainer)
    assert stanzas(found) == [f"* {author} Expat", f"z.c {ZOE} Zlib"]
    field = found.fields["copyright_lines"]
    assert field.gap.startswith("no file under MIT names a copyright holder")
    assert field.confidence == "low"


def test_gaps_of_the_copyright_file_stand_side_by_side() -> None:
    """A holder and a text may be missing both."""
    assert licensed("Watcom-1.0", **ZOES).fields["copyright_lines"].gap.split("; ")[0] == (
        "no file under Watcom-1.0 names a copyright holder"
    )
    assert "; the text of " in licensed("Watcom-1.0", **ZOES).fields["copyright_lines"].gap


def test_a_binary_rock_has_one_stanza() -> None:
    """It has no source files to tell apart; those it brings are under its licence."""
    assert stanzas(licensed(**ZOES, files=())) == [f"* {ZOE} Expat"]


def test_files_apart_are_told_by_their_place_and_a_holder() -> None:
    """Their own holders, else those of the rock; a packager's holders are for the rest alone."""
    said = 'description = { license = "MIT" }'
    ann = ("2001 Ann",)
    found = plan(
        said,
        {"build_directory": "lua"},
        holders=ann,
        holders_by_file={"foo.lua": ann},
        findings=ZLIB,
    )
    assert stanzas(found) == ["* 2001 Ann Expat", "lua/z.c 2001 Ann Zlib"]
    found = plan(
        said,
        {"copyright": ("2020 Pat",)},
        holders=(*ann, ZOE),
        holders_by_file={"foo.lua": ann, "z.c": (ZOE,)},
        findings=ZLIB,
    )
    assert stanzas(found) == ["* 2020 Pat Expat", f"z.c {ZOE} Zlib"]


def test_where_nobody_is_named_the_plan_says_who() -> None:
    """Its holders are those of every stanza."""
    assert stanzas(licensed()) == ["* the authors of foo Expat"]


@pytest.mark.parametrize(
    ("path", "more", "multi_arch"),
    [
        ("foo.lua", "", "foreign"),
        ("foo.lua", 'dependencies = { "lua >= 5.1" }', "foreign"),
        ("foo.lua", 'dependencies = { "luasocket" }', ""),
        ("foo.lua", 'dependencies = { "no-package-has-it" }', ""),
        ("foo.c", 'dependencies = { "luasocket" }', "same"),
    ],
)
def test_modules_in_lua_serve_programs_of_any_architecture_if_they_need_nothing(
    path: str, more: str, multi_arch: str
) -> None:
    """C modules that they require would be those of another architecture than the program's."""
    assert plan(more, path=path).multi_arch == multi_arch


def test_a_description_goes_on_in_lines_that_are_indented() -> None:
    """An empty one has a dot, and one that begins with a dot a second blank (Policy 5.6.13)."""
    said = plan('description = { summary = "S", detailed = "One.\\n\\n.dot begins." }')
    control = outputs(said)["debian/control"]
    assert "\n One.\n .\n  .dot begins.\n .\n This package has" in control


def test_a_manual_page_has_what_the_command_says_of_its_use() -> None:
    """Line by line, as it is, with what troff would read escaped; each command's own."""
    usages = {"foo": "usage: foo [-h]\n\n.x\\n", "bar": "usage: bar"}
    pages = outputs(plan(commands=("bar", "baz", "foo"), usages=usages))
    said = ".SH USAGE\n.nf\nusage: foo [\\-h]\n\n\\&.x\\en\n.fi\n"
    assert said in pages["debian/foo.1"]
    assert "usage: bar\n.fi\n" in pages["debian/bar.1"]
    assert "USAGE" not in pages["debian/baz.1"]
