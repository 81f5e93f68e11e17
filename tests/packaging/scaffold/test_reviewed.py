"""What reviewers of distributions ask for, in whole packaging."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from distrorocks.packaging.scaffold.scaffold import Request, Scaffold, scaffolds
from distrorocks.system.lua.jail import Jail
from tests.packaging.scaffolding import packed

ROCKSPEC = """package = "foo"
version = "1.0-1"
source = {{ {source} }}
description = {{ license = "MIT", detailed = "It does foo.\\n\\nAnd bar." }}
build = {{
   type = "builtin", modules = {{ foo = "foo.lua" }}, install = {{ bin = {{ foo = "foo.lua" }} }},
}}
"""


def made(path: Path, form: str) -> Scaffold:
    """Return the packaging of a rock in one form."""
    request = Request(
        str(path), str(path.parent / "out"), formats=(form,), maintainer="Pat <pat@example.org>"
    )
    with Jail() as jail:
        (one,) = scaffolds(request._replace(date=1_796_083_200), jail)
    return one


def sources(folder: Path, source: str, files: dict[str, str]) -> Path:
    """Return a folder of sources with a rockspec."""
    place = folder / "foo-1.0"
    place.mkdir()
    (place / "foo-1.0-1.rockspec").write_text(ROCKSPEC.format(source=source))
    for name, text in files.items():
        (place / name).write_text(text)
    return place


@pytest.mark.parametrize(
    ("dependencies", "left_out", "luas"),
    [
        ('"lua >= 5.1"', "", ("5.2", "5.3")),
        ('"lua == 5.1"', "foo requires bit32, which Lua 5.1 does not have", ("5.1",)),
        ('"lua == 5.2"', "", ("5.2",)),
        ('"lua >= 5.1, < 5.3", "bit32"', "", ("5.1", "5.2")),
    ],
)
def test_a_module_of_some_lua_versions_is_looked_for_in_each(
    tmp_path: Path, dependencies: str, left_out: str, luas: tuple[str, ...]
) -> None:
    """Unless a rock that the package depends on brings it.

    The package is for the Lua versions that have it, if there are any.
    """
    place = sources(tmp_path, 'url = "https://example.org/foo-1.0.tar.gz"', {})
    (place / "foo.lua").write_text("local bits = require 'bit32'\nreturn bits\n")
    spec = place / "foo-1.0-1.rockspec"
    spec.write_text(f"{spec.read_text()}dependencies = {{ {dependencies} }}\n")
    plan = made(place, "deb").plan
    assert plan.unloadable == ((left_out,) if left_out else ())
    assert plan.values["lua_versions"] == luas


def test_compiled_packages_are_hardened(tmp_path: Path) -> None:
    """All that dpkg offers, since lintian asks for more than the default; Lua needs none."""
    rules = made(Path(packed(tmp_path)), "deb").outputs["debian/rules"][0].decode()
    assert "\nexport DEB_BUILD_MAINT_OPTIONS = hardening=+all\n" in rules
    place = sources(tmp_path, 'url = "https://example.org/foo-1.0.tar.gz"', {"foo.lua": ""})
    assert b"hardening" not in made(place, "deb").outputs["debian/rules"][0]


def test_a_page_of_a_command_is_not_about_the_package(tmp_path: Path) -> None:
    """It has the description of the rock, and not which Lua versions the package is for."""
    place = sources(tmp_path, 'url = "https://example.org/foo-1.0.tar.gz"', {"foo.lua": ""})
    page = made(place, "deb").outputs["debian/foo.1"][0].decode()
    assert "It does foo.\n.PP\nAnd bar.\n" in page
    assert "This package" not in page
    assert not page.rstrip().endswith(".PP")


@pytest.mark.parametrize("form", ["fedora", "opensuse"])
@pytest.mark.parametrize(
    ("source", "comment"),
    [
        (
            'url = "git://github.com/a/foo.git"',
            "# git archive --prefix=lua-foo-1.0/ --output=lua-foo-1.0.tar.gz COMMIT",
        ),
        ('url = "cvs://example.org/foo"', "# The address of upstream's archive is not known."),
    ],
)
def test_a_spec_file_says_where_an_archive_without_address_is_from(
    tmp_path: Path, form: str, source: str, comment: str
) -> None:
    """Fedora's guidelines ask for it; a source with an address needs no comment."""
    place = sources(tmp_path, source, {"foo.lua": ""})
    spec = made(place, form).outputs["lua-foo.spec"][0].decode().splitlines()
    top = next(it for it in spec if "autosetup" in it).split()[-1].replace("%{version}", "1.0")
    above = spec[spec.index("Source0:        lua-foo-%{version}.tar.gz") - 1]
    assert above == comment.replace("lua-foo-1.0/", f"{top}/")


