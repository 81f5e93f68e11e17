"""What a plan says of the description and of the licence."""

from __future__ import annotations

import re

import pytest

from distrorocks.packaging.plan.draft import Draft
from distrorocks.packaging.plan.fields import Fields
from distrorocks.packaging.plan.plan import describe, license_fields
from distrorocks.packaging.source.facts import Facts, Sources
from tests.licensing import passages
from tests.packaging.scaffolding import DAY, outputs, plan_of, rock_facts

SPEC = """package = "foo"
version = "1-1"
source = {{ url = "https://example.org/foo-1.tar.gz" }}
description = {{ summary = [[{summary}]], detailed = [[{detailed}]] }}
build = {{ type = "builtin", modules = {{ foo = "foo.lua" }} }}
"""

copyright_files = pytest.importorskip("debian.copyright")
LICENSED = """package = "foo"
version = "1-1"
source = { url = "https://example.org/foo-1.tar.gz" }
description = { license = "%s" }
build = { type = "builtin", modules = { foo = "foo.lua" } }
"""


@pytest.mark.parametrize(
    ("detailed", "first"),
    [
        ("Reads (and writes)\n  files.\nIt is quick.", "It is quick."),
        ("reads (and writes) files\n\nIt is quick.", "It is quick."),
        ("Reads (and writes) filesystems.", "Reads (and writes) filesystems."),
        ("It is quick.", "It is quick."),
        ("", "This package has the rock foo for Lua 5.4."),
    ],
)
def test_the_description_does_not_repeat_the_summary(detailed: str, first: str) -> None:
    """A description continues where the summary ends, as lintian requires."""
    text = SPEC.format(summary="Reads (and writes) files.", detailed=detailed)
    facts = rock_facts(text)
    draft = Draft({})
    draft.put(Fields.package, "lua-foo")
    draft.put(Fields.lua_versions, ("5.4",))
    describe(facts, draft, is_split=False)
    assert draft.description[0] == first


@pytest.mark.parametrize(
    ("is_split", "luas", "closing"),
    [
        (False, ("5.4",), "This package has the rock foo for Lua 5.4."),
        (False, ("5.1", "5.4"), "This package has the rock foo for Lua 5.1 and 5.4."),
        (True, ("5.4",), "This package has the rock foo."),
    ],
)
def test_a_description_ends_with_the_luas_of_the_package(
    is_split: bool, luas: tuple[str, ...], closing: str
) -> None:
    """Where each Lua version has a package of its own, its name tells them."""
    text = SPEC.format(summary="Reads files.", detailed="It is quick.")
    draft = Draft({})
    draft.put(Fields.package, "lua-foo")
    draft.put(Fields.lua_versions, luas)
    describe(rock_facts(text), draft, is_split=is_split)
    assert draft.description == ("It is quick.", "", closing)


def facts(declared: str, texts: dict[str, str]) -> Facts:
    """Return the facts of a rock with some files."""
    return rock_facts(LICENSED % declared, Sources(files=tuple(sorted(texts)), texts=texts))


def test_an_unknown_license_file_is_a_gap() -> None:
    """A LICENSE with an unknown text is reported, whatever the rockspec says."""
    words = "You may use this on every second Tuesday, if you sing to us for an hour before it."
    draft = Draft({})
    license_fields(facts("MIT", {"LICENSE": words}), draft)
    assert draft.license == "MIT"
    assert "LICENSE" in draft.fields["license"].gap


@pytest.mark.parametrize(
    ("form", "tag"),
    [("fedora", "LicenseRef-Fedora-Public-Domain"), ("opensuse", "SUSE-Public-Domain")],
)
def test_spec_files_name_the_public_domain(form: str, tag: str) -> None:
    """What SPDX has no name for has the distribution's."""
    plan = plan_of(facts("Public domain", {}), form)
    assert plan.license_tag == tag


