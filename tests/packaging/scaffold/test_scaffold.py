"""From a rock to packaging."""

from __future__ import annotations

import json
import os
import re
import time
import zipfile
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.packaging.formats.known import FORMATS
from distrorocks.packaging.plan.field import SETTINGS, Value
from distrorocks.packaging.plan.fields import DEFINITIONS
from distrorocks.packaging.scaffold.scaffold import Request, Scaffold, scaffolds, write
from distrorocks.system.lua.jail import Jail
from tests.packaging.scaffolding import LICENSE, packed, rockspec

ALL = tuple(FORMATS)

PAT = "Pat Packager <pat@example.org>"


def made(
    path: str,
    directory: Path,
    *formats: str,
    templates: tuple[str, ...] = (),
    maintainer: str = PAT,
) -> list[Scaffold]:
    """Return the packaging of a rock in some formats, or in all."""
    request = Request(
        path,
        str(directory),
        formats=formats or ALL,
        maintainer=maintainer,
        templates=templates,
    )
    with Jail() as jail:
        return scaffolds(request, jail)


def text(one: Scaffold, path: str) -> str:
    """Return one output's text."""
    return one.outputs[path][0].decode()


def test_a_debian_package_has_all_facts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names, Lua versions, dependencies and licence come from the rock and its files."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1577880000")
    (deb,) = made(packed(tmp_path), tmp_path, "deb")
    control = text(deb, "debian/control")
    for line in (
        "Source: lua-foo",
        "Architecture: any",
        " liblua5.3-dev,",
        " zlib1g-dev,",
        "Description: Library of foo",
        "Maintainer: Pat Packager <pat@example.org>",
    ):
        assert line in control.splitlines(), line
    assert "lua5.4" not in control
    assert "lua-socket (>= 3.0~~) <!nocheck>" in control or "lua-socket (>= 3" in control
    assert "2018-2019 Ann Author" in text(deb, "debian/copyright")
    assert "License: Expat" in text(deb, "debian/copyright")
    assert "Wed, 01 Jan 2020 12:00:00 +0000" in text(deb, "debian/changelog")
    assert deb.outputs["debian/rules"][1] == 0o755
    assert "debian/foocmd.1" in deb.outputs
    gaps = dict(deb.plan.gaps)
    assert "unheard_of" in gaps["requires_missing"]


OLD_C = """package = "foo"
version = "1.0-1"
source = { url = "https://example.org/foo-1.0.tar.gz" }
build = { type = "builtin", modules = { foo = "foo.c" } }
"""


def test_old_c_is_built_with_flags_and_told(tmp_path: Path) -> None:
    """Each format adds them to those of the distribution; what is wrong gets none."""
    old = "static f(lua_State *L) { int n; lua_tolstring(L, 1, &n); }\n"
    path = tmp_path / "foo-1.0-1.src.rock"
    for code in (old, "static int f(lua_State *L) { return 0; }\n"):
        with zipfile.ZipFile(path, "w") as rock:
            rock.writestr("foo-1.0-1.rockspec", OLD_C)
            rock.writestr("foo-1.0/foo.c", code)
        outputs: dict[str, str] = {}
        for one in made(str(path), tmp_path):
            outputs |= {it: text(one, it) for it in one.outputs}
            gap = one.plan.fields["c_flags"].gap
            assert ("foo.c:1 f has no return type" in gap) is (code is old)
            assert ("foo.c:1 gives lua_tolstring a pointer to int" in gap) is (code is old)
        flag = "-Wno-error=implicit-int"
        for it, line in (
            ("debian/rules", f"export DEB_CFLAGS_MAINT_APPEND = {flag}"),
            ("lua-foo.spec", f"%global optflags %{{optflags}} {flag}"),
            ("PKGBUILD", f"  CFLAGS+=' {flag}'"),
            ("APKBUILD", f'\tCFLAGS="$CFLAGS "{flag}'),
        ):
            assert (line in outputs[it].splitlines()) is (code is old), it


HOSTED = """package = "foo"
version = "1.0-1"
source = { url = "https://example.org/foo-1.0.tar.gz" }
build = { type = "builtin", modules = { foo = "foo.lua", ["foo.ngx"] = "ngx.lua" } }
"""


