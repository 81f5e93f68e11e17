"""Rocks of package files and of roots are what refresh would write."""

from __future__ import annotations

from hashlib import md5
from pathlib import Path

import pytest

from distrorocks.families.package_file import PackageFile, read_package_file
from distrorocks.publish.refresh import refresh
from distrorocks.serve.pack.pack import PackJob
from distrorocks.serve.pack.provided import rocks_of_files, rocks_of_root
from distrorocks.serve.pack.rock import PackError
from distrorocks.world.survey import System
from tests.builders import Machine
from tests.package_files import CONTROL, ELF, deb

LPEG = {
    f"/usr/share/lua/{version}/{module}.lua": f"return '{module}'"
    for version in ("5.3", "5.4")
    for module in ("lpeg", "re")
}
LPEG_CONTROL = CONTROL.replace("lua-foo", "lua-lpeg").replace(
    "the foo thing\n It is long.\n", "the lua-lpeg thing\n It is long.\n .\n Very.\n"
)
BUSTED = {"/usr/share/lua/5.4/busted/init.lua": "return 2", "/usr/bin/busted": "#!/usr/bin/lua\n"}


def debian13(tmp_path: Path) -> Machine:
    """Return a Debian system for amd64 without a package of Lua."""
    machine = Machine(tmp_path / "root")
    (tmp_path / "root/etc").mkdir()
    (tmp_path / "root/etc/os-release").write_text("ID=debian\nVERSION_ID=13\n")
    machine.install("dpkg", {"/usr/bin/dpkg": "#!"}, architecture="amd64")
    return machine


def package(tmp_path: Path, files: dict[str, str], control: str) -> PackageFile:
    """Return a package file that was written and read."""
    path = tmp_path / f"{len(list(tmp_path.iterdir()))}.deb"
    path.write_bytes(deb({each: text.encode() for each, text in files.items()}, control))
    return read_package_file(str(path))


def test_a_package_file_gives_what_refresh_writes(tmp_path: Path) -> None:
    """Rockspec and rock_manifest are those of a root with the package, for each Lua version."""
    machine = debian13(tmp_path)
    fields = "".join(
        line + "\n"
        for line in LPEG_CONTROL.splitlines()
        if line.startswith(("Depends", "Homepage"))
    )
    machine.install("lua-lpeg", LPEG, fields=fields, version="1.2-1")
    system = System(str(tmp_path / "root"))
    refresh(system)
    found = rocks_of_files([package(tmp_path, LPEG, LPEG_CONTROL)], system)
    of_root = rocks_of_root(system)
    assert [each.lua_version for each in found.rocks] == ["5.3", "5.4"]
    for rock, other in zip(found.rocks, of_root.rocks, strict=True):
        top = f"usr/lib/luarocks/rocks-{rock.lua_version}/{rock.name}/{rock.version}"
        for name in ("rock_manifest", f"{rock.name}-{rock.version}.rockspec"):
            text = (tmp_path / "root" / top / name).read_bytes().decode()
            told = rock.files[name].decode()
            if name != "rock_manifest":
                told = told.replace(',\n   "penlight >= 1.3"', "")  # not installed in the root
                assert told == text
            assert other.files[name].decode() == text
        assert rock.files["lua/re.lua"] == b"return 're'"


def test_dependencies_are_told_by_the_table_of_names(tmp_path: Path) -> None:
    """A package that is not at hand is the rock that the distribution's map says it is."""
    control = LPEG_CONTROL.replace("bar", "lua-filesystem, libc6, lua-unheard-of")
    (rock, *_) = rocks_of_files([package(tmp_path, LPEG, control)], System(str(tmp_path))).rocks
    rockspec = next(text for name, text in rock.files.items() if name.endswith(".rockspec"))
    assert b'"lua >= 5.3, < 5.5",\n   "luafilesystem",\n   "penlight >= 1.3"\n' in rockspec


def test_packages_given_together_know_each_other(tmp_path: Path) -> None:
    """A constraint that the other package does not meet is left out, as refresh does."""
    first = package(tmp_path, LPEG, LPEG_CONTROL.replace("Version: 1.2", "Version: 0.9"))
    control = CONTROL.replace("lua-foo", "lua-busted").replace("penlight (>= 1.3)", "lpeg (>= 1)")
    second = package(tmp_path, BUSTED, control)
    rocks = rocks_of_files([first, second], System(str(tmp_path))).rocks
    (busted,) = (each for each in rocks if each.name == "busted")
    assert b'"lpeg"' in busted.files[f"busted-{busted.version}.rockspec"]
    assert busted.files["bin/busted"] == b"#!/usr/bin/lua\n"