def test_files_under_another_license_have_a_stanza() -> None:
    """A Debian copyright file has a stanza for each licence, which the strict parser reads."""
    zlib = "/* SPDX-License-Identifier: Zlib\n * Copyright (c) 2003 Zoe Zipper */\n"
    mine = "-- SPDX-License-Identifier: MIT\n-- Copyright (c) 2010 Ann Author\n"
    known = facts("MIT", {"LICENSE": mine, "foo.lua": mine, "vendor/z.c": zlib})
    plan = plan_of(known)
    lines = plan.values["copyright_lines"]
    assert isinstance(lines, tuple)
    file = copyright_files.Copyright([f"{line}\n" for line in lines], strict=True)
    named = {
        each.files: (each.license.synopsis, each.copyright) for each in file.all_files_paragraphs()
    }
    assert named[("*",)][0].startswith("Expat")
    assert named[("vendor/z.c",)] == ("Zlib", "2003 Zoe Zipper")


@pytest.mark.parametrize(
    ("text", "maintainer", "holder", "gap"),
    [
        ("-- Copyright Ann Author", "Mo Keeper <m@k.org>", "Ann Author", ""),
        ("-- Author: Bob Builder", "Mo Keeper <m@k.org>", "Bob Builder", "authors that the"),
        ("", "Mo Keeper <m@k.org>", "Mo Keeper", "maintainer is used"),
        ("", "", "the authors of foo", "no copyright holder is known"),
    ],
)
def test_no_year_of_copyright_is_invented(
    text: str, maintainer: str, holder: str, gap: str
) -> None:
    """Holders, else authors, else the maintainer stand as named; a comment has the files' year."""
    spec = LICENSED.replace("license", f'maintainer = "{maintainer}", license') % "MIT"
    sources = Sources(("foo.lua",), {"foo.lua": text}, date=DAY)
    known = rock_facts(spec, sources)
    plan = plan_of(known)
    assert plan.copyright == (holder,)
    assert gap in plan.fields["copyright"].gap
    assert bool(gap) == bool(plan.fields["copyright"].gap)
    lines = plan.copyright_lines
    assert f"Copyright: {holder}" in lines
    said = "Comment: The sources state no year of copyright; the newest file is of 2020."
    assert lines[3] == said


BUILT = """package = "foo" version = "1-1" source = {{ url = "https://example.org/foo-1.tar.gz" }}
description = {{ license = "MIT" }} build = {{ type = "{0}", {1} }}"""


@pytest.mark.parametrize(
    ("kind", "modules", "files", "is_compiled", "gap"),
    [
        ("builtin", "foo.lua", ("foo.lua",), False, ""),
        ("builtin", "foo.c", ("foo.c",), True, ""),
        ("none", "", ("x.c",), False, ""),
        ("make", "", ("Makefile", "x.c"), True, ""),
        ("make", "", ("Makefile", "x.lua"), False, ""),
        ("make", "", (), True, "a make build without sources: assumed to compile code"),
        ("cmake", "", ("CMakeLists.txt", "x.lua"), False, ""),
        ("rust-mlua", "", ("src/lib.rs",), True, ""),
    ],
)
def test_what_a_build_compiles_is_known_by_its_type_or_the_sources(
    kind: str, modules: str, files: tuple[str, ...], is_compiled: bool, gap: str
) -> None:
    """Of a build by others without sources it is a guess; what compiles is of one machine."""
    more = f'modules = {{ foo = "{modules}" }}' if modules else ""
    known = rock_facts(BUILT.format(kind, more), Sources(files, dict.fromkeys(files, "")))
    plan = plan_of(known, "fedora")
    field = plan.fields["is_compiled"]
    assert (plan.is_compiled, plan.is_noarch) == (is_compiled, not is_compiled)
    assert (field.gap, field.source == "a guess") == (gap, bool(gap))
    assert ("gcc" in plan.build_needs) is (is_compiled or kind == "cmake")
    assert not set(plan.build_needs[:1]) - {"gcc", "make"}


def test_what_builds_comes_before_what_is_built_with() -> None:
    """A builder of Fedora has no make."""
    text = BUILT.format("make", "") + 'external_dependencies = { ZLIB = { header = "zlib.h" } }'
    known = rock_facts(text, Sources(("x.lua",), {}))
    plan = plan_of(known, "fedora")
    assert plan.build_needs[:2] == ("make", "pkgconfig(zlib)")


@pytest.mark.parametrize(
    ("file", "is_made"),
    [
        ("configure.ac", True),
        ("configure.in", True),
        ("configure", False),
        ("a/configure.ac", False),
    ],
)
def test_debhelper_would_make_a_configure_anew(file: str, is_made: bool) -> None:
    """Where what it is made of is at the top of the sources, in either of its names."""
    known = rock_facts(BUILT.format("make", ""), Sources((file,), {}))
    plan = plan_of(known)
    assert plan.has_autotools is is_made


