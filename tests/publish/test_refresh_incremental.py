"""A hook's refresh looks only at what changed, and ends where a whole refresh would."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from distrorocks.families.deb import database as dpkg_database, file_lists as dpkg_lists
from distrorocks.publish.refresh import Outcome, refresh
from distrorocks.system.trees import present
from distrorocks.system.trees.cache_file import DIRECTORY, PATH
from distrorocks.trees.change import Keep
from distrorocks.world import rock_metadata
from distrorocks.world.survey import System
from tests.builders import Machine, debian

COUNT = 20


def name(number: int) -> str:
    """Return the name of one of many packages."""
    return f"lua-thing{number}"


def files(number: int, word: str = "") -> dict[str, str]:
    """Return the modules of one of them; each third one links into the package before it."""
    module = f"/usr/share/lua/5.3/thing{number}.lua"
    content = f"return {number} --{word}"
    if number % 3 == 2:
        return {module: content, f"/usr/share/lua/5.4/thing{number}.lua": f"-> {before(number)}"}
    return {module: content}


def before(number: int) -> str:
    """Return the path of the module of the package before."""
    return f"/usr/share/lua/5.3/thing{number - 1}.lua"


def install(machine: Machine, number: int, release: int = 1) -> None:
    """Install or upgrade one of them; it depends on one with half its number."""
    machine.install(
        name(number),
        files(number, "x" * release),
        version=f"{release}.0-1",
        fields=f"Depends: {name(number // 2)} (>= {release}.0)\n",
    )


def remove(machine: Machine, number: int) -> None:
    """Remove one of them."""
    machine.remove(name(number), files(number))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a Debian system with many packages of Lua modules."""
    machine = debian(tmp_path)
    for number in range(COUNT):
        install(machine, number)
    return machine


def run(machine: Machine, *, is_incremental: bool = True, dry_run: bool = False) -> Outcome:
    """Refresh, trusting the naming rule."""
    system = System(root=str(machine.root), guess=True)
    return refresh(system, is_incremental=is_incremental, dry_run=dry_run)


def pending(machine: Machine) -> list[str]:
    """Return what a whole refresh would still change."""
    outcome = run(machine, is_incremental=False, dry_run=True)
    return [change.path for change in outcome.changes if not isinstance(change, Keep)]


def age(machine: Machine) -> None:
    """Let what stands in the trees have stood there for a while."""
    for path in (machine.root / "usr/lib/luarocks").rglob("*"):
        os.utime(path, (1_600_000_000, 1_600_000_000))


@pytest.mark.parametrize("seed", range(8))
def test_after_any_transactions_nothing_is_left_to_do(machine: Machine, seed: int) -> None:
    """Installs, upgrades, removals, links into other packages and new copyright files."""
    chance = random.Random(seed)  # noqa: S311 - any order will do
    there = dict.fromkeys(range(COUNT), 1)
    run(machine)
    for _ in range(8):
        for number in chance.sample(range(COUNT), 3):
            if number in there and chance.random() < 0.5:
                remove(machine, number)
                del there[number]
                continue
            if number in there:
                remove(machine, number)
            there[number] = there.get(number, 0) + 1
            install(machine, number, there[number])
        if chance.random() < 0.3:
            (machine.root / "etc/os-release").write_text(f"ID=debian\nVERSION_ID={chance.random()}")
        run(machine)
        assert pending(machine) == []