def test_packages_of_several_architectures_are_all_packed(tmp_path: Path) -> None:
    """A server has rocks for several machines; of two packages for one machine, one is left out."""
    arm = ELF[:18] + b"\xb7" + ELF[19:]
    machines = (("amd64", "x86_64-linux-gnu", ELF), ("arm64", "aarch64-linux-gnu", arm))
    paths = []
    for architecture, triplet, library in machines:
        for version in ("1.2-1", "1.2-2"):
            control = LPEG_CONTROL.replace("all\n", f"{architecture}\n").replace("1.2-1", version)
            paths.append(tmp_path / f"lua-lpeg_{version}_{architecture}.deb")
            paths[-1].write_bytes(deb({f"/usr/lib/{triplet}/lua/5.4/lpeg.so": library}, control))
    done = PackJob(str(tmp_path / "out")).package_files(
        list(map(str, paths)), System(str(tmp_path))
    )
    assert sorted(path.rpartition(".linux-")[2] for path in done.paths) == [
        "aarch64.rock",
        "x86_64.rock",
    ]
    why = "lua-lpeg is not packed as lpeg for Lua 5.4: lua-lpeg 1.2-1 provides the same version"
    assert done.left_out == (f"{why} of this rock",) * 2


def test_packages_of_all_and_of_one_machine_are_rivals(tmp_path: Path) -> None:
    """A package for every machine has the rock on each of them."""
    files = {"/usr/share/lua/5.4/lpeg.lua": "return 1"}
    given = [
        package(tmp_path, files, LPEG_CONTROL.replace("all\n", f"{architecture}\n"))
        for architecture in ("all", "amd64", "arm64")
    ]
    found = rocks_of_files(given, System(str(tmp_path)))
    assert len(found.rocks) == 1
    assert len(found.refused) == len(given) - 1


def test_a_package_that_is_no_rock_is_told(tmp_path: Path) -> None:
    """The error has the reason for each package and Lua version."""
    path = tmp_path / "lua-foo_1_all.deb"
    path.write_bytes(deb({"/usr/share/lua/5.4/unheard_of.lua": b""}))
    with pytest.raises(PackError, match="nothing is packed") as caught:
        PackJob(str(tmp_path / "out")).package_files([str(path)], System(str(tmp_path)))
    assert "lua-foo is not packed" in caught.value.detail
    assert not (tmp_path / "out").exists()


def test_a_package_whose_files_no_rock_may_have_is_told(tmp_path: Path) -> None:
    """LuaRocks would give the name to a shell; that is an error, since nothing else is packed."""
    path = tmp_path / "lua-lpeg_1_all.deb"
    files = {"/usr/share/lua/5.4/lpeg.lua": b"", "/usr/share/lua/5.4/$(id).lua": b""}
    path.write_bytes(deb(files, LPEG_CONTROL))
    with pytest.raises(PackError, match="nothing is packed") as caught:
        PackJob(str(tmp_path / "out")).package_files([str(path)], System(str(tmp_path)))
    assert "which a shell would follow" in caught.value.detail
    assert not (tmp_path / "out").exists()


def test_a_root_is_packed_with_a_folder_for_each_lua(tmp_path: Path) -> None:
    """Every rock is written; the same root gives the same bytes."""
    machine = debian13(tmp_path)
    machine.install("lua-lpeg", LPEG)
    machine.install("lua-busted", BUSTED)
    machine.install("lua-ours", {"/usr/share/lua/5.4/ours.lua": ""})
    system = System(str(tmp_path / "root"))
    first = PackJob(str(tmp_path / "a"), system.root).all_provided(system)
    PackJob(str(tmp_path / "b"), system.root).all_provided(system)
    one, other = (
        {path.relative_to(top): path.read_bytes() for path in top.rglob("*.rock")}
        for top in (tmp_path / "a", tmp_path / "b")
    )
    assert one == other
    assert {path.parent.name for path in one} == {"5.3", "5.4"}
    assert any("lua-ours is not packed" in text for text in first.left_out)


def test_a_rock_whose_package_ships_its_metadata_is_packed(tmp_path: Path) -> None:
    """Its rock_manifest is kept, if it lists the files."""
    machine = debian13(tmp_path)
    directory = "/usr/lib/luarocks/rocks-5.4/own/1.0-1"
    rockspec = 'package = "own" version = "1.0-1" source = { url = "x" } build = {}'
    manifest = 'rock_manifest = { lua = { ["own.lua"] = "1" }, ["own-1.0-1.rockspec"] = "2" }'
    manifest = manifest.replace('"1"', f'"{md5(b"return 3").hexdigest()}"')
    manifest = manifest.replace('"2"', f'"{md5(rockspec.encode()).hexdigest()}"')
    files = {
        "/usr/share/lua/5.4/own.lua": "return 3",
        f"{directory}/own-1.0-1.rockspec": rockspec,
        f"{directory}/rock_manifest": manifest,
    }
    machine.install("lua-own", files)
    system = System(str(tmp_path / "root"))
    found = rocks_of_root(system)
    (rock,) = found.rocks
    control = CONTROL.replace("lua-foo", "lua-own").replace("1.2-1", "1.0-1")
    assert rocks_of_files([package(tmp_path, files, control)], system) == (found.rocks, (), ())
    assert (rock.name, rock.files["lua/own.lua"]) == ("own", b"return 3")
    assert rock.files["rock_manifest"] == manifest.encode()
    assert found.refused == ()
