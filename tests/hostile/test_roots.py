"""A root from elsewhere: nothing in it makes a run act outside, crash, or believe others."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import random
from collections.abc import Callable
from hashlib import md5
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.publish.refresh import refresh
from distrorocks.publish.withdraw import withdraw
from distrorocks.system.trees.cache_file import PATH as CACHE
from distrorocks.system.trees.ledger_file import COPY, PATH as LEDGER
from distrorocks.world.survey import System
from tests.builders import Machine, debian

STATE = "var/lib/distrorocks"
KEPT = "var/cache/distrorocks"
SOMEBODY = 54321


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a Debian system with something beside it."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/mine").write_text("mine")
    (tmp_path / "root").mkdir()
    return debian(tmp_path / "root")


def outside(machine: Machine) -> dict[str, tuple[int, int, int, str]]:
    """Return all that tells whether anything beside the root was touched."""
    place = machine.root.parent / "outside"
    return {
        str(path): (status.st_mode, status.st_mtime_ns, status.st_ino, path.read_text())
        if path.is_file()
        else (status.st_mode, status.st_mtime_ns, status.st_ino, "")
        for path in [place, *sorted(place.rglob("*"))]
        for status in [path.lstat()]
    }


def run(machine: Machine, *, is_incremental: bool = True) -> None:
    """Refresh as the hook does."""
    refresh(System(root=str(machine.root)), is_incremental=is_incremental)


def replaced(machine: Machine, path: str, target: str) -> None:
    """Put a link where a path of the root is, or will be."""
    place = machine.root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        place.rename(place.with_name(f"{place.name}.moved"))
    place.symlink_to(target)


WAYS = [
    *(STATE, KEPT, "var/cache", f"{STATE}/ledger.json", f"{STATE}/ledger.copy.json"),
    *(f"{KEPT}/refresh.cache", f"{KEPT}/hook.stamp"),
    *("usr/lib/luarocks", "usr/lib/luarocks/rocks-5.3"),
    *("etc/distrorocks", "etc/distrorocks/names.toml"),
]


@pytest.mark.parametrize("form", ["absolute", "climbing", "host"])
@pytest.mark.parametrize("path", WAYS)
@pytest.mark.parametrize("is_first", [True, False])
def test_a_link_in_a_root_leads_nowhere_outside(
    machine: Machine, path: str, form: str, is_first: bool
) -> None:
    """Directories and files of state, cache, trees and settings as links out of the root."""
    if not is_first:
        run(machine)
    place = machine.root.parent / "outside"
    name = Path(path).name
    target = {
        "absolute": "/outside",
        "climbing": f"{'../' * path.count('/')}../outside",
        "host": str(place),
    }[form]
    if "." in name:
        target += "/mine"
    replaced(machine, path, target)
    before = outside(machine)
    faults = []
    for action in (lambda: run(machine), lambda: withdraw(System(root=str(machine.root)))):
        try:
            action()
        except DistrorocksError as error:
            faults.append(str(error))
    assert all(str(machine.root) in fault for fault in faults)
    assert outside(machine) == before


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o777])
def test_the_umask_of_whoever_runs_it_closes_and_opens_nothing(
    machine: Machine, umask: int
) -> None:
    """All users can read the trees, the ledger and the cache; only root can write them."""
    before = os.umask(umask)
    try:
        run(machine)
    finally:
        os.umask(before)
    made = [machine.root / STATE, machine.root / KEPT, machine.root / "usr/lib/luarocks"]
    for path in [each for top in made for each in [top, *top.rglob("*")]]:
        assert path.stat().st_mode & 0o7777 == (0o755 if path.is_dir() else 0o644), path


def everything(machine: Machine) -> dict[str, bytes]:
    """Return the whole of a root."""
    return machine.files()


def test_a_disk_that_is_full_from_the_copy_of_the_ledger_on_changes_nothing(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a new ledger without its files stays, nor a directory for it."""
    before = everything(machine)
    real = os.write
    written: list[int] = []

    def full(file: int, content: bytes) -> int:
        written.append(file)
        if len(written) > 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(file, content)

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(DistrorocksError, match="No space left"):
        run(machine)
    monkeypatch.undo()
    assert len(written) == 2
    assert everything(machine) == before
    assert not (machine.root / STATE).exists()


@pytest.mark.parametrize(
    "name", [".distrorocks-²-x", ".distrorocks-٣-x", ".distrorocks-" + "9" * 99]
)
def test_a_name_that_looks_like_ours_is_no_fault(machine: Machine, name: str) -> None:
    """Digits of other scripts are no process number."""
    for place in ("usr/lib/luarocks/rocks-5.3", STATE, KEPT):
        (machine.root / place).mkdir(parents=True)
        (machine.root / place / name).write_text("")
    run(machine)
    assert (machine.root / "usr/lib/luarocks/rocks-5.3/manifest").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("place", [f"{STATE}/ledger.json", STATE, "etc/distrorocks/names.toml"])
