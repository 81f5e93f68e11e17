"""`verify` and `doctor` on Debian 12: what LuaRocks or an accident damages, told and repaired."""

from __future__ import annotations

import json

import pytest

from distrorocks.families.rpm import family as rpm
from distrorocks.luarocks import surroundings
from integration.machines.machine import Machine
from integration.machines.rocks import TREE
from integration.machines.roots import base
from integration.machines.rpm_machine import SYSTEMS, made_into
from integration.machines.rpm_packages import built

LPEG = f"{TREE}/rocks-5.4/lpeg/1.0.2-1"


def kinds(machine: Machine, status: int) -> set[tuple[str, str]]:
    """Return kind and place of what is found for Lua 5.4."""
    words = ("--lua-version", "5.4", "--json")
    report = json.loads(machine.distrorocks("verify", *words, status=status).out)
    return {(it["kind"], it["place"]) for it in report["findings"]}


@pytest.fixture
def published(machine: Machine) -> Machine:
    """Return a machine whose five packages LuaRocks sees as rocks."""
    machine.distrorocks("refresh")
    machine.distrorocks("config-snippet", "--apply")
    return machine


def test_what_was_published_is_clean_and_damage_is_repaired(published: Machine) -> None:
    """An emptied manifest crashes LuaRocks; a repair makes the tree what it was, to the byte."""
    assert kinds(published, 0) == set()
    before = published.contents("/usr/lib/luarocks")
    manifest = f"{TREE}/rocks-5.4/manifest"
    published.write(manifest, "")
    published.path(f"{LPEG}/rock_manifest").unlink()
    found = {("empty-manifest", manifest), ("missing", f"{LPEG}/rock_manifest")}
    assert kinds(published, 1) == found
    assert published.luarocks("5.4", "list", status=None).status != 0
    published.distrorocks("verify", "--repair")
    assert published.contents("/usr/lib/luarocks") == before
    assert ("lpeg", "1.0.2-1") in published.rocks("5.4")


def test_a_package_that_luarocks_has_damaged_is_named(published: Machine) -> None:
    """`luarocks remove` in a complete tree deletes a package's files: verify says which."""
    published.luarocks("5.4", "remove", "--force", "--tree=/usr", "lpeg")
    assert published.faults()
    out = published.distrorocks("verify", "--repair", status=1).out
    assert "missing: /usr/share/lua/5.4/re.lua\n" in out
    assert "   hint: apt install --reinstall lua-lpeg\n" in out


def test_doctor_names_the_one_thing_that_is_left_to_do(published: Machine) -> None:
    """Without the hooks' package that is a refresh by hand; a module is followed to LuaRocks."""
    out = published.distrorocks("doctor", status=1).out
    assert [line.partition(":")[0] for line in out.splitlines()[::2]] == ["hooks"]
    published.distrorocks("doctor", "socket.core")
    published.distrorocks("config-snippet", "--remove")
    out = published.distrorocks("doctor", "socket.core", "--lua-version", "5.4", status=1).out
    assert "LuaRocks does not see /usr" in out.splitlines()[-2]


@pytest.mark.parametrize("name", sorted(SYSTEMS))
def test_an_rpm_system_is_held_to_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed file is named with its package and dnf; rpm knows whether the hooks are there."""
    system = SYSTEMS[name]
    with base("bookworm").clone() as clone:
        made = made_into(clone, system)
        made.rpm("--nodeps", "-i", *(str(built(package)) for package in system.packages))
        clone.distrorocks("refresh")
        clone.distrorocks("config-snippet", "--apply")
        report = json.loads(clone.distrorocks("verify", "--json").out)
        assert (report["findings"], report["rocks"] > 0) == ([], True)
        out = clone.distrorocks("doctor", status=1).out
        assert [line.partition(":")[0] for line in out.splitlines()[::2]] == ["hooks"]
        with monkeypatch.context() as patch:
            patch.setattr(rpm, "HOOKS_PACKAGE", system.packages[0].name)
            assert surroundings.hooked_families(str(clone.root), ("rpm",)) == ("rpm",)
        path = next(it for it in sorted(made.owned()) if it.endswith(".lua"))
        clone.write(path, "changed")
        report = json.loads(clone.distrorocks("verify", "--json", status=1).out)
        (hint,) = {it["hint"] for it in report["findings"] if it["kind"] == "modified"}
        assert hint.startswith("dnf reinstall ")
        assert any(path in line for line in made.faults())
