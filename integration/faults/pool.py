"""Workers side by side, one for each processor, and the table of what they found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from integration.faults.attack import Found
from integration.faults.choice import is_every
from integration.faults.layer import Control, preloaded
from integration.machines.machine import ENVIRONMENT
from integration.machines.scratch import CHECKOUT

_MOST = 4
_NEAR = (("rename",), ("write ", "fclose ", "sendfile64 "))


class Pool:
    """Worker processes in folders of their own below ``place``; logs of theirs go nowhere."""

    def __init__(self, place: Path) -> None:
        count = min(_MOST, len(os.sched_getaffinity(0)))
        self._workers = [_started(place / f"worker-{number}") for number in range(count)]
        self._threads = ThreadPoolExecutor(count)

    def try_all(self, subject: str, scenario: str, family: str) -> list[Found]:
        """Try a family of attacks on a scenario, each worker its part."""
        question = {
            "subject": subject,
            "scenario": scenario,
            "family": family,
            "is_every": is_every(),
            "parts": len(self._workers),
        }
        questions = [{**question, "part": part} for part in range(len(self._workers))]
        answers = self._threads.map(_asked, self._workers, questions)
        return [_found(each) for answer in answers for each in answer["found"]]

    def close(self) -> None:
        """End the workers."""
        for each in self._workers:
            each.communicate()
        self._threads.shutdown()


def _started(folder: Path) -> subprocess.Popen[str]:
    """Start a worker with the file layer in it, and with a log directory of its own."""
    folder.mkdir(parents=True)
    control = folder / "control"
    Control(control)
    mount = 'mount -t tmpfs -o mode=755 tmpfs /var/log && exec "$@"'
    words = ["unshare", "--mount", "sh", "-c", mount, "sh"]
    layer = [f"{name}={value}" for name, value in preloaded(control).items()]
    return subprocess.Popen(
        [*words, "env", *layer, sys.executable, "-m", "integration.faults.worker", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
        env=ENVIRONMENT,
    )


def _asked(worker: subprocess.Popen[str], question: dict[str, Any]) -> dict[str, Any]:
    """Return a worker's answer."""
    assert worker.stdin
    assert worker.stdout
    worker.stdin.write(json.dumps(question) + "\n")
    worker.stdin.flush()
    answer: dict[str, Any] = json.loads(worker.stdout.readline() or "{}")
    assert answer, f"the worker ended with {worker.wait()}: {question}"
    return answer


def _found(each: list[Any]) -> Found:
    scenario, group, attack, call, problems = each
    return Found(scenario, group, attack, call, [(kind, what) for kind, what in problems])


def table(found: Iterable[Found]) -> list[str]:
    """Return a line for each group of attacks: tried, failed, and how, with one example."""
    lines = []
    groups: dict[str, list[Found]] = {}
    for each in found:
        groups.setdefault(each.group, []).append(each)
    for group, members in groups.items():
        failed = [each for each in members if each.problems]
        at = [sum(any(word in each.call for word in words) for each in members) for words in _NEAR]
        lines.append(
            f"{group}: {len(members)} tried ({at[0]} at renames, {at[1]} at writes), "
            f"{len(failed)} failed"
        )
        kinds = Counter(kind for each in failed for kind in dict(each.problems))
        for kind, count in kinds.most_common():
            first = next(each for each in failed if kind in dict(each.problems))
            what = dict(first.problems)[kind]
            lines.append(f"  {count} {kind}, as {first.attack} [{first.call}]: {what}")
    return lines