def test_a_spec_file_with_an_address_has_no_comment_on_it(tmp_path: Path) -> None:
    """The address says it."""
    place = sources(tmp_path, 'url = "https://example.org/foo-1.0.tar.gz"', {"foo.lua": ""})
    spec = made(place, "fedora").outputs["lua-foo.spec"][0].decode()
    assert "\n#" not in spec


def test_the_words_of_a_licence_are_those_of_the_sources(tmp_path: Path) -> None:
    """Whose name may not be used is said by the author, and by no usual text."""
    words = [
        "Copyright 2010 Ada Lovelace",
        "Redistribution and use in source and binary forms are permitted:",
        "- Redistributions of source code must retain the above copyright notice.",
        "- Redistributions in binary form must reproduce the above copyright notice.",
        "- The name of Ada may not be used to endorse or promote products.",
        "THERE IS NO WARRANTY OF ADA.",
    ]
    code = "\n".join(f"-- {it}" for it in words)
    place = sources(tmp_path, 'url = "https://example.org/foo-1.0.tar.gz"', {"foo.lua": code})
    written = made(place, "deb").outputs["debian/copyright"][0].decode()
    first, second = written.split("\n\n")[1:3]
    assert first == "Files: *\nCopyright: the authors of foo\nLicense: Expat"
    assert second == "Files: foo.lua\nCopyright: 2010 Ada Lovelace\nLicense: BSD-3-clause"
    assert "\n".join(f" {it}" for it in words) in written


def test_a_lua_that_the_distribution_lacks_is_a_gap_though_it_is_set(tmp_path: Path) -> None:
    """Its packages would be asked for in vain; a newer release may have them."""
    place = sources(tmp_path, 'url = "https://example.org/foo-1.0.tar.gz"', {"foo.lua": ""})
    (tmp_path / "out").mkdir()
    (tmp_path / "out/distrorocks.toml").write_text('lua_versions = ["5.4", "5.9"]')
    plan = made(place, "deb").plan
    assert plan.lua_versions == ("5.4", "5.9")
    assert dict(plan.gaps)["lua_versions"] == (
        "no Lua 5.9 is known in deb, which has 5.1, 5.2, 5.3 and 5.4"
    )


def test_opensuse_has_its_changelog_in_a_file_of_its_own(tmp_path: Path) -> None:
    """Its reviewers refuse a package without one; the spec file's own section stays empty."""
    place = sources(tmp_path, 'url = "https://example.org/foo-1.0.tar.gz"', {"foo.lua": ""})
    outputs = made(place, "opensuse").outputs
    assert outputs["lua-foo.changes"][0].decode() == (
        f"{'-' * 67}\n"
        "Tue Dec  1 00:00:00 UTC 2026 - Pat <pat@example.org>\n\n- Initial version 1.0\n"
    )
    assert outputs["lua-foo.spec"][0].decode().endswith("\n\n%changelog\n")


def test_a_spec_file_of_opensuse_begins_with_its_licence(tmp_path: Path) -> None:
    """The guidelines for spec files ask for it."""
    place = sources(tmp_path, 'url = "https://example.org/foo-1.0.tar.gz"', {"foo.lua": ""})
    spec = made(place, "opensuse").outputs["lua-foo.spec"][0].decode()
    assert spec.startswith(
        "#\n# spec file for package lua-foo\n#\n# Copyright (c) 2026 Pat <pat@example.org>\n#\n"
        "# All modifications and additions to the file contributed by third parties\n"
    )


