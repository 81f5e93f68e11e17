"""Whatever changes in a folder, a run that goes on writes what a run from nothing writes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from distrorocks.serve.folder import observe
from distrorocks.serve.folder.publish import publish
from distrorocks.system.files.cache import TICK
from tests.serve.folder.folders import rock, rockspec
from tests.serve.folder.test_publish import texts

STEPS = 15
NAMES = ("a", "b", "c-d")
VERSIONS = ("1.0-1", "2.0-1", "10.0-1")
NEEDS = ("", '"lua ~> 5.1"', '"lua >= 5.3"', '"lua >= 9"')


def change(folder: Path, chosen: Random) -> None:
    """Add, replace, break or remove a file."""
    name, version = chosen.choice(NAMES), chosen.choice(VERSIONS)
    there = [path for path in folder.iterdir() if path.suffix in (".rock", ".rockspec")]

    def add() -> object:
        summary = f"summary='number {chosen.randrange(100)}'"
        return rockspec(folder, name, chosen.choice(NEEDS), version=version, described=summary)

    def pack() -> object:
        arch = chosen.choice(("src", "all"))
        return rock(folder, name, chosen.choice(NEEDS), version=version, arch=arch)

    def damage() -> object:
        return chosen.choice(there).write_bytes(b"broken") if there else None

    def remove() -> None:
        for path in chosen.sample(there, min(1, len(there))):
            path.unlink()

    def take_page() -> None:
        (folder / "index.html").unlink(missing_ok=True)

    steps: tuple[Callable[[], object], ...] = (add, add, pack, damage, remove, take_page)
    chosen.choice(steps)()


PAST, NOW = -3600 * TICK, TICK


@pytest.mark.parametrize("ticks", [(PAST,), (NOW,), (PAST, NOW)])
@pytest.mark.parametrize("seed", range(3))
def test_going_on_is_like_starting_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, ticks: tuple[int, ...]
) -> None:
    """After each of many changes, with files whose times count and with those whose do not."""
    chosen = Random(seed)  # noqa: S311 - no secret
    folder = tmp_path / "server"
    folder.mkdir()
    for step in range(STEPS):
        monkeypatch.setattr(observe, "TICK", chosen.choice(ticks))
        for _ in range(chosen.randrange(1, 4)):
            change(folder, chosen)
        made = publish(str(folder))
        anew = tmp_path / f"anew{step}"
        anew.mkdir()
        for path in folder.glob("*.rock*"):
            shutil.copy(path, anew)
        other = publish(str(anew))
        assert texts(folder) == texts(anew)
        assert (made.unlisted, made.rocks) == (other.unlisted, other.rocks)
