"""The check of many rocks on small systems: what is missing, and which package is named."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from distrorocks.externals.pkg_config import Package
from distrorocks.externals.settings import BUILD, INSTALL
from distrorocks.families.external_advice import Advice
from distrorocks.lua.read import parse
from distrorocks.lua.value import LuaTable
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.world import external_check
from distrorocks.world.external_check import (
    ExternalsMissingError,
    advices,
    check_externals,
    report_lines,
)
from tests.builders import Machine


def rockspec(name: str, needs: str, modules: str = 'a="a.lua"') -> Rockspec:
    """Return a rockspec with external dependencies."""
    text = (
        f'package="{name}" version="1-1" source={{url="x"}} '
        f"external_dependencies={{{needs}}} build={{type='builtin',modules={{{modules}}}}}"
    )
    return Rockspec.from_chunk(parse(text.encode()))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A Debian without anything."""
    made = Machine(tmp_path / "root")
    (made.root / "etc").mkdir()
    (made.root / "etc/os-release").write_text("ID=debian\n")
    (made.root / "var/lib/dpkg/arch").write_text("amd64\n")
    return made


SSL = 'SSL={header="openssl/ssl.h",library="ssl"}'


def test_all_rocks_are_checked_and_all_packages_named(machine: Machine) -> None:
    """One command brings all that several rocks miss, each package once."""
    rocks = [rockspec("one", SSL), rockspec("two", f"{SSL},Z={{header='zlib.h'}}", 'a="a.c"')]
    report = check_externals(rocks, {}, {}, lua_version="5.4", root=str(machine.root))
    assert report.command == "apt install libssl-dev zlib1g-dev liblua5.4-dev"
    with pytest.raises(ExternalsMissingError, match="missing") as caught:
        report.sound()
    assert "two 1-1 needs Z: no header zlib.h" in caught.value.detail
    assert "searched at /usr/include/lua/5.4" in caught.value.detail
    assert caught.value.hint == f"run `{report.command}`"


@pytest.mark.parametrize(
    ("release", "command"),
    [
        ("ID=ubuntu\nID_LIKE=debian\n", "apt install libssl-dev"),
        ("ID=fedora\n", "dnf install openssl-devel"),
        ('ID="opensuse-tumbleweed"\n', "zypper install libopenssl-devel"),
        ("ID=alpine\n", "apk add openssl-dev"),
        ("ID=arch\n", "pacman -S openssl"),
        ("ID=unheard\n", ""),
    ],
)
def test_the_distribution_has_its_own_options(machine: Machine, release: str, command: str) -> None:
    """Packages are named as the distribution calls them; of an unknown one nothing is said."""
    (machine.root / "etc/os-release").write_text(release)
    report = check_externals(
        [rockspec("r", SSL)], {}, {}, lua_version="5.4", root=str(machine.root)
    )
    assert report.command == command


def test_the_index_goes_before_the_table(machine: Machine) -> None:
    """Where apt's lists of contents are, they say who has a file, even one no table knows."""
    lists = machine.root / "var/lib/apt/lists"
    lists.mkdir(parents=True)
    with gzip.open(lists / "mirror_main_Contents-amd64.gz", "wt") as contents:
        contents.write(
            "usr/include/odd/deep.h   libdevel/odd-dev\n"
            "usr/include/openssl/ssl.h   libdevel/newssl-dev\n"
            "usr/include/rare.h   libdevel/rare-dev,libdevel/rarer-dev\n"
        )
    needs = f"{SSL},RARE={{header='rare.h'}},DEEP={{header='deep.h'}}"
    report = check_externals(
        [rockspec("r", needs)], {}, {}, lua_version="5.4", root=str(machine.root)
    )
    found = {each.missing.dependency.name: each.advice for each in report.rocks[0].missing}
    assert (found["SSL"].package, found["SSL"].source) == ("newssl-dev", "index")
    assert found["RARE"].package == "rare-dev"
    assert found["DEEP"].package == "odd-dev"
    assert found["DEEP"].assignment == "DEEP_INCDIR=/usr/include/odd"


def test_what_is_installed_elsewhere_needs_a_word_only(machine: Machine) -> None:
    """A header in a directory of its own is not installed again: the variable is named."""
    machine.install("libpq-dev", {"/usr/include/postgresql/libpq-fe.h": ""})
    machine.install("odd-dev", {"/usr/include/odd/odd.h": ""})
    needs = "PG={header='libpq-fe.h'},ODD={header='odd.h'}"
    report = check_externals(
        [rockspec("r", needs)], {}, {}, lua_version="5.4", root=str(machine.root)
    )
    assert report.command == ""
    words = [each.advice.assignment for each in report.rocks[0].missing]
    assert words == ["ODD_INCDIR=/usr/include/odd", "PG_INCDIR=/usr/include/postgresql"]
    passed = dict(word.split("=") for word in words)
    report = check_externals(
        [rockspec("r", needs)], {}, passed, lua_version="5.4", root=str(machine.root)
    )
    assert report.sound() is report