def test_the_packaging_has_a_year_of_copyright(tmp_path: Path) -> None:
    """That of its date."""
    place = sources(tmp_path, 'url = "https://example.org/foo-1.0.tar.gz"', {"foo.lua": ""})
    written = made(place, "deb").outputs["debian/copyright"][0].decode()
    assert "\nFiles: debian/*\nCopyright: 2026 Pat <pat@example.org>\n" in written


def test_a_copyright_file_says_where_the_sources_are_from(tmp_path: Path) -> None:
    """Debian's policy 12.5 asks for it, also where the address is gone; a working one is enough."""
    place = sources(tmp_path, 'url = "http://luaforge.net/foo-1.0.tar.gz"', {"foo.lua": ""})
    written = made(place, "deb").outputs["debian/copyright"][0].decode()
    origin = "the rock foo 1.0-1, whose rockspec names luaforge.net/foo-1.0.tar.gz"
    assert f"\nSource: {origin}\n" in written


def test_a_licence_that_is_not_known_has_the_words_of_its_file(tmp_path: Path) -> None:
    """Also where the rockspec names it: a text of ours is not what upstream says."""
    words = "Some Body permits everybody to copy the code, to read it, and to do as they like."
    place = sources(tmp_path, 'url = "https://example.org/foo-1.0.tar.gz"', {"LICENSE": words})
    (place / "foo.lua").write_text("")
    written = made(place, "deb").outputs["debian/copyright"][0].decode()
    assert f"\nLicense: Expat\n {words}\n" in written
    spec = place / "foo-1.0-1.rockspec"
    spec.write_text(spec.read_text().replace("MIT", "BSD"))
    written = made(place, "deb").outputs["debian/copyright"][0].decode()
    assert f"\nLicense: other\n\nLicense: other\n {words}\n" in written


def test_whose_a_file_is_is_not_made_up(tmp_path: Path) -> None:
    """What is in the public domain is nobody's; for a licence that names nobody it is told."""
    free = "-- This file is in the public domain.\n"
    isc = (
        "-- Permission to use, copy, modify, and/or distribute this software for any\n"
        "-- purpose with or without fee is hereby granted, provided that the above\n"
        "-- copyright notice and this permission notice appear in all copies.\n"
    )
    code = {"foo.lua": "-- Copyright 2010 Ada Lovelace\n", "a.lua": free, "b.lua": isc}
    one = made(sources(tmp_path, 'url = "https://example.org/foo-1.0.tar.gz"', code), "deb")
    written = one.outputs["debian/copyright"][0].decode()
    assert "\nFiles: a.lua\nCopyright: none, it is in the public domain\n" in written
    assert dict(one.plan.gaps)["copyright_lines"] == (
        "no copyright holder is named in b.lua: those of the rock are used"
    )


@pytest.mark.parametrize(
    ("form", "path", "line"),
    [
        ("fedora", "lua-foo.spec", "%license doc/us/license.html"),
        ("opensuse", "lua-foo.spec", "%license doc/us/license.html"),
        ("arch", "PKGBUILD", "  install -Dm644 TOP/doc/us/license.html -t LICENSES"),
    ],
)
def test_a_licence_among_the_documents_is_packaged_as_one(
    tmp_path: Path, form: str, path: str, line: str
) -> None:
    """Fedora's and Arch's rules ask for the file with the licence."""
    place = sources(tmp_path, 'url = "https://example.org/foo-1.0.tar.gz"', {"foo.lua": ""})
    (place / "doc/us").mkdir(parents=True)
    (place / "doc/us/license.html").write_text("<p>")
    found = made(place, form).outputs[path][0].decode()
    found = re.sub(r'"\$srcdir/[$\w.-]+/doc/us/license.html"', "TOP/doc/us/license.html", found)
    found = found.replace('"$pkgdir/usr/share/licenses/$pkgname"', "LICENSES")
    assert line in found.splitlines()


