"""Kills, signals and failing calls at every place of refresh, install and remove.

The file layer (``faults/layer.c``) numbers each call of a run that changes a file, also those of
the programs that it starts; a run is repeated with its fault at one of them. What must hold
afterwards is said in ``faults/refresh_cases.py`` and ``faults/rock_cases.py``.

By default some of the attacks are tried, with all kills at writes and renames;
DISTROROCKS_EVERY_FAULT=1 tries every one. Figures are printed (``-s``).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.faults import refresh_cases, rock_cases
from integration.faults.attack import Found
from integration.faults.pool import Pool, table
from integration.machines.scratch import live

REFRESHES = [each.name for each in refresh_cases.SCENARIOS]
INSTALLATIONS = [each.name for each in rock_cases.SCENARIOS]


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    """The workers."""
    pool = Pool(Path(tempfile.mkdtemp(prefix="faults-", dir=live())))
    yield pool
    pool.close()


def judge(found: list[Found]) -> None:
    """Print the figures; fail where anything was wrong."""
    assert found
    lines = table(found)
    print("", *(f"faults: {found[0].scenario}: {line}" for line in lines), sep="\n")
    assert not [each for each in found if each.problems], "\n".join(lines)


@pytest.mark.parametrize("scenario", REFRESHES)
def test_a_killed_refresh_leaves_nothing_that_the_next_does_not_mend(
    pool: Pool, scenario: str
) -> None:
    """kill -9 at every call and in every write: manifests whole, next run exact, no stray file."""
    judge(pool.try_all("refresh", scenario, "kills"))


@pytest.mark.parametrize("scenario", REFRESHES)
def test_a_killed_refresh_can_be_taken_back_at_once(pool: Pool, scenario: str) -> None:
    """After a kill at any call `refresh --remove` gives the root that never saw distrorocks."""
    judge(pool.try_all("refresh", scenario, "withdrawals"))


@pytest.mark.parametrize("family", ["interrupts", "late_signals"])
@pytest.mark.parametrize("scenario", REFRESHES)
def test_a_signal_leaves_a_refresh_undone_or_done(pool: Pool, scenario: str, family: str) -> None:
    """SIGINT, SIGTERM, SIGHUP at calls and at random moments: as before, no lock, 130, 143, 129."""
    judge(pool.try_all("refresh", scenario, family))


@pytest.mark.parametrize("scenario", REFRESHES)
def test_a_call_that_fails_undoes_the_refresh(pool: Pool, scenario: str) -> None:
    """ENOSPC, EIO, EROFS or EACCES once, at any call: all is as before, or done, and told so."""
    judge(pool.try_all("refresh", scenario, "errors"))


@pytest.mark.parametrize("scenario", REFRESHES)
def test_a_disk_that_stays_full_is_told_truly(pool: Pool, scenario: str) -> None:
    """Where the undo has no room either, nothing is called untouched; the next run mends all."""
    judge(pool.try_all("refresh", scenario, "full_disk"))


@pytest.mark.parametrize("scenario", INSTALLATIONS)
def test_a_killed_installation_is_completed_or_undone(pool: Pool, scenario: str) -> None:
    """kill -9 at calls of distrorocks: --recover gives the old tree or the new one."""
    judge(pool.try_all("rocks", scenario, "kills"))


@pytest.mark.parametrize("family", ["interrupts", "late_signals"])
@pytest.mark.parametrize("scenario", INSTALLATIONS)
def test_a_signal_leaves_a_tree_as_it_was(pool: Pool, scenario: str, family: str) -> None:
    """The tree is as before or done, without lock, child or temporary file; 130, 143 or 129."""
    judge(pool.try_all("rocks", scenario, family))


@pytest.mark.parametrize("scenario", INSTALLATIONS)
def test_a_call_that_fails_undoes_the_installation(pool: Pool, scenario: str) -> None:
    """Any call of distrorocks that fails: the tree is as before, or truly done."""
    judge(pool.try_all("rocks", scenario, "errors"))


@pytest.mark.parametrize("scenario", INSTALLATIONS)
def test_a_tree_on_a_disk_that_stays_full_is_told_truly(pool: Pool, scenario: str) -> None:
    """Nothing is called as it was that is not; with room again --recover gives the tree."""
    judge(pool.try_all("rocks", scenario, "full_disk"))