def test_modules_that_do_not_load_on_their_own_are_left_out_of_each_check(tmp_path: Path) -> None:
    """Debian's settings have the reason; a package with all modules loadable has no such file."""
    path = tmp_path / "foo-1.0-1.src.rock"
    with zipfile.ZipFile(path, "w") as rock:
        rock.writestr("foo-1.0-1.rockspec", HOSTED)
        rock.writestr("foo/foo.lua", "return {}")
        rock.writestr("foo/ngx.lua", "local log = ngx.log")
    deb, fedora, opensuse, arch, alpine = made(str(path), tmp_path, *ALL)
    settings = text(deb, "debian/lua-foo.luarocks").splitlines()
    assert "#  foo.ngx uses the global ngx" in settings
    assert settings[-1] == "no-require = foo.ngx"
    assert "check-require --package lua-foo --except foo.ngx\nDepends:" in text(
        deb, "debian/tests/control"
    )
    for spec in (fedora, opensuse):
        assert "\n%luarocks_check_require foo.ngx\n\n%" in text(spec, "lua-foo.spec")
    assert "for module in foo; do" in text(arch, "PKGBUILD")
    assert "for module in foo; do" in text(alpine, "APKBUILD")
    (other,) = made(packed(tmp_path), tmp_path, "deb")
    assert "debian/lua-foo.luarocks" not in other.outputs


@pytest.mark.parametrize("form", ALL)
def test_every_format_has_its_files(tmp_path: Path, form: str) -> None:
    """Each format's files are there, and none has a mark of unfinished work."""
    (one,) = made(packed(tmp_path), tmp_path, form)
    names = {
        "deb": "debian/control",
        "fedora": "lua-foo.spec",
        "opensuse": "lua-foo.spec",
        "arch": "PKGBUILD",
        "alpine": "APKBUILD",
    }
    assert names[form] in one.outputs
    for path, (content, _) in one.outputs.items():
        assert b"FIXME" not in content, path
        assert b"TODO" not in content, path


def test_packaging_is_reproducible(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rock gives the same bytes in any directory, time zone and locale, on one date."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1577880000")
    first = [one.outputs for one in made(packed(tmp_path), tmp_path)]
    other = tmp_path / "elsewhere"
    other.mkdir()
    path = packed(other)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.chdir(other)
    time.tzset()
    try:
        assert [one.outputs for one in made(path, other)] == first
    finally:
        monkeypatch.undo()
        time.tzset()


def test_the_rockspec_is_in_utf_8(tmp_path: Path) -> None:
    """Packaging has no other texts, whatever upstream's rockspec is written in."""
    path = Path(rockspec(tmp_path, summary="Caf@"))
    path.write_bytes(path.read_bytes().replace(b"@", b"\xe9"))
    (one,) = made(str(path), tmp_path, "deb")
    assert "Café" in one.outputs["debian/foo-1.0-1.rockspec"][0].decode()


@pytest.mark.parametrize("form", ALL)
def test_the_rockspec_beside_the_packaging_leaves_out_what_only_tests_need(
    tmp_path: Path, form: str
) -> None:
    """The rest is upstream's, byte for byte."""
    path = Path(rockspec(tmp_path, summary="Café"))
    upstreams = path.read_bytes()
    (tmp_path / SETTINGS).write_text('test_only = ["unheard_of"]\n')
    (one,) = made(str(path), tmp_path, form)
    (text,) = (each for name, (each, _) in one.outputs.items() if name.endswith(".rockspec"))
    assert text == upstreams.replace(b'"unheard_of" ', b"")


def test_source_date_epoch_is_the_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SOURCE_DATE_EPOCH takes precedence over the clock; a snapshot's version has its own date."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    (deb,) = made(packed(tmp_path), tmp_path, "deb")
    assert "Thu, 01 Jan 1970" in text(deb, "debian/changelog")
    (snapshot,) = made(packed(tmp_path, "scm"), tmp_path, "deb")
    assert snapshot.plan.version == "0~git20200101"


