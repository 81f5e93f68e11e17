"""What a run keeps about a folder for the next one: used only where it is certainly true."""

from __future__ import annotations

import ast
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from distrorocks.serve.folder import kept, observe
from distrorocks.serve.folder.kept import (
    NOTHING,
    Kept,
    Outcome,
    basis_of,
    kept_path,
    read_kept,
    write_kept,
)
from distrorocks.serve.folder.observe import FolderEntry
from distrorocks.serve.folder.served import Facts, Reading, Unlisted
from distrorocks.system.files.cache import TICK
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.system.files.shipped_files import PACKAGE
from tests.serve.folder.folders import rockspec

FOLDER = "/srv/ro\udcffcks"
ENTRIES = [
    FolderEntry(f"{name}-1-1.rockspec", f"1 2 3 {number}", False)
    for number, name in enumerate(("a", "b", "c"))
]
OUTCOME = Outcome(b"basis", {"manifest": (1, 2, 3, 4)}, (Unlisted("x\udcff", "why"),), 3)
READ = {
    "a-1-1.rockspec": Reading("aa", 1, Facts(("5.1", "5.4"), "s\ud7ff", "l", "h"), ""),
    "b-1-1.rockspec": Reading("", 0, Facts(()), "not listed: bad"),
    "c-1-1.rockspec": Reading("cc", 2, Facts(), "no interpreter", is_final=False),
}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep everything in a directory of the test."""
    place = tmp_path / "cache"
    monkeypatch.setattr(kept, "own_cache_directory", lambda name: f"{place}/{name}")
    return place / "server-folders"


def test_it_comes_back_as_it_was() -> None:
    """The outcome, and each reading that is final."""
    write_kept(FOLDER, OUTCOME, ENTRIES, READ)
    found = read_kept(FOLDER)
    assert found.outcome == OUTCOME
    known = found.readings(ENTRIES)
    assert known.readings == {name: READ[name] for name in list(READ)[:2]}
    assert known.changed == {"c-1-1.rockspec"}


def test_an_entry_that_has_changed_is_not_known() -> None:
    """By its signature, by having none, or by being gone; each is named."""
    write_kept(FOLDER, OUTCOME, ENTRIES, READ)
    changed = [ENTRIES[0]._replace(signature="9 2 3 0"), ENTRIES[2]]
    assert read_kept(FOLDER).readings(changed) == ({}, set(READ))
    unsettled = [ENTRIES[0]._replace(signature=""), ENTRIES[1]]
    known = read_kept(FOLDER).readings(unsettled)
    assert set(known.readings) == {"b-1-1.rockspec"}
    assert known.changed == {"a-1-1.rockspec", "c-1-1.rockspec"}


def test_nothing_is_kept_of_an_entry_without_a_signature() -> None:
    """Its next change might not show; but that it was there is known."""
    write_kept(FOLDER, OUTCOME, [ENTRIES[0]._replace(signature="")], READ)
    assert read_kept(FOLDER).readings(ENTRIES) == ({}, {"a-1-1.rockspec"})
    assert read_kept(FOLDER).readings([]) == ({}, {"a-1-1.rockspec"})


@pytest.mark.parametrize("at", [0, 10, 40, 100, 300, -1])
def test_a_damaged_file_is_not_used(at: int) -> None:
    """Every byte is under a checksum: of what steers, or of the readings."""
    write_kept(FOLDER, OUTCOME, ENTRIES, READ)
    path = Path(kept_path(FOLDER))
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)
    assert read_kept(FOLDER).readings(ENTRIES) == ({}, set())


@pytest.mark.parametrize("why", ["tab\there", "nul\0here"])
def test_a_reason_that_could_be_taken_for_fields_is_not_kept(why: str) -> None:
    """Such a file is read again."""
    read = {**READ, "b-1-1.rockspec": Reading("", 0, Facts(()), why)}
    write_kept(FOLDER, OUTCOME, ENTRIES, read)
    assert set(read_kept(FOLDER).readings(ENTRIES).readings) == {"a-1-1.rockspec"}
    unlisted = (Unlisted("b", why),)
    write_kept(FOLDER, OUTCOME._replace(unlisted=unlisted), ENTRIES, READ)
    assert read_kept(FOLDER).outcome.unlisted in (OUTCOME.unlisted, unlisted)


@pytest.mark.parametrize("content", [b"", b"\n", b"\n\n", b"{}\n{}\n{}", b"[" * 100_000])
def test_another_file_in_its_place_is_not_used(content: bytes) -> None:
    """Nor does it stop a run."""
    write_kept(FOLDER, OUTCOME, ENTRIES, READ)
    Path(kept_path(FOLDER)).write_bytes(content)
    assert read_kept(FOLDER) == NOTHING


def test_what_was_kept_without_pyelftools_is_not_used_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What binary rocks need could not be read before it was installed."""
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    write_kept(FOLDER, OUTCOME, ENTRIES, READ)
    assert read_kept(FOLDER).outcome == OUTCOME
    (tmp_path / "elftools").mkdir()
    assert read_kept(FOLDER) == NOTHING


