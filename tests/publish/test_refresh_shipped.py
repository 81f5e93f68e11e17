"""A package that ships its rockspec alone gets the rest from refresh, and loses it with it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from distrorocks.health.verify import verify
from distrorocks.publish.refresh import refresh
from distrorocks.publish.repair import would_change
from distrorocks.publish.withdraw import withdraw
from distrorocks.rocks.rock_manifest import RockManifest
from distrorocks.world.metadata_mode import MINIMAL, MODES, PROTECTED
from distrorocks.world.survey import System
from tests.builders import Machine, debian

ROCK = "/usr/lib/luarocks/rocks-5.4/foo/1.0-3"
ROCKSPEC = """package = "foo"
version = "1.0-3"
source = { url = "git://example.org/foo" }
dependencies = { "lua >= 5.1", "lpeg >= 1.0" }
build = { type = "none" }
"""
FILES = {
    "/usr/share/lua/5.4/foo.lua": "return 1",
    "/usr/lib/x86_64-linux-gnu/lua/5.4/foo/core.so": "ELF of amd64",
    f"{ROCK}/foo-1.0-3.rockspec": ROCKSPEC,
}


def machine(root: Path, rockspec: str = ROCKSPEC) -> Machine:
    """Return a Debian system with a package that left its rock_manifest to us."""
    made = debian(root)
    files = {**FILES, f"{ROCK}/foo-1.0-3.rockspec": rockspec}
    made.install("lua-foo", files, architecture="amd64", version="1.0-7")
    return made


def test_a_shipped_rockspec_is_completed(tmp_path: Path) -> None:
    """The rock_manifest has this architecture's digests, the rockspec's too, and is indexed."""
    made = machine(tmp_path)
    outcome = refresh(System(str(tmp_path)))
    assert not outcome.refused
    files = made.files()
    manifest = RockManifest.parse(files[f"{ROCK}/rock_manifest"])
    assert manifest.lib == {"foo/core.so": hashlib.md5(b"ELF of amd64").hexdigest()}
    assert manifest.lua == {"foo.lua": hashlib.md5(b"return 1").hexdigest()}
    assert manifest.rest == {"foo-1.0-3.rockspec": hashlib.md5(ROCKSPEC.encode()).hexdigest()}
    index = files["/usr/lib/luarocks/rocks-5.4/manifest"].decode()
    assert '"foo/1.0-3"' in index
    assert 'name = "lpeg"' in index
    assert files[f"{ROCK}/foo-1.0-3.rockspec"] == ROCKSPEC.encode()


def test_completing_is_done_once(tmp_path: Path) -> None:
    """A second refresh changes nothing; another mode changes the rock_manifest alone."""
    made = machine(tmp_path)
    refresh(System(str(tmp_path)))
    before = made.files()
    refresh(System(str(tmp_path)))
    assert made.files() == before
    for mode in (PROTECTED, MINIMAL):
        refresh(System(str(tmp_path)), mode=mode)
        assert RockManifest.parse(made.files()[f"{ROCK}/rock_manifest"]) == RockManifest()
        assert made.files()[f"{ROCK}/foo-1.0-3.rockspec"] == ROCKSPEC.encode()


def test_nothing_is_left_when_the_package_goes(tmp_path: Path) -> None:
    """The directory that dpkg could not remove, since our file was in it, goes with the file."""
    made = machine(tmp_path)
    refresh(System(str(tmp_path)))
    made.remove("lua-foo", FILES)
    refresh(System(str(tmp_path)))
    assert not (tmp_path / "usr/lib/luarocks/rocks-5.4/foo").exists()
    assert (tmp_path / "usr/lib/luarocks/rocks-5.4/manifest").exists()


def test_a_rockspec_that_computes_is_told(tmp_path: Path) -> None:
    """What only running could read is left out with its reason, and the others are published."""
    machine(tmp_path, ROCKSPEC + "os.exit()\n")
    outcome = refresh(System(str(tmp_path)))
    assert [rock.package.name for rock, _ in outcome.refused] == ["lua-foo"]
    assert any(rock.rock[0] == "lpeg" for rock in outcome.published)


@pytest.mark.parametrize("mode", MODES)
def test_verify_finds_nothing_to_mend(tmp_path: Path, mode: str) -> None:
    """A completed rock is whole in every mode, and one that changed is found."""
    machine(tmp_path)
    refresh(System(str(tmp_path)), mode=mode)
    assert verify(System(str(tmp_path)), would_change).findings == []
    (tmp_path / "usr/lib/x86_64-linux-gnu/lua/5.4/foo/core.so").write_text("patched")
    (finding,) = verify(System(str(tmp_path)), would_change).findings
    assert finding.kind == "modified"


def test_withdrawing_leaves_what_the_package_has(tmp_path: Path) -> None:
    """Taking everything back removes our rock_manifest, and the rockspec stays."""
    made = machine(tmp_path)
    before = made.files()
    refresh(System(str(tmp_path)))
    withdraw(System(str(tmp_path)))
    after = {path: text for path, text in made.files().items() if "/distrorocks/" not in path}
    assert after == before


def test_an_incremental_refresh_completes_too(tmp_path: Path) -> None:
    """What a trigger runs writes the same, and sees a new rockspec of the same package."""
    made = machine(tmp_path)
    refresh(System(str(tmp_path)), is_incremental=True)
    first = made.files()[f"{ROCK}/rock_manifest"]
    made.remove("lua-foo", FILES)
    text = ROCKSPEC.replace("lpeg >= 1.0", "lpeg >= 0.9")
    files = {**FILES, f"{ROCK}/foo-1.0-3.rockspec": text}
    made.install("lua-foo", files, architecture="amd64", version="1.0-8")
    refresh(System(str(tmp_path)), is_incremental=True)
    assert made.files()[f"{ROCK}/rock_manifest"] != first
    manifest = made.files()["/usr/lib/luarocks/rocks-5.4/manifest"].decode()
    assert "0.9" in manifest
