"""``python -m integration.fuzzing [TARGET...]``: inputs made by chance for all that reads any.

Each target is a reader of untrusted input and runs in a process of its own. Inputs are made of
the seeds, and of inputs that ran new code. Only ``DistrorocksError`` may leave a reader, in
bounded processor time and memory for each byte; what else happens is a finding, made smaller
and stored in ``.scratch/fuzz/TARGET/`` with the command that repeats it. The same ``--seed`` and
``--runs`` try the same inputs on every machine; ``--seconds`` ends the same sequence where the time
is over, so a faster machine tries more of it.
Exit status 0 when there is no finding, 1 otherwise.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import mmap
import os
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping
from hashlib import sha256
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from integration.fuzzing.coverage import Coverage

if TYPE_CHECKING:
    from integration.fuzzing.engine import Outcome

STORE = Path(".scratch/fuzz")
_WATCHED_BYTES = 1 << 24
_OUTCOME = "outcome.json"
_SEED = 20261128


class _Job(NamedTuple):
    """A child at work on a target; ``watched`` holds the input it tries."""

    name: str
    folder: Path
    watched: mmap.mmap


def main(words: list[str]) -> int:
    """Fuzz, or repeat one input; return the exit status."""
    options = _options(words)
    coverage = Coverage("distrorocks")
    coverage.install()
    from integration.fuzzing.targets.every import TARGETS  # instrumented from here on

    if options.replay:
        return _replay(options.replay, TARGETS)
    names = [name for name in TARGETS if _is_wanted(name, options.targets)]
    if options.list or not names:
        print("\n".join(TARGETS))
        return 0 if options.list else 2
    return _fuzz_all(names, options, coverage)


def _options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="integration.fuzzing", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="names or patterns")
    parser.add_argument(
        "--seconds", type=float, default=0, help="for all targets together; 60 without --runs"
    )
    parser.add_argument("--runs", type=int, default=0, help="inputs of a target at most")
    parser.add_argument("--seed", type=int, default=_SEED)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--list", action="store_true", help="print the names of all targets")
    parser.add_argument("--replay", metavar="FILE", help="try one stored input again")
    options = parser.parse_args(words)
    options.seconds = options.seconds or (0 if options.runs else 60)
    return options


def _is_wanted(name: str, patterns: list[str]) -> bool:
    return not patterns or any(fnmatch.fnmatch(name, pattern) for pattern in patterns)


def _replay(place: str, targets: Mapping[str, object]) -> int:
    """Try the input that a file holds, for the target that its folder is named for."""
    from integration.fuzzing.guard import fault_of, prepare_process
    from integration.fuzzing.target import Target

    path = Path(place).resolve()
    target = targets[path.parent.name]
    assert isinstance(target, Target)
    with _scratch() as scratch:
        check = target.prepare(Path(scratch))
        prepare_process()
        fault = fault_of(target, check, path.read_bytes())
    print(f"{fault.key}\n{fault.told}" if fault else "no finding")
    return 1 if fault else 0


def _fuzz_all(names: list[str], options: argparse.Namespace, coverage: Coverage) -> int:
    """Run each target in a child, as many at once as there are jobs; print what came of them."""
    from integration.fuzzing.targets.every import TARGETS

    print(f"seed {options.seed}, {len(names)} targets", flush=True)
    share = options.seconds * options.jobs / sum(TARGETS[name].weight for name in names)
    jobs: dict[int, _Job] = {}
    waiting, findings, runs = list(names), 0, 0
    began = time.monotonic()
    while waiting or jobs:
        while waiting and len(jobs) < options.jobs:
            process, job = _start(waiting.pop(0), options, share, coverage)
            jobs[process] = job
        process, status = os.wait()
        found, tried = _report(jobs.pop(process), status)
        findings, runs = findings + found, runs + tried
    print(f"{runs} inputs in {time.monotonic() - began:.0f} s, {findings} findings")
    return 1 if findings else 0


def _start(
    name: str, options: argparse.Namespace, share: float, coverage: Coverage
) -> tuple[int, _Job]:
    folder = STORE / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    job = _Job(name, folder, mmap.mmap(-1, _WATCHED_BYTES))
    sys.stdout.flush()
    process = os.fork()
    if process:
        return process, job
    status = 1
    with (folder / "error").open("w") as error, (folder / _OUTCOME).open("w") as result:
        try:
            outcome = _work(job, options, share, coverage)
            result.write(json.dumps(outcome.to_json()))
            status = 0
        except BaseException:
            traceback.print_exc(file=error)
    os._exit(status)


def _work(job: _Job, options: argparse.Namespace, share: float, coverage: Coverage) -> Outcome:
    """Fuzz one target, which may print what it wants."""
    from integration.fuzzing.engine import Bounds, fuzz
    from integration.fuzzing.guard import prepare_process
    from integration.fuzzing.targets.every import TARGETS

    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)
    prepare_process()

    def watch(data: bytes) -> None:
        job.watched[:8] = len(data).to_bytes(8, "little")
        job.watched[8 : 8 + len(data)] = data

    target = TARGETS[job.name]
    end = time.monotonic() + share * target.weight if share else 0
    bounds = Bounds(ceil(options.runs / target.cost), end)
    with _scratch() as scratch:
        return fuzz(target, Path(scratch), coverage, options.seed, bounds, watch)


def _scratch() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="fuzzing-", ignore_cleanup_errors=True)


def _report(job: _Job, status: int) -> tuple[int, int]:
    """Print what came of a target, store its findings; return how many, and how many inputs."""
    from integration.fuzzing.engine import Outcome

    result = (job.folder / _OUTCOME).read_text()
    if not result:
        size = int.from_bytes(job.watched[:8], "little")
        error = (job.folder / "error").read_text()
        why = error or f"the process ended with status {status}"
        print(f"{job.name}: died\n  {why}")
        _store(job, "died", job.watched[8 : 8 + size])
        return 1, 0
    outcome = Outcome.from_json(json.loads(result))
    speed = outcome.runs / outcome.seconds if outcome.seconds else 0
    print(
        f"{job.name:24} {outcome.runs:8} inputs {speed:7.0f}/s {outcome.kept:5} kept "
        f"{outcome.blocks:5} blocks  {outcome.digest}",
        flush=True,
    )
    for key, told, data in outcome.faults:
        print(f"  finding: {key}")
        print("".join(f"    {line}\n" for line in told.splitlines()), end="")
        _store(job, key, data)
    return len(outcome.faults), outcome.runs


def _store(job: _Job, key: str, data: bytes) -> None:
    path = job.folder / f"{sha256(key.encode()).hexdigest()[:12]}.input"
    path.write_bytes(data)
    print(f"    {len(data)} bytes: python -m integration.fuzzing --replay {path}", flush=True)


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":  # the order of sets is part of a run
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(  # noqa: S606 - this program again
            sys.executable, [sys.executable, "-m", "integration.fuzzing", *sys.argv[1:]]
        )
    sys.exit(main(sys.argv[1:]))