def test_who_is_to_keep_a_package_is_a_gap_where_nobody_is_named() -> None:
    """A packager named by option or environment is no guess, and no gap."""
    known = rock_facts(LICENSED % "MIT", Sources((), {}))
    nobody = plan_of(known, maintainer="")
    field = nobody.fields["maintainer"]
    assert (field.source, field.confidence) == ("nothing", "low")
    assert field.gap == "no maintainer is set: use --maintainer, or DEBFULLNAME and DEBEMAIL"
    somebody = plan_of(known, maintainer="M <m@x.org>")
    assert (somebody.maintainer, somebody.fields["maintainer"].gap) == ("M <m@x.org>", "")


def test_those_who_wrote_the_sources_are_its_authors() -> None:
    """As source files and the README say, each once; tests and other documents do not count."""
    texts = {
        "foo.lua": "-- Author: Ann Author\n",
        "bar.c": "/* @author Bob Builder */\n/* @author Ann Author */",
        "README": "Author: Cy Writer",
        "tests/t.lua": "-- Author: Dee Tester",
        "doc/other/README": "Author: Eve Else",
    }
    assert facts("MIT", texts).authors == ("Cy Writer", "Bob Builder", "Ann Author")


def test_a_stated_year_needs_no_comment() -> None:
    """A notice with a year is all that debian/copyright says of it."""
    texts = {"foo.lua": "-- Copyright 2011 Ann Author"}
    known = rock_facts(LICENSED % "MIT", Sources(("foo.lua",), texts, date=DAY))
    plan = plan_of(known)
    assert not any(line.startswith("Comment") for line in plan.copyright_lines)


def test_an_unknown_license_is_written_as_none_stated() -> None:
    """A Debian copyright file without a known licence uses a name that lintian accepts."""
    lines = plan_of(facts("my own", {})).copyright_lines
    assert lines.count("License: none-stated") == 2
    assert " my own." in lines


def test_a_license_file_with_an_unsafe_name_is_a_gap() -> None:
    """Its text counts; spec files, which split names at blanks, omit it, and there is a gap."""
    texts = {"LICENSE": passages.MIT, "License (MIT).txt": passages.MIT, "README $(id)": ""}
    plan = plan_of(facts("MIT", texts), "fedora")
    assert plan.license_files == ("LICENSE",)
    assert plan.documents == ()
    assert "License (MIT).txt" in plan.fields["license_files"].gap


def test_headers_that_the_code_includes_are_needed_without_being_declared() -> None:
    """Those of Lua and of the C library are there anyway."""
    text = "#include <zlib.h>\n#include <lua.h>\n#include <math.h>\n#include <never/heard.h>\n"
    spec = LICENSED.replace("foo.lua", "foo.c") % "MIT"
    sources = Sources(("foo.c",), {"foo.c": text})
    known = rock_facts(spec, sources)
    plan = plan_of(known)
    assert plan.external_requires == ("zlib1g-dev",)
    assert "zlib.h, which the code includes" in plan.fields["external_requires"].source


def test_what_is_in_the_public_domain_is_nobodys() -> None:
    """Unless it names somebody: the holders of the rest have no say in it."""
    texts = {
        "LICENSE": f"Copyright 2001 Ada\n{passages.MIT}",
        "foo.lua": "",
        "db.c": "/* The author disclaims copyright to this source code. */",
    }
    lines = plan_of(facts("MIT", texts)).copyright_lines
    at = lines.index("Files: db.c")
    assert lines[at + 1] == "Copyright: none, it is in the public domain"
    assert lines[at + 2] == "License: public-domain"


@pytest.mark.parametrize(("module", "is_left_out"), [("cjson.safe", False), ("cjson.x", True)])
def test_a_module_that_the_library_of_another_opens_is_there(
    module: str, is_left_out: bool
) -> None:
    """As Lua finds it, though no list of files has it."""
    text = LICENSED % "MIT" + 'dependencies = { "lua >= 5.1", "lua-cjson" }'
    sources = Sources(("foo.lua",), {"foo.lua": f"local x = require '{module}'"})
    why = f"foo requires {module}, which lua-cjson does not have"
    assert plan_of(rock_facts(text, sources)).unloadable == ((why,) if is_left_out else ())