def test_a_second_render_has_the_date_of_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So scaffolding again finds nothing to write; another version has the date of its own."""
    request = Request(packed(tmp_path), str(tmp_path / "out"), formats=("deb",))
    with Jail() as jail:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
        write(scaffolds(request, jail), request)
        monkeypatch.delenv("SOURCE_DATE_EPOCH")
        (again,) = scaffolds(request, jail)
        assert again.plan.fields["date"].source == "the packaging that is there"
        assert write([again], request) == []
        (later,) = scaffolds(request._replace(path=packed(tmp_path, "1.1")), jail)
    assert later.plan.fields["date"].source == "now"


def test_a_release_is_kept_until_another_is_asked_for(tmp_path: Path) -> None:
    """An update has the Lua versions of the release that the packaging was made for."""
    request = Request(packed(tmp_path), str(tmp_path / "out"), formats=("deb",), release="sid")
    later = request._replace(path=packed(tmp_path, "1.1"), release="")
    with Jail() as jail:
        write(scaffolds(request, jail), request)
        (kept,) = scaffolds(later, jail)
        (asked,) = scaffolds(later._replace(release="trixie"), jail)
        (tmp_path / "out/distrorocks.toml").write_text('target = "bookworm"\n')
        (of_settings,) = scaffolds(later, jail)
    assert [each.plan.target for each in (kept, asked, of_settings)] == [
        "sid",
        "trixie",
        "bookworm",
    ]
    assert "5.2" not in kept.plan.lua_versions
    assert "5.2" in asked.plan.lua_versions


def test_an_archive_without_a_folder_gets_one(tmp_path: Path) -> None:
    """Where its files lie at the top; other archives have their own folder."""
    for top, prepared in (
        ("", "%autosetup -c -n %{name}-%{version}"),
        ("foo-{version}/", "%autosetup -n foo-%{version}"),
    ):
        for one in made(packed(tmp_path, top=top), tmp_path, "fedora", "opensuse"):
            assert prepared in text(one, "lua-foo.spec").splitlines()


@pytest.mark.parametrize("top", ["foo-{version}/", ""])
def test_a_rock_is_built_where_its_rockspec_says(tmp_path: Path, top: str) -> None:
    """A folder below the archive's own is built in, and the documents above it are shipped."""
    rock = packed(tmp_path, top=top, below="lua/src/")
    deb, fedora, opensuse, arch, alpine = made(rock, tmp_path)
    rules = text(deb, "debian/rules").splitlines()
    assert "\tdh $@ --buildsystem=luarocks --sourcedirectory=lua/src" in rules
    assert text(deb, "debian/lua-foo.docs").split() == ["README.md"]
    for one in (fedora, opensuse):
        lines = text(one, "lua-foo.spec").splitlines()
        assert "cp -p %{SOURCE1} lua/src" in lines
        assert lines.count("cd lua/src") == 2
        assert "%license LICENSE" in lines
        assert "%doc README.md" in lines
    assert 'cd "$srcdir/build-$lua"/lua/src' in text(arch, "PKGBUILD")
    assert 'cd "$srcdir"/build-$lua/lua/src' in text(alpine, "APKBUILD")


def test_without_sources_the_rockspec_gives_the_build_directory(tmp_path: Path) -> None:
    """``source.dir`` is used if the sources are not available."""
    path = Path(rockspec(tmp_path))
    path.write_text(path.read_text().replace("source = {", 'source = { dir = "foo-1.0/src",'))
    deb, fedora = made(str(path), tmp_path, "deb", "fedora")
    assert "--sourcedirectory=src" in text(deb, "debian/rules")
    assert "%autosetup -n foo-%{version}" in text(fedora, "lua-foo.spec").splitlines()


def test_a_directory_is_the_archives_top(tmp_path: Path) -> None:
    """Of a directory of sources the folder is built in that the rockspec names below its top."""
    path = Path(rockspec(tmp_path / "foo"))
    path.write_text(path.read_text().replace("source = {", 'source = { dir = "foo-1.0/src",'))
    for name in ("src/foo.lua", "src/core.c", "README"):
        place = tmp_path / "foo" / name
        place.parent.mkdir(exist_ok=True)
        place.write_text("")
    (deb,) = made(str(tmp_path / "foo"), tmp_path / "foo", "deb")
    assert "--sourcedirectory=src" in text(deb, "debian/rules")
    assert text(deb, "debian/lua-foo.docs").split() == ["README"]


