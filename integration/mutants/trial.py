"""A copy of the checkout in which mutants meet their tests."""

from __future__ import annotations

import compileall
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from importlib.util import cache_from_source
from pathlib import Path
from xml.etree import ElementTree

from integration.mutants.mutation import Mutant

_LEFT_OUT = ("build", "dist")
_PYTEST = ("-m", "pytest", "-x", "-q", "-rfE", "--no-header", "--tb=no", "-p", "no:cacheprovider")
_NONE_COLLECTED = 5
_LEAST_SECONDS = 30
_PATIENCE = 8


class BrokenTrialError(Exception):
    """The tests say nothing: they fail without a mutant, or pass without the module."""


class Trial:
    """A copy of a checkout below a scratch folder; the checkout itself is only read.

    All that tests may read is copied, pages too; not what is made (``.venv``, caches, ``dist``).
    Other users may read the copy, since some tests run as one.
    """

    def __init__(self, checkout: Path, scratch: Path, seed: int) -> None:
        self._top = scratch / "copy"
        self._output = scratch / "output"
        self._seed = seed
        self._seconds: dict[str, float] = {}
        self._times: Mapping[str, float] = {}
        ignored = shutil.ignore_patterns("__pycache__")
        self._top.mkdir(parents=True)
        scratch.chmod(0o755)
        for source in checkout.iterdir():
            if source.name in _LEFT_OUT or (source.name.startswith(".") and source.name != ".ci"):
                continue
            if source.is_dir():
                shutil.copytree(source, self._top / source.name, symlinks=True, ignore=ignored)
            else:
                shutil.copy2(source, self._top)
        compileall.compile_dir(self._top / "distrorocks", quiet=2)

    def measure(self, tests: Iterable[str]) -> None:
        """Run tests once for all modules, so that ``prepare`` need not for each.

        Where one fails, nothing is measured, and ``prepare`` says which module it is of.
        """
        report = self._top.parent / "times.xml"
        began = time.monotonic()
        if self._passes([f"--junit-xml={report}", *sorted(set(tests))], None):
            self._times = _times(report, time.monotonic() - began)

    def prepare(self, module: str, tests: Sequence[str]) -> None:
        """Run a module's tests once as it is, and once with a module that cannot be imported."""
        began = time.monotonic()
        if self._times.keys() >= set(tests):
            self._seconds[module] = sum(self._times[each] for each in tests)
        elif self._passes(tests, None):
            self._seconds[module] = time.monotonic() - began
        else:
            raise BrokenTrialError(f"{module}: its tests fail without a mutant{self._failed()}")
        if self._passes_with(module, "raise SystemError\n", tests):
            raise BrokenTrialError(f"{module}: its tests pass where it cannot be imported")

    def survives(self, mutant: Mutant, tests: Sequence[str]) -> bool:
        """Return whether all tests pass, in time, with a mutant in the place of its module."""
        return self._passes_with(mutant.module, mutant.text, tests)

    def _failed(self) -> str:
        """Return the tests that failed in the last run, as a list behind a colon."""
        said = self._output.read_text(errors="replace").splitlines()
        names = [line.split()[1] for line in said if line.startswith(("FAILED ", "ERROR "))]
        return f": {', '.join(names)}" if names else ""

    def _passes_with(self, module: str, text: str, tests: Sequence[str]) -> bool:
        path = self._top / "distrorocks" / module
        kept = path.read_bytes()
        # A compiled file is believed by its second and its size: a mutant may have both.
        Path(cache_from_source(str(path))).unlink(missing_ok=True)
        path.write_text(text)
        try:
            return self._passes(tests, max(_LEAST_SECONDS, _PATIENCE * self._seconds[module]))
        finally:
            path.write_bytes(kept)

    def _passes(self, tests: Sequence[str], seconds: float | None) -> bool:
        """Return whether tests pass; the first failure ends them."""
        command = [sys.executable, *_PYTEST, f"--hypothesis-seed={self._seed}", *tests]
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}
        if seconds is None:  # the tests themselves are compiled this once
            del environment["PYTHONDONTWRITEBYTECODE"]
        with self._output.open("wb") as output:
            child = subprocess.Popen(
                command,
                cwd=self._top,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        try:
            status = child.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        if status == _NONE_COLLECTED:
            raise BrokenTrialError(f"no test in {' '.join(tests)}")
        return status == 0


def _times(report: Path, seconds: float) -> dict[str, float]:
    """Return how long each file of tests took, from pytest's report on all of them.

    Time outside the test cases, such as imports, is divided equally among the files.
    """
    times: dict[str, float] = {}
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 -- pytest wrote it here
        name = f"{case.attrib['classname'].replace('.', '/')}.py"
        times[name] = times.get(name, 0.0) + float(case.attrib["time"])
    rest = max(0.0, seconds - sum(times.values())) / max(1, len(times))
    return {name: spent + rest for name, spent in times.items()}