def test_what_another_user_can_write_stops_the_run(machine: Machine, place: str) -> None:
    """A ledger decides what is removed, names decide what is published."""
    (machine.root / "etc/distrorocks").mkdir(parents=True)
    (machine.root / "etc/distrorocks/names.toml").write_text("")
    run(machine, is_incremental=False)
    (machine.root / COPY.lstrip("/")).unlink()
    before = everything(machine)
    os.chown(machine.root / place, SOMEBODY, 0)
    with pytest.raises(DistrorocksError, match=r"is not trusted: user 54321 can write it"):
        run(machine, is_incremental=False)
    assert everything(machine) == before


def test_what_was_written_can_be_taken_back_whatever_the_names_say(machine: Machine) -> None:
    """A package that is removed takes its rocks along, with a names file that is no TOML."""
    before = everything(machine)
    run(machine)
    (machine.root / "etc/distrorocks").mkdir(parents=True)
    (machine.root / "etc/distrorocks/names.toml").write_text("[")
    withdraw(System(root=str(machine.root)))
    assert everything(machine) == {**before, "/etc/distrorocks/names.toml": b"["}


@pytest.mark.parametrize(
    "path", ["/etc/shadow", "/usr/share/lua/5.3/re.lua", "/usr/lib/luarocks/rocks-5.3/../../x"]
)
def test_nothing_but_rock_metadata_is_taken_back(machine: Machine, path: str) -> None:
    """A ledger that names another file is no ledger, and nothing is removed."""
    run(machine)
    (machine.root / "etc/shadow").write_text("root:*:")
    for place in (LEDGER, COPY):
        file = machine.root / place.lstrip("/")
        ledger = json.loads(file.read_text())
        ledger["files"][path] = "0"
        file.write_text(json.dumps(ledger))
    before = everything(machine)
    with pytest.raises(DistrorocksError, match="ledger"):
        withdraw(System(root=str(machine.root)))
    assert everything(machine) == before


def mutants(content: bytes, seed: int, count: int) -> list[bytes]:
    """Return damaged copies of a file: bits, cuts, repeats, numbers, nesting."""
    chance = random.Random(seed)  # noqa: S311 - any damage will do
    ways: list[Callable[[bytes, int], bytes]] = [
        lambda text, at: (
            text[:at] + bytes([text[at] ^ (1 << chance.randrange(8))]) + text[at + 1 :]
        ),
        lambda text, at: text[:at],
        lambda text, at: text[:at] + text[at : at + 40] * 30 + text[at:],
        lambda text, at: text[:at] + b"[" * 50_000 + text[at:],
        lambda text, at: text[:at] + b"9" * 5_000 + text[at:],
        lambda text, at: text[:at] + os.urandom(20) + text[at + 20 :],
    ]
    return [chance.choice(ways)(content, chance.randrange(len(content))) for _ in range(count)]


def checked(text: bytes) -> bytes:
    """Return a cache with the checksum that its text should have."""
    body = text.partition(b"\n")[2]
    return md5(body, usedforsecurity=False).hexdigest().encode() + b"\n" + body


@pytest.mark.parametrize("seed", range(4))
def test_no_cache_can_make_a_run_fail(machine: Machine, seed: int) -> None:
    """Damaged by chance it costs time only; forged with its checksum it is no fault either."""
    run(machine)
    trees = machine.root / "usr/lib/luarocks"
    wanted = {path: path.read_bytes() for path in trees.rglob("*") if path.is_file()}
    cache = machine.root / CACHE.lstrip("/")
    whole = cache.read_bytes()
    for damaged in mutants(whole, seed, 25):
        cache.parent.mkdir(exist_ok=True)
        cache.write_bytes(checked(damaged) if seed % 2 else damaged)
        with contextlib.suppress(*([DistrorocksError] if seed % 2 else [])):
            run(machine)
        assert seed % 2 or all(path.is_file() for path in wanted)
    cache.parent.mkdir(exist_ok=True)
    cache.write_bytes(whole[:-1])
    run(machine)
    assert {path: path.read_bytes() for path in trees.rglob("*") if path.is_file()} == wanted


def test_no_cache_can_name_another_file(machine: Machine) -> None:
    """Answers say what rocks' metadata is, and not where it is written."""
    run(machine)
    cache = machine.root / CACHE.lstrip("/")
    text = cache.read_bytes()
    forged = text.replace(b'"rock_manifest":', b'"../../../../../../etc/cron.d/x":')
    assert forged != text
    cache.write_bytes(checked(forged))
    run(machine)
    assert not (machine.root / "etc/cron.d").exists()