def test_settings_take_precedence(tmp_path: Path) -> None:
    """distrorocks.toml sets fields for all formats or for one, and the plan names it as source."""
    (tmp_path / "distrorocks.toml").write_text(
        'summary = "Foo as we call it"\n[deb]\nlicense = "ISC"\n[fedora]\nrelease = "7"\n'
    )
    deb, fedora = made(packed(tmp_path), tmp_path, "deb", "fedora")
    assert "Description: Foo as we call it" in text(deb, "debian/control")
    assert "License: ISC" in text(deb, "debian/copyright")
    assert "License:        MIT" in text(fedora, "lua-foo.spec")
    assert "Release:        7" in text(fedora, "lua-foo.spec")
    assert deb.plan.fields["summary"].source == "distrorocks.toml"


def test_the_first_upload_closes_a_bug(tmp_path: Path) -> None:
    """With the bug's number the version is the archive's first, without it one before that."""
    (deb,) = made(packed(tmp_path), tmp_path, "deb")
    assert text(deb, "debian/changelog").startswith("lua-foo (1.0-1~1) UNRELEASED;")
    (tmp_path / "distrorocks.toml").write_text('[deb]\nbug_closed = "12345"\n')
    (deb,) = made(packed(tmp_path), tmp_path, "deb")
    assert text(deb, "debian/changelog").startswith("lua-foo (1.0-1) UNRELEASED;")
    assert "* Initial release. (Closes: #12345)" in text(deb, "debian/changelog")


def test_salsa_ci_is_written_on_request(tmp_path: Path) -> None:
    """debian/salsa-ci.yml is written only if ``salsa_ci`` is set."""
    assert "debian/salsa-ci.yml" not in made(packed(tmp_path), tmp_path, "deb")[0].outputs
    (tmp_path / "distrorocks.toml").write_text("[deb]\nsalsa_ci = true\n")
    (deb,) = made(packed(tmp_path), tmp_path, "deb")
    assert "recipes/debian.yml" in text(deb, "debian/salsa-ci.yml")


def test_gbp_conf_is_written_on_request(tmp_path: Path) -> None:
    """debian/gbp.conf has the branches of DEP-14, and is written only if ``gbp_conf`` is set."""
    assert "debian/gbp.conf" not in made(packed(tmp_path), tmp_path, "deb")[0].outputs
    (tmp_path / "distrorocks.toml").write_text("[deb]\ngbp_conf = true\n")
    (deb,) = made(packed(tmp_path), tmp_path, "deb")
    assert text(deb, "debian/gbp.conf").splitlines() == [
        "[DEFAULT]",
        "debian-branch = debian/latest",
        "upstream-branch = upstream/latest",
        "pristine-tar = True",
    ]


def test_uploaders_and_the_repository_stand_in_control_where_they_are_set(tmp_path: Path) -> None:
    """``{package}`` in the addresses is the package; without settings there is no such field."""
    (deb,) = made(packed(tmp_path), tmp_path, "deb")
    before = text(deb, "debian/control")
    assert "Uploaders" not in before
    assert "Vcs-" not in before
    place = "https://salsa.debian.org/lua-team/{package}"
    (tmp_path / "distrorocks.toml").write_text(
        'uploaders = ["Ann A <a@example.org>", "Bob B <b@example.org>"]\n'
        f'vcs_git = "{place}.git -b debian/latest"\nvcs_browser = "{place}"\n'
    )
    (deb,) = made(packed(tmp_path), tmp_path, "deb")
    after = text(deb, "debian/control").splitlines()
    added = [line for line in after if line not in before.splitlines()]
    assert added == [
        "Uploaders:",
        " Ann A <a@example.org>,",
        " Bob B <b@example.org>",
        "Vcs-Browser: https://salsa.debian.org/lua-team/lua-foo",
        "Vcs-Git: https://salsa.debian.org/lua-team/lua-foo.git -b debian/latest",
    ]
    assert [line for line in after if line not in added] == before.splitlines()