def test_only_what_changed_is_looked_at(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """One upgraded package of many: its list, its rock, and the rocks that name it are made."""
    monkeypatch.setattr(present, "is_settled", lambda _: True)
    run(machine)
    run(machine)  # knows the files that the first one wrote
    calls: list[str] = []

    def counted(module: object, function: str) -> None:
        real = getattr(module, function)

        def wrapped(*words: object, **named: object) -> object:
            calls.append(function)
            return real(*words, **named)

        monkeypatch.setattr(module, function, wrapped)

    for module, function in (
        (dpkg_lists, "_lua_list"),
        (dpkg_database, "_owner"),
        (rock_metadata, "rock_files"),
        (present, "_digest"),
    ):
        counted(module, function)
    run(machine)
    alone = calls.count("_owner")  # packages whose files lead into others are looked up each time
    assert alone < COUNT / 2
    assert set(calls) <= {"_owner"}
    calls.clear()
    remove(machine, 3)
    install(machine, 3, 2)
    run(machine)
    assert calls.count("_lua_list") == 1
    assert calls.count("_owner") == alone + 1
    assert calls.count("rock_files") <= 3  # itself, and those that depend on it
    assert calls.count("_digest") <= 8
    assert pending(machine) == []


def test_damage_to_what_is_ours_is_seen_without_a_change_of_packages(machine: Machine) -> None:
    """Our own files are compared by what the file system says of them."""
    run(machine)
    run(machine)
    age(machine)
    run(machine)
    victim = next((machine.root / "usr/lib/luarocks").rglob("rock_manifest"))
    victim.write_text("rock_manifest = {")
    run(machine)
    assert pending(machine) == []


def test_a_memory_of_other_days_only_costs_time(machine: Machine) -> None:
    """A copy of an older memory leads to nothing wrong."""
    run(machine)
    path = machine.root / PATH.lstrip("/")
    old = path.read_bytes()
    remove(machine, 4)
    install(machine, 4, 2)
    remove(machine, 5)
    run(machine)
    path.write_bytes(old)
    run(machine)
    assert pending(machine) == []


def test_a_refresh_by_hand_keeps_no_memory(machine: Machine) -> None:
    """It looks at everything, and leaves nothing that only a hook needs."""
    run(machine, is_incremental=False)
    assert not (machine.root / "var/cache").exists()


@pytest.mark.parametrize("is_removed", [False, True])
def test_no_hook_brings_back_what_a_refresh_by_hand_has_put_right(
    machine: Machine, *, is_removed: bool
) -> None:
    """A module was edited or deleted, which dpkg's database does not show."""
    run(machine)
    module = machine.root / next(iter(files(3))).lstrip("/")
    module.unlink() if is_removed else module.write_text("return 'edited'")
    assert pending(machine)
    run(machine, is_incremental=False)
    install(machine, 7, 2)
    run(machine)
    assert pending(machine) == []


def test_a_link_that_leads_elsewhere_than_before_is_followed_again(machine: Machine) -> None:
    """As update-alternatives changes one that a package's module leads over."""
    module, choice = "/usr/share/lua/5.3/chosen.lua", machine.root / "etc/alternatives/chosen"
    machine.install(
        "lua-chosen", {module: "-> /etc/alternatives/chosen", "/usr/lib/one/it.lua": "return 1"}
    )
    choice.parent.mkdir(parents=True)
    choice.symlink_to("/usr/lib/one/it.lua")
    run(machine)
    run(machine)
    machine.install("another", {"/usr/lib/two/it.lua": "return 2"})
    choice.unlink()
    choice.symlink_to("/usr/lib/two/it.lua")
    run(machine)
    assert pending(machine) == []


@pytest.mark.parametrize("seed", range(6))
def test_pieces_of_any_runs_lead_to_nothing_wrong(
    machine: Machine, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some of an earlier run, in each other's place, cut short, or gone; and work by hand."""
    monkeypatch.setattr("distrorocks.system.files.cache._ROWS_OF_PIECE", 8)
    chance = random.Random(seed)  # noqa: S311 - any order will do
    place = machine.root / DIRECTORY.lstrip("/")
    earlier: list[dict[str, bytes]] = []
    run(machine)
    for release in range(2, 9):
        for number in chance.sample(range(COUNT), 2):
            remove(machine, number)
            install(machine, number, release)
        if chance.random() < 0.4:
            module = machine.root / next(iter(files(chance.randrange(COUNT)))).lstrip("/")
            module.write_text(f"return {chance.random()}")
            run(machine, is_incremental=False)
            earlier.clear()
        pieces = {it.name: it.read_bytes() for it in place.glob("refresh.cache*")}
        earlier.append(pieces)
        for name in chance.sample(sorted(pieces), len(pieces) // 2):
            old = chance.choice(earlier)
            content = chance.choice((old.get(name), *old.values(), pieces[name][:-9], None))
            (place / name).unlink() if content is None else (place / name).write_bytes(content)
        run(machine)
        assert pending(machine) == []
    assert len(list(place.glob("refresh.cache*"))) > 2


def test_a_refresh_by_hand_that_changes_nothing_has_looked_all_the_same(machine: Machine) -> None:
    """A deleted module of a package that another hides shows only when that one is gone."""
    names = machine.root / "etc/distrorocks/names.toml"
    names.parent.mkdir(parents=True)
    names.write_text("".join(f'[{name(it)}]\nrock = "same"\nversion = "1.0-1"\n' for it in (0, 1)))
    machine.install(name(1), {**files(1), "/usr/share/lua/5.3/more.lua": "return 1"})
    run(machine)
    (machine.root / "usr/share/lua/5.3/more.lua").unlink()
    run(machine, is_incremental=False)
    remove(machine, 0)
    run(machine)
    assert pending(machine) == []