@pytest.mark.parametrize("is_configured", [False, True])
@pytest.mark.parametrize("variable", ["LUA_INCDIR", "LUA_DIR"])
def test_headers_that_are_installed_are_not_installed_again(
    machine: Machine, variable: str, is_configured: bool
) -> None:
    """A setting that points elsewhere is corrected, wherever it comes from."""
    header = "#define LUA_VERSION_NUM\t504\n"
    machine.install("liblua5.4-dev", {"/usr/include/lua5.4/lua.h": header})
    wrong = {variable: "/nowhere"}
    table: LuaTable = {"variables": {variable: "/nowhere"}} if is_configured else {}
    given = {} if is_configured else wrong
    rocks = [rockspec("r", "", 'a="a.c"')]
    root = str(machine.root)
    report = check_externals(rocks, table, given, lua_version="5.4", root=root)
    assert report.command == ""
    assert report.hint == "pass LUA_INCDIR=/usr/include/lua5.4"
    given = {"LUA_INCDIR": "/usr/include/lua5.4"}
    assert check_externals(rocks, table, given, lua_version="5.4", root=root).is_whole


def test_a_setting_that_hides_what_a_package_installs_is_named(machine: Machine) -> None:
    """Installing the package alone would change nothing."""
    given = {"LUA_INCDIR": "/nowhere", "SSL_DIR": "/opt/ssl"}
    report = check_externals(
        [rockspec("r", SSL, 'a="a.c"')], {}, given, lua_version="5.4", root=str(machine.root)
    )
    assert report.hint == (
        "run `apt install libssl-dev liblua5.4-dev`, and do not set SSL_DIR, LUA_INCDIR"
    )


def test_links_of_a_root_stay_in_it(machine: Machine, tmp_path: Path) -> None:
    """A link in another root that leads to this system's files finds nothing there."""
    (tmp_path / "outside.h").write_text("")
    (machine.root / "usr/include").mkdir(parents=True)
    (machine.root / "usr/include/out.h").symlink_to(tmp_path / "outside.h")
    needs = "OUT={header='out.h'},UP={header='../../../outside.h'}"
    report = check_externals(
        [rockspec("r", needs)], {}, {}, lua_version="5.4", root=str(machine.root)
    )
    assert len(report.rocks[0].missing) == 2