def test_what_other_code_has_kept_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rules may have been others."""
    write_kept(FOLDER, OUTCOME, ENTRIES, READ)
    monkeypatch.setattr(kept, "__version__", "other")
    assert read_kept(FOLDER) == NOTHING


def imported(path: Path) -> Iterator[Path]:
    """Yield the files of the package that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{each.name}" for each in node.names)]
            files = [Path(PACKAGE, "..", f"{name.replace('.', '/')}.py") for name in names]
            yield from (each.resolve() for each in files if each.is_file())


def test_all_code_that_reads_an_entry_counts() -> None:
    """What is kept is read again when any file that the reader imports changes, but for plain
    helpers, whose change changes no content."""
    helpers = ("errors.py", "exit_status.py", "patterns.py", "progress.py", "values.py")
    waiting, found = [Path(PACKAGE, "serve/folder/read.py").resolve()], set()
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += imported(path)
    names = {str(each.relative_to(Path(PACKAGE).resolve())) for each in found}
    assert len(names) > 30
    assert {it for it in names if not it.startswith((*kept.CODE, *helpers))} == {
        "resolve/candidate.py",
        *(it for it in names if it.startswith("system/processes/")),
    }


def test_each_folder_has_its_own(cache: Path) -> None:
    """A file that is moved to the name of another is not used there."""
    write_kept(FOLDER, OUTCOME, ENTRIES, READ)
    assert read_kept("/srv/other") == NOTHING
    (only,) = cache.iterdir()
    only.rename(kept_path("/srv/other"))
    assert read_kept("/srv/other") == NOTHING


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("mode", ["owner", "everybody", "directory"])
def test_what_others_can_write_is_not_used(cache: Path, mode: str) -> None:
    """Neither the file nor the directory may be theirs."""
    write_kept(FOLDER, OUTCOME, ENTRIES, READ)
    path = Path(kept_path(FOLDER))
    if mode == "owner":
        os.chown(path, 65534, 65534)
    elif mode == "everybody":
        path.chmod(0o666)
    else:
        cache.chmod(0o777)
    assert read_kept(FOLDER) == NOTHING


def test_it_is_readable_by_its_user_alone(cache: Path) -> None:
    """A folder may be private, and its names are in it."""
    write_kept(FOLDER, OUTCOME, ENTRIES, READ)
    assert cache.stat().st_mode & 0o777 == 0o700
    assert Path(kept_path(FOLDER)).stat().st_mode & 0o777 == 0o600


def test_without_a_place_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user without a home directory has no cache."""
    monkeypatch.setattr(kept, "own_cache_directory", lambda _: "")
    write_kept(FOLDER, OUTCOME, ENTRIES, READ)
    assert read_kept(FOLDER) == NOTHING


def test_a_place_that_cannot_be_written_costs_time_only(cache: Path) -> None:
    """A file is in the way of the directory."""
    cache.parent.mkdir()
    cache.write_text("")
    write_kept(FOLDER, OUTCOME, ENTRIES, READ)
    assert read_kept(FOLDER) == NOTHING


def test_the_folders_published_least_recently_are_forgotten(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the cache does not grow with each scratch folder."""
    monkeypatch.setattr(kept, "MOST_FOLDERS", 2)
    for number in range(4):
        write_kept(f"/srv/{number}", OUTCOME, ENTRIES, READ)
        os.utime(kept_path(f"/srv/{number}"), (number, number))
    write_kept("/srv/4", OUTCOME, ENTRIES, READ)
    assert len(list(cache.iterdir())) == 2
    assert read_kept("/srv/3").outcome == OUTCOME
    assert read_kept("/srv/2") == NOTHING


def test_the_basis_differs_for_what_differs() -> None:
    """Options, names and signatures; an entry without a signature has no basis."""
    found = {
        basis_of("", ENTRIES),
        basis_of("u", ENTRIES),
        basis_of("", ENTRIES[:2]),
        basis_of("", [ENTRIES[0]._replace(name="z"), *ENTRIES[1:]]),
        basis_of("", [ENTRIES[0]._replace(signature="1 2 3 9"), *ENTRIES[1:]]),
    }
    assert len(found) == 5
    assert basis_of("", [*ENTRIES, FolderEntry("d", "", False)]) == b""


def test_broken_readings_are_none() -> None:
    """Text of another shape costs a new reading, not the run."""
    key = b"a-1-1.rockspec/1 2 3 0"
    for body in (b"", b"5", b"aa\t1\t5.1\ts\tl\th\tn", b"aa\tx\t5.1\ts\tl\th\tn\t", b"a\0b"):
        assert Kept(OUTCOME, key, body).readings(ENTRIES).readings == {}
    whole = b"aa\t1\t5.1\ts\tl\th\tn\t"
    assert set(Kept(OUTCOME, key, whole).readings(ENTRIES).readings) == {"a-1-1.rockspec"}


def test_a_signature_is_given_a_tick_after_the_last_change(tmp_path: Path) -> None:
    """Until then two changes may have the same time."""
    path = rockspec(tmp_path, "foo")
    with NamedFolder(str(tmp_path)) as folder:
        (entry,) = observe.list_folder(folder)
        assert entry.signature == ""
        while time.time_ns() - path.stat().st_ctime_ns <= 2 * TICK:
            time.sleep(0.05)
        (entry,) = observe.list_folder(folder)
    assert entry.signature.split()[2] == str(path.stat().st_size)
