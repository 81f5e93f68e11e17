"""A corpus: a folder of LuaRocks files with what LuaRocks said of each."""

from __future__ import annotations

import csv
import json
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

EXCEPTIONS = Path(__file__).with_name("exceptions.toml")


class CorpusError(Exception):
    """A path that holds no corpus."""


class Corpus:
    """The folder ``root``, which has ``oracle/``; and ``trees``, a folder of trees, if any."""

    def __init__(self, root: Path, trees: Path | None) -> None:
        self.root = root
        self.trees = trees

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """Yield the rows of an oracle file."""
        with (self.root / "oracle" / name).open(encoding="utf-8") as lines:
            for line in lines:
                row: dict[str, Any] = json.loads(line)
                yield row

    @cached_property
    def index(self) -> dict[str, dict[str, str]]:
        """The rows of ``index.csv`` by file; none where there is no such file."""
        if not (self.root / "index.csv").is_file():
            return {}
        with (self.root / "index.csv").open(encoding="utf-8", newline="") as lines:
            return {row["file"]: row for row in csv.DictReader(lines)}

    @cached_property
    def exceptions(self) -> dict[str, str]:
        """The cases that are not compared: a file, or ``file question``, and the reason."""
        listed = tomllib.loads(EXCEPTIONS.read_text(encoding="utf-8"))
        return {case: str(reason) for case, reason in listed.items()}


@contextmanager
def opened(path: Path, trees: Path | None = None) -> Iterator[Corpus]:
    """Give the corpus at ``path``, a folder or a tar archive that is unpacked for as long.

    Without ``trees`` they are looked for beside the corpus, under its name with ``trees`` for
    ``corpus``. Raises ``CorpusError`` where there is no ``oracle`` folder.
    """
    with ExitStack() as stack:
        root = _folder(path, stack, "oracle")
        trees = trees or _beside(path)
        yield Corpus(root, _folder(trees, stack, "") if trees else None)


def _beside(path: Path) -> Path | None:
    path = path.resolve()
    if "corpus" not in path.name:
        return None
    base = path.name.replace("corpus", "trees")
    candidates = (base, base.removesuffix(".tar.xz"), f"{base}.tar.xz")
    return next(
        (path.with_name(name) for name in candidates if path.with_name(name).exists()), None
    )


def _folder(path: Path, stack: ExitStack, marker: str) -> Path:
    """Return the folder that ``path`` is or unpacks to, the one that has ``marker`` in it."""
    if not path.exists():
        raise CorpusError(f"{path} does not exist")
    if path.is_file():
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="conformance-")))
        unpacking = subprocess.run(["tar", "-xf", path.resolve(), "-C", scratch], check=False)
        if unpacking.returncode:
            raise CorpusError(f"{path} is no folder and no tar archive")
        inner = list(scratch.iterdir())
        path = inner[0] if len(inner) == 1 and inner[0].is_dir() else scratch
    if not path.is_dir() or (marker and not (path / marker).is_dir()):
        raise CorpusError(f"{path} has no folder '{marker}'")
    return path