def test_headers_of_the_rock_are_told_since_no_compiler_finds_them() -> None:
    """A package that has them for others is written by hand; most rocks in C have none."""
    text = SPEC.format(summary="It reads.", detailed="").replace(
        "modules", 'copy_directories = { "include" }, modules'
    )
    plan = plan_of(rock_facts(text, Sources(files=("foo.lua", "include/foo.h", "src/b.h"))))
    assert plan.installed_headers == ("include/foo.h",)
    gap = plan.fields["installed_headers"].gap
    assert gap.startswith("no compiler finds the rock's headers (include/foo.h): where others")
    plan = plan_of(rock_facts(text, Sources(files=("foo.lua", "src/b.h"))))
    assert (plan.installed_headers, plan.fields["installed_headers"].gap) == ((), "")


def test_files_of_modules_that_the_sources_lack_are_a_gap() -> None:
    """Nobody can build such a rock; without any sources nothing is known."""
    gaps = []
    for files in (("LICENSE",), ("foo.lua",), ()):
        known = rock_facts(LICENSED % "MIT", Sources(files))
        plan = plan_of(known)
        gaps.append(plan.fields["modules"].gap)
    assert gaps == ["the sources lack foo.lua of the modules", "", ""]


NEEDY = """package = "foo"
version = "1-1"
source = { url = "https://example.org/foo-1.tar.gz" }
dependencies = { "lua >= 5.1", "luasocket", "unheard_of" }
build = { type = "builtin", modules = { foo = "foo.lua", ["foo.web"] = "web.lua" } }
"""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("local s = require 'socket'", ""),
        ("local u = require 'unheard_of'", "requires unheard_of of unheard_of, which no package"),
        ("local u = require 'never_named'", "requires never_named, which no dependency has"),
        ("local l = require 'lfs'", "requires lfs of lua-filesystem, which no dependency has"),
        ("local s = require 'string'", ""),
        ("local web = require 'foo.web'", ""),
    ],
)
def test_modules_whose_needs_are_in_no_package_are_not_loaded_by_the_check(
    text: str, reason: str
) -> None:
    """They are a gap, with the reason for each."""
    sources = Sources(("foo.lua", "web.lua"), {"foo.lua": text, "web.lua": ""})
    known = rock_facts(NEEDY, sources)
    plan = plan_of(known)
    assert bool(plan.unloadable) == bool(reason)
    assert reason in "".join(plan.unloadable)
    assert bool(plan.fields["unloadable"].gap) == bool(reason)


UNDECLARED = NEEDY.replace('"luasocket", "unheard_of"', '"luasocket"')


@pytest.mark.parametrize(
    ("text", "web", "packages"),
    [
        ("if _VERSION < 'Lua 5.3' then require 'compat53' end", "require 'foo'", ("lua-compat53",)),
        ("require 'lfs'", "require 'foo'", ("lua-filesystem",)),
        ("require 'lfs'", "return {}", ()),
        ("require 'mime'", "require 'mime'", ()),
        ("require 'socket'", "require 'socket'", ()),
        ("require 'string'", "require 'string'", ()),
        ("require 'never_named'", "require 'foo'", ()),
    ],
)
def test_packages_of_modules_that_all_of_the_rock_needs_are_relations(
    text: str, web: str, packages: tuple[str, ...]
) -> None:
    """Though the rockspec does not name them, which is a gap; what a part needs is no relation."""
    sources = Sources(("foo.lua", "web.lua"), {"foo.lua": text, "web.lua": web})
    known = rock_facts(UNDECLARED, sources)
    plan = plan_of(known)
    assert plan.undeclared == packages
    assert plan.requires == ("lua-socket", *packages)
    assert plan.depends[2:] == packages
    assert bool(plan.fields["undeclared"].gap) == bool(packages)
    if packages:
        assert plan.unloadable == ()


MAKE = UNDECLARED[: UNDECLARED.index("build =")] + 'build = { type = "make" }\n'


