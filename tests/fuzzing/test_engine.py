"""The fuzzer finds what is wrong, makes it small, and does the same again by its seed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from integration.fuzzing.coverage import Coverage
from integration.fuzzing.engine import Bounds, Outcome, fuzz
from integration.fuzzing.guard import fault_of, forget_peak
from integration.fuzzing.target import Check, Target, plain

READER = '''
"""A reader with a fault behind three steps, each of which is a branch."""

from distrorocks.errors import DistrorocksError


def read(data):
    """Fail where the words come in their order."""
    if b"MAGIC" not in data:
        raise DistrorocksError("it has no mark")
    rest = data.partition(b"MAGIC")[2]
    if rest.startswith(b"length"):
        if rest[6:7].isdigit():
            return b"no bytes"[int(rest[6:7]) + 4]
        else:
            return None
    return rest
'''


@pytest.fixture
def coverage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Coverage:
    """Return the coverage of a package of one module, which is not imported yet."""
    (tmp_path / "some_package").mkdir()
    (tmp_path / "some_package/__init__.py").write_text("")
    (tmp_path / "some_package/reader.py").write_text(READER)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    for name in ("some_package", "some_package.reader"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    found = Coverage("some_package")
    found.install()
    return found


def reader() -> Check:
    """Import the reader, which instruments it."""
    from some_package.reader import read  # type: ignore[import-not-found]

    check: Check = read
    return check


def found_by(coverage: Coverage, scratch: Path, *, seed: int, runs: int = 6000) -> Outcome:
    """Fuzz the reader from a seed that says nothing."""
    target = Target("reader", plain(reader()), lambda: (b"x" * 40,), most_bytes=200)
    return fuzz(target, scratch, coverage, seed, Bounds(runs))


def test_what_is_hidden_behind_branches_is_found(coverage: Coverage, tmp_path: Path) -> None:
    """The words that a module looks for are tried, what runs new code is built upon."""
    (fault,) = found_by(coverage, tmp_path, seed=1).faults
    key, told, data = fault
    assert key.startswith("IndexError in read"), told
    assert data[:-1] == b"MAGIClength", "the input could be smaller"
    assert data[-1:] in b"456789"


def test_a_seed_makes_the_same_inputs(coverage: Coverage, tmp_path: Path) -> None:
    """In the same order; another seed makes others."""
    one = found_by(coverage, tmp_path, seed=1, runs=300)
    coverage.seen = 0
    again = found_by(coverage, tmp_path, seed=1, runs=300)
    coverage.seen = 0
    other = found_by(coverage, tmp_path, seed=2, runs=300)
    assert (one.digest, one.kept) == (again.digest, again.kept)
    assert one.digest != other.digest


def test_an_instrumented_module_does_what_it_did(coverage: Coverage) -> None:
    """Its documentation and its answers are the same, and each branch is told once."""
    read = reader()
    assert read.__doc__ == "Fail where the words come in their order."
    coverage.clear()
    assert read(b"MAGIC!") == b"!"
    assert coverage.new_blocks() > 0
    assert read(b"MAGIC?") == b"?"
    assert coverage.new_blocks() == 0
    read(b"MAGIClengthx")
    assert coverage.new_blocks() > 0


def quadratic(data: bytes) -> object:
    """Take time that grows with the square of the input."""
    return sum(1 for _ in data for _ in data)


@pytest.mark.parametrize(
    ("check", "kind"),
    [
        (quadratic, "slow"),
        (lambda data: data * (1 << 14), "large"),
        (lambda _: sys.exit(3), "SystemExit"),
        (lambda _: [][0], "IndexError"),
    ],
)
def test_time_memory_and_what_leaves_a_reader_are_watched(check: Check, kind: str) -> None:
    """Of an input of some thousand bytes; a small one is no finding for its time or memory."""
    seconds = 0.05 if kind == "slow" else 5
    target = Target("any", plain(check), lambda: (), memory=32 << 20, seconds=seconds)
    forget_peak()
    fault = fault_of(target, check, b"x" * 4000)
    assert fault is not None
    assert fault.key.startswith(kind)
    if kind in ("slow", "large"):
        assert fault_of(target, check, b"x") is None


def test_the_command_stores_nothing_where_nothing_is_found(tmp_path: Path) -> None:
    """Two targets, the same inputs twice: the same line of each, and exit status 0."""
    told = []
    for _ in range(2):
        run = subprocess.run(
            [sys.executable, "-m", "integration.fuzzing", "constraint", "maintainer", "--runs=40"],
            env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": "/usr/bin:/bin"},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stdout + run.stderr
        told.append(sorted(line.split()[-1] for line in run.stdout.splitlines()[1:3]))
    assert told[0] == told[1]
    assert not list(tmp_path.rglob("*.input"))
