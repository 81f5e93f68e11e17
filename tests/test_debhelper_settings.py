"""What debian/PACKAGE.luarocks says, as the Perl module of dh_luarocks reads it.

debhelper itself is not asked: a module of its name stands for it and names the file.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

MODULES = Path(__file__).parent.parent / "hooks/dpkg/perl"
STAND_IN = """
package Debian::Debhelper::Dh_Lib;
use Exporter qw(import);
our %dh = (MAINPACKAGE => 'lua-x', VERSION => '1.0-1');
our @EXPORT = qw(%dh pkgfile error isnative getpackages);
sub pkgfile { return -f $ENV{SETTINGS} ? $ENV{SETTINGS} : ''; }
sub error { print STDERR "error: $_[0]\\n"; exit 25; }
sub isnative { return 0; }
sub getpackages { return ('lua-x'); }
1;
"""
ASK = """
use Debian::Debhelper::LuaRocks qw(luarocks_settings);
my $of = luarocks_settings('lua-x');
print join(',', map { qq("$_":"$of->{$_}") } sort keys %$of);
"""

pytestmark = pytest.mark.skipif(not shutil.which("perl"), reason="there is no Perl here")


def read(folder: Path, text: str | None) -> subprocess.CompletedProcess[str]:
    """Have Perl read a file of settings; None is no file."""
    place = folder / "perl/Debian/Debhelper"
    place.mkdir(parents=True)
    (place / "Dh_Lib.pm").write_text(STAND_IN)
    settings = folder / "lua-x.luarocks"
    if text is not None:
        settings.write_text(text)
    return subprocess.run(
        ["perl", f"-I{MODULES}", f"-I{folder / 'perl'}", "-e", ASK],
        env={"PATH": "/usr/bin:/bin", "SETTINGS": str(settings)},
        capture_output=True,
        text=True,
        check=False,
    )


def settings_of(folder: Path, text: str | None) -> dict[str, str]:
    """Return the settings of a file that can be read."""
    done = read(folder, text)
    assert (done.returncode, done.stderr) == (0, "")
    settings = json.loads(f"{{{done.stdout}}}")
    assert isinstance(settings, dict)
    return settings


@pytest.mark.parametrize(
    "more",
    [
        "# a word\n",
        "#\n",
        "  # indented\n",
        "\n",
        " \t\n",
        "# rockspec = other.rockspec\n",
        "# the last line, without an end",
    ],
)
def test_a_line_of_comment_or_blanks_is_no_setting(tmp_path: Path, more: str) -> None:
    """A line of nothing but a comment or blanks changes no setting, before or after one."""
    line = "rockspec = x-1.0-1.rockspec\n"
    for number, text in enumerate((f"{line}{more}", f"{more}\n{line}")):
        assert settings_of(tmp_path / str(number), text) == {"rockspec": "x-1.0-1.rockspec"}


def test_a_comment_after_a_value_is_no_part_of_it(tmp_path: Path) -> None:
    """What follows # is left out of the value, and so are the blanks before it."""
    text = "skip = require \t # since it has no module\nno-require = a, b.c\t\n"
    assert settings_of(tmp_path, text) == {"skip": "require", "no-require": "a, b.c"}


def test_what_scaffold_writes_of_unloadable_modules_is_read(tmp_path: Path) -> None:
    """Comments that list modules with their reasons, then the setting, then an empty line."""
    text = (
        "# Modules that do not load on their own, and why:\n"
        "#  a.b uses the global ngx\n"
        "#  c requires d of e, which no package has\n"
        "no-require = a.b, c\n\n"
    )
    assert settings_of(tmp_path, text) == {"no-require": "a.b, c"}


def test_variables_of_the_build_are_kept_as_they_are(tmp_path: Path) -> None:
    """Their values have signs of assignment and slashes."""
    text = "# Headers in folders of their own:\nvariables = A_INCDIR=/usr/include/a B=1\n"
    assert settings_of(tmp_path, text) == {"variables": "A_INCDIR=/usr/include/a B=1"}


def test_a_package_without_the_file_has_no_settings(tmp_path: Path) -> None:
    """Where there is no debian/PACKAGE.luarocks, nothing is set."""
    assert settings_of(tmp_path, None) == {}


def test_an_unknown_setting_is_an_error_with_its_line(tmp_path: Path) -> None:
    """A name that is no setting ends the build, and the message has the file and the line."""
    done = read(tmp_path, "# first\n\nrock-spec = x\n")
    assert done.returncode == 25
    assert "lua-x.luarocks:3: write rockspec, rock-version" in done.stderr
