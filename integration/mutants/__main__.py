"""``python -m integration.mutants [MODULE...]``: whether the tests find small faults.

A mutant is a module with one fault. It survives where all tests that the module answers to
(``rooms.answering_tests``) pass. Mutants are drawn from all modules that decide, or from those
whose paths begin with MODULE; the same ``--seed`` draws the same ones. Survivors that may be so
stand in ``accepted.toml`` with their reasons. All happens in a copy of the checkout.
Exit status 0 when no other mutant survives, 1 otherwise.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from integration.mutants.accepted import Accepted, accepted_survivors, stale
from integration.mutants.mutation import Mutant, mutants
from integration.mutants.rooms import answering_tests, modules, room
from integration.mutants.sample import sample
from integration.mutants.trial import BrokenTrialError, Trial

TOP = Path(__file__).parent.parent.parent
_TRIED, _KILLED, _SURVIVED, _ACCEPTED = "tried", "killed", "survived", "accepted"
_BROKEN = "broken"
_COLUMNS = (_TRIED, _KILLED, _SURVIVED, _ACCEPTED)


def main(words: list[str]) -> int:
    """Try a sample of mutants; return the exit status."""
    options = _options(words)
    wanted = tuple(options.modules)
    chosen = [each for each in modules(TOP) if not wanted or each.startswith(wanted)]
    if not chosen:
        print(f"error: no module that decides begins with {' or '.join(wanted)}", file=sys.stderr)
        return 2
    by_module = {each: mutants(each, _text(each)) for each in chosen}
    stored = [each for each in accepted_survivors() if each.module in by_module]
    drawn = sample(by_module, options.mutants, options.seed)
    if options.list:
        for mutant in drawn:
            print(_described(mutant))
        return 0
    counts = _try(drawn, stored, options.seed)
    print(_table(counts, by_module))
    gone = stale(stored, (mutant for found in by_module.values() for mutant in found))
    for entry in gone:
        print(f"stale: accepted.toml has {entry.module} {entry.function}: {entry.after}")
    is_bad = any(count[_SURVIVED] or count[_BROKEN] for count in counts.values())
    return 1 if is_bad or gone else 0


def _options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="integration.mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="such as rocks/version.py")
    parser.add_argument("--mutants", type=int, default=200, help="how many to try")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--list", action="store_true", help="print the mutants and try none")
    return parser.parse_args(words)


def _text(module: str) -> str:
    return (TOP / "distrorocks" / module).read_text()


def _described(mutant: Mutant) -> str:
    """Return a mutant as people find it, and as ``accepted.toml`` names it."""
    lines = (f"    - {line}" for line in mutant.before.splitlines())
    others = (f"    + {line}" for line in mutant.after.splitlines())
    place = f"{mutant.module}:{mutant.line} {mutant.function} ({mutant.operator})"
    return "\n".join((place, *lines, *others))


def _try(drawn: Sequence[Mutant], stored: Sequence[Accepted], seed: int) -> dict[str, Counter[str]]:
    """Try mutants, one module after another; return the counts of each room."""
    counts: dict[str, Counter[str]] = {room(each.module): Counter() for each in drawn}
    with tempfile.TemporaryDirectory(prefix="mutants-") as scratch:
        trial = Trial(TOP, Path(scratch), seed)
        answering = {each.module: answering_tests(TOP, each.module) for each in drawn}
        trial.measure(test for tests in answering.values() for test in tests)
        for module, tests in answering.items():
            try:
                trial.prepare(module, tests)
            except BrokenTrialError as error:
                print(f"BROKEN: {error}", flush=True)
                counts[room(module)][_BROKEN] += 1
                continue
            for mutant in (each for each in drawn if each.module == module):
                count = counts[room(module)]
                count[_TRIED] += 1
                count[_outcome(mutant, trial, tests, stored)] += 1
    return counts


def _outcome(mutant: Mutant, trial: Trial, tests: Sequence[str], stored: Sequence[Accepted]) -> str:
    """Return what became of a mutant; print it where it survived."""
    if not trial.survives(mutant, tests):
        return _KILLED
    reasons = [each.reason for each in stored if each.covers(mutant)]
    print(f"{'accepted' if reasons else 'SURVIVED'}: {_described(mutant)}", flush=True)
    for reason in reasons:
        print(f"    ({reason})", flush=True)
    return _ACCEPTED if reasons else _SURVIVED


def _table(counts: Mapping[str, Counter[str]], by_module: Mapping[str, Sequence[Mutant]]) -> str:
    """Return one row for each room and one for all, with the mutants that there are."""
    there: Counter[str] = Counter()
    for module, found in by_module.items():
        there[room(module)] += len(found)
    rows: list[tuple[str, ...]] = [("room", "of", *_COLUMNS)]
    for name, count in sorted(counts.items()):
        rows.append((name, str(there[name]), *(str(count[column]) for column in _COLUMNS)))
    total = sum(counts.values(), Counter[str]())
    whole = str(sum(there.values()))
    rows.append(("all", whole, *(str(total[column]) for column in _COLUMNS)))
    return "\n".join(row[0].ljust(18) + "".join(cell.rjust(10) for cell in row[1:]) for row in rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