@pytest.mark.parametrize("form", ALL)
def test_every_decided_field_can_be_set(tmp_path: Path, form: str) -> None:
    """distrorocks.toml sets each field of a plan that is decided, and none that is read."""
    (one,) = made(packed(tmp_path), tmp_path, form)
    read = {key for key in one.plan.fields if not DEFINITIONS[key].is_settable}
    decided = {key: value for key, value in one.plan.values.items() if key not in read}
    lines = [f"{key} = {_toml(value)}\n" for key, value in decided.items()]
    (tmp_path / "distrorocks.toml").write_text("".join(lines))
    (one,) = made(packed(tmp_path), tmp_path, form, maintainer="")
    assert {key for key, each in one.plan.fields.items() if each.source == SETTINGS} == {*decided}
    for key in read:
        (tmp_path / "distrorocks.toml").write_text(f"{key} = {_toml(one.plan.values[key])}\n")
        with pytest.raises(DistrorocksError, match=key):
            made(packed(tmp_path), tmp_path, form)


def _toml(value: Value) -> str:
    """Return a value as TOML has it."""
    return json.dumps(list(value) if isinstance(value, tuple) else value)


def test_invalid_settings_are_refused(tmp_path: Path) -> None:
    """Each fault is reported with its place."""
    (tmp_path / "distrorocks.toml").write_text("sumary = 'x'\n[deb]\nlicense = 3\n")
    with pytest.raises(DistrorocksError) as caught:
        made(packed(tmp_path), tmp_path, "deb")
    assert "sumary" in caught.value.detail
    assert "deb.license" in caught.value.detail


def test_a_hostile_summary_is_escaped(tmp_path: Path) -> None:
    """A summary cannot add a field, a macro of RPM or a command of the shell."""
    summary = "x\\nBuild-Depends: evil\\n%(touch /tmp/evil) $(touch /tmp/evil) 'a"
    deb, fedora, arch = made(rockspec(tmp_path, summary=summary), tmp_path, "deb", "fedora", "arch")
    assert "\nBuild-Depends: evil" not in text(deb, "debian/control")
    assert "%%(touch" in text(fedora, "lua-foo.spec")
    assert " %(touch" not in text(fedora, "lua-foo.spec")
    line = next(one for one in text(arch, "PKGBUILD").splitlines() if one.startswith("pkgdesc="))
    assert line.startswith("pkgdesc='")
    assert "'\\''a" in line


def test_shell_files_have_a_package_for_each_lua(tmp_path: Path) -> None:
    """Each is named after the distribution's package of its Lua, and so is all that it needs."""
    path = Path(rockspec(tmp_path))
    needs = '"lua >= 5.3", "argparse >= 0.7"'
    path.write_text(
        path.read_text().replace('"lua >= 5.1, < 5.4", "luasocket ~> 3.0", "unheard_of"', needs)
    )
    arch, alpine = made(str(path), tmp_path, "arch", "alpine")
    lines = text(arch, "PKGBUILD").splitlines()
    assert "pkgname=(lua53-foo lua54-foo lua-foo)" in lines
    assert "makedepends=(luarocks lua53 lua54 lua zlib)" in lines
    for needed in ("lua53 'lua53-argparse>=0.7'", "lua 'lua-argparse>=0.7'"):
        assert f"  depends=({needed} zlib)" in lines
    lines = text(alpine, "APKBUILD").splitlines()
    assert 'subpackages="lua5.3-foo:_package lua5.4-foo:_package"' in lines
    assert "makedepends='luarocks5.3 lua5.3-dev luarocks5.4 lua5.4-dev zlib-dev'" in lines
    assert "\t5.4) depends='lua5.4 lua5.4-argparse>=0.7' ;;" in lines


def test_a_pre_release_is_older_in_each_format(tmp_path: Path) -> None:
    """pacman compares letters after a number, apk has underscores."""
    arch, alpine = made(rockspec(tmp_path, "1.0rc1"), tmp_path, "arch", "alpine")
    assert "pkgver=1.0rc1" in text(arch, "PKGBUILD").splitlines()
    assert "pkgver=1.0_rc1" in text(alpine, "APKBUILD").splitlines()


