"""Another user's tree, and what is planted there, as root meets it on the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from distrorocks.install import install as _install  # noqa: F401 - before the user changes
from tests.system.trees.planting import (
    MALLORY,
    as_user,
    by_root,
    killed_in_the_middle,
    made,
    outside,
    plant_journal,
    watched,
)
from tests.system.trees.racing import scratch

pytestmark = by_root


@pytest.fixture
def above() -> Iterator[Path]:
    """A directory with a tree that another user has made, and with what is outside of it."""
    with scratch() as place:
        home = place / "home"
        home.mkdir()
        os.chown(home, MALLORY, MALLORY)
        victim = outside(place)
        as_user(MALLORY, lambda: plant(home, victim))
        yield place


def plant(home: Path, victim: Path) -> None:
    """Make a tree with a journal that acts outside of it."""
    plant_journal(made(home / "tree"), victim)


def distrorocks(*words: str) -> subprocess.CompletedProcess[str]:
    """Run distrorocks in a process of its own."""
    program = "import sys; from distrorocks.cli.main import main; sys.exit(main())"
    environment = {key: value for key, value in os.environ.items() if key != "SUDO_USER"}
    return subprocess.run(
        [sys.executable, "-c", program, *words],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )


@pytest.mark.parametrize(
    "words",
    [
        ["install", "--recover"],
        ["remove", "foo", "--yes", "--force"],
        ["make-manifest", "--local-tree"],
    ],
    ids=lambda words: " ".join(words),
)
def test_root_does_nothing_in_the_tree_of_another_user(above: Path, words: list[str]) -> None:
    """It names the command that does it with that user's rights, word for word."""
    tree = above / "home/tree"
    (tree / "lib/luarocks/rocks-5.4/manifest").write_text(
        'commands={}\nmodules={}\nrepository={["foo"]={["1.0-1"]={{arch="installed"}}}}\n'
    )
    before = watched(above)
    words = [*words, f"--tree={tree}", "--lua-version=5.4"]
    done = distrorocks(*words)
    assert done.returncode == 3
    assert f"user {MALLORY} can write {above}/home" in done.stderr
    assert f"--clear-groups -- distrorocks {' '.join(words)}\n" in done.stderr
    assert watched(above) == before


def test_a_user_recovers_their_own_tree(above: Path) -> None:
    """What root must not do, the owner does: a killed run is undone, a planted journal is not."""
    tree = above / "home/tree"
    before = watched(above / "outside")

    def recover() -> None:
        from distrorocks.cli.main import main

        words = ["install", "--recover", f"--tree={tree}", "--lua-version=5.4"]
        assert main(words) == 3
        journal = tree / "lib/luarocks/.distrorocks-deploy-5.4"
        journal.unlink()
        killed_in_the_middle(made(tree))
        assert journal.exists()
        assert main(words) == 0
        assert not journal.exists()

    as_user(MALLORY, recover)
    assert not (tree / "bin/new").exists()
    assert (tree / "share/lua/5.4/foo.lua").read_text() == "return 1"
    assert watched(above / "outside") == before
