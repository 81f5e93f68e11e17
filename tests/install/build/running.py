"""A runner without a sandbox, and the folders of one build, for tests."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from distrorocks.install.build.build import build_rock, steps_of
from distrorocks.install.build.commands import Ran
from distrorocks.install.build.request import Places
from tests.install.build.requests import wanted


class PlainRunner:
    """Runs commands as they are, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, tuple[str, ...], dict[str, str]]] = []
        self.most_at_once = 0
        self.is_stopped = False
        self._now = 0
        self._lock = threading.Lock()

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: str,
        env: Mapping[str, str],
        writable: Sequence[str],
        log: str,
    ) -> Ran:
        """Run a command."""
        with self._lock:
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
            self.asked.append((argv[-1], cwd, tuple(writable), dict(env)))
        with open(log, "xb") as file:
            done = subprocess.run(
                argv, cwd=cwd, env=dict(env), stdout=file, stderr=subprocess.STDOUT, check=False
            )
        with self._lock:
            self._now -= 1
        return Ran(done.returncode, tuple(Path(log).read_text().splitlines()[-3:]))

    def stop(self) -> None:
        """Note that it was asked for."""
        self.is_stopped = True


def places_in(folder: Path, directory: str = "foo") -> Places:
    """Make the places of a build in a folder."""
    for name in (f"s/{directory}", "o", "r", "l"):
        (folder / name).mkdir(parents=True)
    return Places(f"{folder}/s", directory, f"{folder}/o", f"{folder}/r", f"{folder}/l")


def put(folder: Path, files: Mapping[str, str]) -> None:
    """Write files: ``name*`` is executable, ``name/`` a directory, ``-> target`` makes a link."""
    for name, text in files.items():
        path = folder / name.removesuffix("*")
        if name.endswith("/"):
            path.mkdir(parents=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if text.startswith("-> "):
            path.symlink_to(text[3:])
            continue
        path.write_text(text)
        path.chmod(0o775 if name.endswith("*") else 0o664)


def built(
    folder: Path, build: str, files: Mapping[str, str], runner: PlainRunner, **fields: Any
) -> dict[str, str]:
    """Build a rock of these sources; the rock is in the folder ``r``."""
    places = places_in(folder)
    put(folder / "s/foo", files)
    request = wanted(build, places=places, **fields)
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
    steps = steps_of(request)
    return build_rock(request, steps, runner, environment=environment, processors=2).files


def modes(folder: Path) -> dict[str, str]:
    """Return the files below a folder with their modes; links and others are told by kind."""
    return {
        str(path.relative_to(folder)): f"{path.lstat().st_mode & 0o7777:o}"
        for path in sorted(folder.rglob("*"))
        if not path.is_dir() or path.is_symlink()
    }