@pytest.mark.parametrize(
    ("text", "unloadable"),
    [
        ("require 'lfs'", ("foo requires lfs of lua-filesystem, which no dependency has",)),
        ("require 'foo_c'", ()),
        ("require 'socket'", ()),
        ("require 'bar'", ()),
    ],
)
def test_modules_that_upstreams_build_installs_are_read_too(
    text: str, unloadable: tuple[str, ...]
) -> None:
    """By their likely names; a module that no package has may be one that the build makes."""
    texts = {"src/foo.lua": text, "src/bar.lua": "", "tests/t.lua": "require 'lfs'"}
    known = rock_facts(MAKE, Sources(tuple(texts), texts))
    plan = plan_of(known)
    assert (plan.modules, plan.unloadable) == ((), unloadable)


@pytest.mark.parametrize(("named", "is_weak"), [("", True), (', "luafilesystem"', False)])
def test_what_a_needed_package_only_recommends_is_a_relation(named: str, is_weak: bool) -> None:
    """Its rock requires it, and a build has no recommended packages; once is enough."""
    spec = UNDECLARED.replace('"luasocket"', f'"penlight"{named}')
    known = rock_facts(spec)
    plan = plan_of(known)
    assert plan.requires == ("lua-penlight", "lua-filesystem")
    assert plan.undeclared == (("lua-filesystem",) if is_weak else ())
    gap = "lua-penlight only recommends lua-filesystem, which its rock requires"
    assert plan.fields["undeclared"].gap == (gap if is_weak else "")


def test_build_tools_have_a_stanza_and_no_say_in_the_licence() -> None:
    """Their holders are in their own stanza, and what is not stated is the rock's."""
    notice = "# Copyright (C) 1996 Free Software Foundation, Inc.\n"
    tool = notice + passages.commented(passages.GPL2_OF_A_TOOL + passages.LIBTOOL, "# ")
    mine = "-- SPDX-License-Identifier: MIT\n-- Copyright (c) 2010 Ann Author\n"
    texts = {"LICENSE": mine, "foo.lua": mine, "build-aux/ltmain.sh": tool, "Makefile": notice}
    plan = plan_of(facts("MIT", texts))
    assert (plan.license, plan.copyright) == ("MIT", ("2010 Ann Author",))
    file = copyright_files.Copyright([f"{line}\n" for line in plan.copyright_lines], strict=True)
    said = {it.files: (it.license.synopsis, it.copyright) for it in file.all_files_paragraphs()}
    assert said == {
        ("*",): ("Expat", "2010 Ann Author"),
        ("build-aux/ltmain.sh",): (
            *("GPL-2+ with Libtool exception", "1996 Free Software Foundation, Inc"),
        ),
    }


@pytest.mark.parametrize(("module", "is_left_out"), [("lfs", False), ("luafilesystem", True)])
def test_a_module_that_no_needed_package_has_is_not_loaded(module: str, is_left_out: bool) -> None:
    """A package is no proof that there is a module of its rock's name."""
    text = LICENSED % "MIT" + 'dependencies = { "lua >= 5.1", "luafilesystem" }'
    sources = Sources(("foo.lua",), {"foo.lua": f"local x = require '{module}'"})
    known = rock_facts(text, sources)
    plan = plan_of(known)
    why = "foo requires luafilesystem, which lua-filesystem does not have"
    assert plan.unloadable == ((why,) if is_left_out else ())


@pytest.mark.parametrize(
    ("form", "lines"),
    [
        ("deb", {"docs": ["README", "guide.html", "docs/*"], "examples": ["examples/*"]}),
        ("fedora", {"spec": ["README", "guide.html", "docs", "examples"]}),
        ("opensuse", {"spec": ["README", "guide.html", "docs", "examples"]}),
    ],
)
def test_documentation_and_examples_that_the_build_leaves_out_are_shipped(
    form: str, lines: dict[str, list[str]]
) -> None:
    """Those that it copies are in the rock, from which the helpers take them."""
    text = (LICENSED % "MIT").replace("modules", 'copy_directories = { "manual" }, modules')
    files = ("foo.lua", "README", "guide.html", "docs/a.md", "examples/a.lua", "manual/b.html")
    facts = rock_facts(text, Sources(files))
    plan = plan_of(facts, form)
    rendered = outputs(plan)
    for ending, expected in lines.items():
        (found,) = [text for path, text in rendered.items() if path.endswith(f".{ending}")]
        shown = found.splitlines() if form == "deb" else re.findall("(?m)^%doc (.*)", found)
        assert list(dict.fromkeys(shown)) == expected  # Fedora has a list for each Lua