def test_the_verb_prints_and_leaves_with_1_where_something_is_missing(
    machine: Machine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Variables on stdout, what is missing on stderr; --json has both."""
    path = tmp_path / "r-1-1.rockspec"
    path.write_text(
        'package="r" version="1-1" source={url="x"} '
        f"external_dependencies={{{SSL}}} build={{type='none'}}"
    )
    words = ["external-deps", "--root", str(machine.root), str(path)]
    assert main(words) == 1
    assert "package libssl-dev provides it" in capsys.readouterr().err
    machine.install(
        "libssl-dev",
        {"/usr/include/openssl/ssl.h": "", "/usr/lib/x86_64-linux-gnu/libssl.so": ""},
    )
    assert main([*words, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["rocks"][0]["variables"]["SSL_LIBDIR"] == "/usr/lib/x86_64-linux-gnu"
    assert main(["external-deps", "A_DIR=/x"]) == 2


def test_the_verb_means_the_lua_that_other_verbs_mean(
    machine: Machine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not always the newest; and no root has to have dpkg."""
    path = tmp_path / "r-1-1.rockspec"
    path.write_text('package="r" version="1-1" source={url="x"} build={modules={r="r.c"}}')
    config = machine.root / "etc/luarocks"
    config.mkdir(parents=True)
    (config / "default-lua-version.lua").write_text('return "5.3"')
    words = ["external-deps", str(path), "--root"]
    assert main([*words, str(machine.root)]) == 1
    assert "/usr/include/lua5.3" in capsys.readouterr().err
    bare = tmp_path / "bare"
    bare.mkdir()
    assert main([*words, str(bare)]) == 1
    assert "/usr/include/lua5.4" in capsys.readouterr().err


def test_an_empty_rockspec_path_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Its error is no line about a file without a name."""
    assert main(["external-deps", ""]) == 2
    assert "the path of a rockspec is empty" in capsys.readouterr().err


def test_pkg_config_helps_on_the_running_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What it knows is found, and named; not for another root, nor as LuaRocks 3.8 does it."""
    (tmp_path / "nosuch.h").write_text("")
    (tmp_path / "libnosuch.so").write_text("")
    place = str(tmp_path)
    package = Package("nosuch", place, (place,), (place,))
    monkeypatch.setattr(external_check, "PkgConfig", lambda: {"nosuch": package}.get)
    needs = 'NOSUCH={header="nosuch.h",library="nosuch"}'
    text = rockspec("one", needs)
    assert check_externals([text], {}, {}, lua_version="5.4").rocks[0].found["NOSUCH_DIR"] == place
    both = check_externals([rockspec("none", ""), text], {}, {}, lua_version="5.4")
    assert [rock.is_whole for rock in both.rocks] == [True, True]
    assert not check_externals([text], {}, {}, lua_version="5.4", like_3_8=True).is_whole
    (tmp_path / "root").mkdir()
    other = check_externals([text], {}, {}, lua_version="5.4", root=str(tmp_path / "root"))
    assert not other.is_whole
    path = tmp_path / "one-1-1.rockspec"
    path.write_text(
        f'package="one" version="1-1" source={{url="x"}} external_dependencies={{{needs}}} '
        'build={type="none"}'
    )
    assert main(["external-deps", str(path), "--lua-version=5.4"]) == 0
    assert "  NOSUCH is the package nosuch of pkg-config\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (Advice(), None),
        (Advice("p"), "  package p provides it"),
        (Advice("p", "A=/x"), "  package p provides it; then pass A=/x"),
        (Advice("p", "A=/x", "", "A_DIR"), "  package p provides it; then pass A=/x"),
        (Advice("p", "", "", "A_DIR"), "  package p provides it, but not where A_DIR points"),
        (Advice("", "A=/x"), "  installed outside LuaRocks' search path: pass A=/x"),
        (Advice("", "", "", "A_DIR"), None),
    ],
)
def test_a_missing_file_is_told_with_its_advice(
    machine: Machine, found: Advice, line: str | None
) -> None:
    """The files that were looked for come before it, each with its directory."""
    report = check_externals(
        [rockspec("r", SSL)], {}, {}, lua_version="5.4", root=str(machine.root)
    )
    (rock,) = report.rocks
    (missing,) = rock.missing
    rock = rock._replace(missing=(missing._replace(advice=found),))
    lines = report_lines(rock, "5.4")
    assert lines[0] == "r 1-1 needs SSL: no header openssl/ssl.h"
    assert "  no file openssl/ssl.h in /usr/include" in lines
    tried = [each for each in lines if each.startswith("  no file ")]
    assert len(tried) == len(missing.missing.tried)
    assert lines[1 + len(tried) :] == ([line] if line else [])
    assert list(advices(rock)) == [found, Advice()]


def test_nothing_is_told_of_a_rock_that_has_all(machine: Machine) -> None:
    """Nor is a command; the report is sound, and has the variables that were found."""
    machine.install("zlib1g-dev", {"/usr/include/zlib.h": ""})
    report = check_externals(
        [rockspec("r", "Z={header='zlib.h'}")], {}, {}, lua_version="5.4", root=str(machine.root)
    )
    assert (report.is_whole, report.command, report.hint) == (True, "", "")
    assert report.sound() is report
    assert report_lines(report.rocks[0], "5.4") == []
    assert report.rocks[0].found["Z_INCDIR"] == "/usr/include"


def test_lua_s_headers_are_needed_only_to_compile(machine: Machine) -> None:
    """Not for a rock without C, nor for one that is built; what was found is a variable."""
    root, compiled = str(machine.root), rockspec("r", "", 'a="a.c"')
    for rocks, mode in (([compiled], INSTALL), ([rockspec("l", "")], BUILD)):
        assert check_externals(rocks, {}, {}, lua_version="5.4", root=root, mode=mode).is_whole
    report = check_externals([compiled], {}, {}, lua_version="5.4", root=root)
    lines = report_lines(report.rocks[0], "5.4")
    assert lines[0].startswith("r 1-1 needs Lua's headers: ")
    assert lines[-1] == "  package liblua5.4-dev provides it"
    assert report.command == "apt install liblua5.4-dev"
    header = "#define LUA_VERSION_NUM\t504\n"
    machine.install("liblua5.4-dev", {"/usr/include/lua5.4/lua.h": header})
    whole = check_externals([compiled], {}, {}, lua_version="5.4", root=root)
    assert whole.is_whole
    assert whole.rocks[0].found == {"LUA_INCDIR": "/usr/include/lua5.4"}


def test_without_advice_the_hint_says_what_to_pass(machine: Machine) -> None:
    """Where no package is known."""
    report = check_externals(
        [rockspec("r", "ODD={header='odd-one.h'}")],
        {},
        {},
        lua_version="5.4",
        root=str(machine.root),
    )
    assert (report.command, report.hint) == ("", "")
    with pytest.raises(ExternalsMissingError) as caught:
        report.sound()
    assert caught.value.hint == "install them, or pass their directory as NAME_DIR=DIR"
    assert caught.value.report is report