@pytest.mark.parametrize(("form", "path"), [("arch", "PKGBUILD"), ("alpine", "APKBUILD")])
@pytest.mark.parametrize(
    ("source", "lines"),
    [
        (
            'url = "https://example.org/foo-1.0.tar.gz"',
            ("url=https://example.org/foo-1.0.tar.gz", "https://example.org/foo-$pkgver.tar.gz"),
        ),
        (
            'url = "https://example.org/v1.0.tar.gz"',
            (
                "url=https://example.org/v1.0.tar.gz",
                "lua-foo-$pkgver.tar.gz::https://example.org/v$pkgver.tar.gz",
            ),
        ),
        (
            'url = "http://luaforge.net/foo-1.0.tar.gz"',
            ("url=http://luaforge.net/foo-1.0.tar.gz", "foo-$pkgver.tar.gz"),
        ),
    ],
)
def test_a_recipe_has_an_address_and_names_archives_as_needed(
    tmp_path: Path, form: str, path: str, source: str, lines: tuple[str, str]
) -> None:
    """Abuild refuses a recipe without url, and an archive that is called v1.0.tar.gz."""
    place = sources(tmp_path, source, {"foo.lua": ""})
    found = made(place, form).outputs[path][0].decode().splitlines()
    assert lines[0] in found
    (line,) = [it for it in found if it.startswith("source=")]
    assert re.sub(r'^source=[("]+|"$', "", line) == lines[1]


@pytest.mark.parametrize(("form", "path"), [("arch", "PKGBUILD"), ("alpine", "APKBUILD")])
def test_a_recipe_without_a_check_asks_for_nothing_to_check_with(
    tmp_path: Path, form: str, path: str
) -> None:
    """Where no module could be loaded."""
    place = sources(tmp_path, 'url = "https://example.org/foo-1.0.tar.gz"', {"foo.lua": ""})
    assert b"\ncheckdepends=" in made(place, form).outputs[path][0]
    spec = place / "foo-1.0-1.rockspec"
    spec.write_text(spec.read_text().replace('modules = { foo = "foo.lua" }', "modules = {}"))
    assert b"checkdepends" not in made(place, form).outputs[path][0]


def test_what_all_luas_need_is_asked_for_once(tmp_path: Path) -> None:
    """Programs of tests are no packages of one Lua."""
    place = sources(tmp_path, 'url = "https://example.org/foo-1.0.tar.gz"', {"foo.lua": ""})
    (place / "t").mkdir()
    (place / "t/a.t").write_text("#!/usr/bin/lua\nprint('1..1') print('ok 1')\n")
    spec = made(place, "fedora").outputs["lua-foo.spec"][0].decode().splitlines()
    needs = [line for line in spec if line.startswith("BuildRequires:")]
    assert "BuildRequires:  compat-lua-devel" in needs
    assert "BuildRequires:  perl-Test-Harness" in needs
    assert len(needs) == len(set(needs))


def test_a_file_under_some_bsd_licence_is_told(tmp_path: Path) -> None:
    """It would count as being under the rock's licence; those with a text are known."""
    code = {"foo.lua": "", "unit.lua": "-- License: BSD License, see LICENSE.txt\n"}
    one = made(sources(tmp_path, 'url = "https://example.org/foo-1.0.tar.gz"', code), "deb")
    assert dict(one.plan.gaps)["copyright_lines"] == (
        "unit.lua: BSD is named there, and not which of its licences"
    )


def test_copies_of_other_works_are_told_and_provided(tmp_path: Path) -> None:
    """Fedora asks for bundled() of what a package brings along; others for a package of it."""
    place = sources(tmp_path, 'url = "https://example.org/foo-1.0.tar.gz"', {"foo.lua": ""})
    spec = place / "foo-1.0-1.rockspec"
    more = 'b = "src/vendor/sha1/init.lua", c = { "c.c", "third_party/LZ/lz.c", "vendor/own.c" }'
    spec.write_text(
        spec.read_text().replace('foo = "foo.lua" }, ', f'foo = "foo.lua", {more} }}, ')
    )
    told = "the build uses copies of lua-sha1 and lz: distributions ask for their own packages of "
    told += "these"
    for form, times in (("fedora", 2), ("opensuse", 1)):
        one = made(place, form)
        lines = one.outputs["lua-foo.spec"][0].decode().splitlines()
        assert lines.count("Provides:       bundled(lua-sha1)") == times
        assert lines.count("Provides:       bundled(lz)") == times
        assert dict(one.plan.gaps)["bundled"] == told
    assert dict(made(place, "deb").plan.gaps)["bundled"] == told