def test_an_address_cannot_be_a_command(tmp_path: Path) -> None:
    """What the shell would run is in neither shell file."""
    path = Path(rockspec(tmp_path))
    path.write_text(path.read_text().replace("/foo-1.0.tar.gz", "/$(touch%20x)/foo.tar.gz"))
    arch, alpine = made(str(path), tmp_path, "arch", "alpine")
    for one, file in ((arch, "PKGBUILD"), (alpine, "APKBUILD")):
        script = text(one, file)
        assert "$(touch" not in script
        assert re.search(r'^source=\(?"(?:lua-)?foo-\$pkgver\.tar\.gz"?$', script, re.MULTILINE)


def test_a_hostile_description_is_escaped(tmp_path: Path) -> None:
    """A line of a description begins no section of a spec file and no variable of dpkg."""
    summary = "x ${shlibs:Depends}"
    path = rockspec(tmp_path, summary=summary)
    content = Path(path).read_text()
    Path(path).write_text(content.replace("It does foo.", "%install\\n\\n%if evil\\n\\n100%"))
    deb, fedora = made(path, tmp_path, "deb", "fedora")
    lines = text(fedora, "lua-foo.spec").splitlines()
    assert lines.count("%install") == 1
    assert {'"%%install"', '"%%if" evil', "100%%"} <= set(lines)
    assert "Description: X ${}{shlibs:Depends}" in text(deb, "debian/control")


def test_a_rock_has_a_name(tmp_path: Path) -> None:
    """A rockspec whose package is no name that can stand in paths and fields is refused."""
    path = rockspec(tmp_path)
    content = Path(path).read_text()
    for name in ("../evil", "a b", "%(id)", "$(id)", "\\226\\128\\174x", "-x"):
        Path(path).write_text(content.replace('"Foo"', f'"{name}"'))
        with pytest.raises(DistrorocksError, match=r"(?s)foo-1\.0-1\.rockspec\b.*\bpackage: "):
            made(path, tmp_path, "deb")


def test_own_templates_take_precedence(tmp_path: Path) -> None:
    """A directory with one template overrides only that one."""
    own = tmp_path / "own/deb/debian"
    own.mkdir(parents=True)
    (own / "rules").write_text("#!/usr/bin/make -f\n# {{ rock }}\n")
    (deb,) = made(packed(tmp_path), tmp_path, "deb", templates=(str(tmp_path / "own"),))
    assert text(deb, "debian/rules") == "#!/usr/bin/make -f\n# foo\n"
    assert "debian/control" in deb.outputs


def test_existing_packaging_is_never_overwritten(tmp_path: Path) -> None:
    """Writing twice changes nothing; with an edited file it is refused, and the edit is kept."""
    one = made(packed(tmp_path), tmp_path, "deb")
    request = Request("", str(tmp_path / "out"))
    assert "debian/control" in write(one, request)
    assert write(one, request) == []
    rules = tmp_path / "out/debian/rules"
    rules.write_text("mine")
    with pytest.raises(DistrorocksError):
        write(one, request)
    assert rules.read_text() == "mine"
    assert os.access(rules, os.X_OK)


def test_a_binary_rock_has_licences_and_no_sources(tmp_path: Path) -> None:
    """Its files give licence and holders; the paths in the sources are unknown."""
    path = tmp_path / "foo-1.0-1.all.rock"
    with zipfile.ZipFile(path, "w") as rock:
        rock.write(rockspec(tmp_path), "foo-1.0-1.rockspec")
        rock.writestr("rock_manifest", "rock_manifest = {}\n")
        rock.writestr("doc/LICENSE", f"Copyright 2018 Ann Author\n\n{LICENSE}")
        rock.writestr("lua/foo.lua", "-- Licensed under the ISC license.\n")
    deb, arch = made(str(path), tmp_path, "deb", "arch")
    assert deb.plan.license == "MIT AND ISC"
    copyright_file = text(deb, "debian/copyright")
    assert "2018 Ann Author" in copyright_file
    patterns = re.findall("^Files: .*", copyright_file, re.MULTILINE)
    assert patterns == ["Files: *", "Files: debian/*"]
    assert arch.plan.license_files == ()
