"""Refreshes of a small Debian, attacked: what must hold after each.

A case begins with a root as some runs before have left it, after which its packages may have
changed. Then comes the run under attack, and what must hold:

- every manifest is the one from before or the one from after, and the ledger knows every file of
  ours, but for temporary ones;
- a run that failed or was asked to end has left the root as it was (or has done its work), without
  a lock and without a child, and says "untouched" only of a root that is;
- the next run succeeds, and the root is that of a run that nobody attacked, to the byte;
- taking back gives the root that never saw distrorocks.
"""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.system.trees.ledger_file import read_ledger
from integration.faults.attack import STATUS, Attack, Found, Problem, claims_untouched
from integration.faults.content import (
    Content,
    content,
    difference,
    is_directory,
    is_temporary,
    renew,
    without_cache,
    without_temporary,
)
from integration.faults.layer import FAIL, Fault
from integration.faults.runs import AnyRunner, Ended
from tests.builders import PENLIGHT, Machine, debian

_LEFT = "the changes are in place; the next run completes what is left"
_TREES = "/usr/lib/luarocks/"
_CACHE = "/var/cache/distrorocks"
_LEDGER = "/var/lib/distrorocks"


class Scenario(NamedTuple):
    """``before`` are the runs that were, ``change`` what dpkg did since, ``words`` the run."""

    name: str
    before: Sequence[Sequence[str]]
    change: Callable[[Path], None]
    words: Sequence[str]

    @property
    def is_hook(self) -> bool:
        """Whether it is a package manager's run, which never leaves with a failure."""
        return "--hook" in self.words


def _nothing(root: Path) -> None:
    del root


def _another_package(root: Path) -> None:
    """Remove one package, replace one, bring one: as a transaction of dpkg does."""
    machine = _again(root)
    machine.remove("lua-penlight", PENLIGHT)
    machine.install("lua-say", {f"/usr/share/lua/{each}/say.lua": "x" for each in ("5.3", "5.4")})


def _again(root: Path) -> Machine:
    machine = Machine.__new__(Machine)
    machine.root, machine.info = root, root / "var/lib/dpkg/info"
    machine.status = root / "var/lib/dpkg/status"
    return machine


_COMPLETE = ("refresh",)
_MINIMAL = ("refresh", "--mode=minimal")
_HOOK = ("refresh", "--hook")
SCENARIOS = (
    Scenario("first run", (), _nothing, _COMPLETE),
    Scenario("packages changed", (_COMPLETE,), _another_package, _COMPLETE),
    Scenario("to minimal", (_COMPLETE,), _nothing, _MINIMAL),
    Scenario("to protected", (_MINIMAL,), _nothing, ("refresh", "--mode=protected")),
    Scenario("taken back", (_COMPLETE,), _nothing, ("refresh", "--remove")),
    Scenario("hook with cache", (_HOOK,), _another_package, _HOOK),
)


def debian_with_a_guest(root: Path) -> None:
    """Make a small Debian with a rock that somebody else put into the tree of Lua 5.4."""
    machine = debian(root)
    for name in ("lua-cjson", "lua-inspect"):
        short = name.removeprefix("lua-")
        files = {f"/usr/share/lua/{version}/{short}.lua": "x" for version in ("5.3", "5.4")}
        machine.install(name, files)
    guest = root / "usr/lib/luarocks/rocks-5.4/guest/1.0-1"
    guest.mkdir(parents=True)
    (guest / "rock_manifest").write_text("rock_manifest = {}\n")
    for each in ("var/cache", "var/lib", "usr/local", "tmp"):
        (root / each).mkdir(parents=True, exist_ok=True)


class RefreshCases:
    """All attacks on one scenario, in one root that is renewed for each."""

    def __init__(self, runner: AnyRunner, scenario: Scenario) -> None:
        self.runner, self.scenario = runner, scenario
        self.root = runner.place / "root"
        self.template = runner.place / f"template-{scenario.name}"
        self.beside = runner.place / "beside"
        self.beside.mkdir(exist_ok=True)
        (self.beside / "sentinel").write_text("as it is\n")
        renew_empty = runner.place / "pristine"
        if not renew_empty.exists():
            renew_empty.mkdir()
            debian_with_a_guest(renew_empty)
        renew(self.root, renew_empty)
        scenario.change(self.root)
        self.bare = content(self.root)
        renew(self.root, renew_empty)
        self._run_before()
        renew(self.template, self.root)
        scenario.change(self.root)
        self.before = content(self.root)
        undisturbed = self._run(scenario.words)
        self.after = without_cache(content(self.root))
        self.calls = undisturbed.calls
        self.outside = content(self.beside)
        if undisturbed.status:
            raise AssertionError(f"{scenario.name}: {undisturbed.err}")

    def try_one(self, attack: Attack) -> Found:
        """Renew the root, attack, and return what was wrong."""
        self._renew()
        ended = self._run(self.scenario.words, attack.fault, attack.late)
        problems = [*self._at_once(ended), *self._ending(attack, ended)]
        if attack.is_withdrawn:
            problems += self._taken_back()
        else:
            problems += [*self._next_run(), *self._taken_back()]
        if content(self.beside) != self.outside:
            problems.append(("outside touched", str(self.beside)))
        where = ended.struck.replace(self.runner.inside(self.root), "")
        return Found(self.scenario.name, attack.group, str(attack), where, problems)

    def length(self) -> float:
        """Return about how many seconds the run takes."""
        self._renew()
        begun = time.monotonic()
        self._run(self.scenario.words)
        return time.monotonic() - begun

    def _renew(self) -> None:
        """Make the root what it is before the attack; a memory must be of these very files."""
        if self.scenario.is_hook:
            renew(self.root, self.runner.place / "pristine")
            self._run_before()
        else:
            renew(self.root, self.template)
        self.scenario.change(self.root)

    def _run_before(self) -> None:
        for words in self.scenario.before:
            self._run(words)

    def _run(
        self,
        words: Sequence[str],
        fault: Fault = Fault(),  # noqa: B008 - immutable
        late: tuple[float, int] | None = None,
    ) -> Ended:
        root = self.runner.inside(self.root)
        return self.runner.run([*words, "--root", root], fault, [root], late)

    def _at_once(self, ended: Ended) -> Iterator[Problem]:
        """Yield what is wrong in the very state that a run has left."""
        now = content(self.root)
        for path, (_, text, _) in now.items():
            if path.startswith(_TREES) and path.endswith("/manifest"):
                known = [state[path][1] for state in (self.before, self.after) if path in state]
                if text not in known:
                    yield "manifest not whole", path
        yield from self._unlisted(now)
        if ended.has_trace:
            yield "traceback", ended.err.splitlines()[-1]

    def _unlisted(self, now: Content) -> Iterator[Problem]:
        """Yield what is ours in the trees and not in the ledger."""
        try:
            ledger = read_ledger(str(self.root))
        except (DistrorocksError, json.JSONDecodeError) as fault:
            yield "ledger unreadable", str(fault)
            return
        known = ledger.files.keys() | ledger.directories
        ours = [path for path in now if path.startswith(_TREES) and path not in self.bare]
        lost = [path for path in ours if path not in known and not is_temporary(path)]
        if lost:
            yield "not in the ledger", f"{len(lost)} ({lost[0]})"

    def _ending(self, attack: Attack, ended: Ended) -> Iterator[Problem]:
        """Yield what is wrong with the way in which a run ended that was not killed."""
        signalled = attack.group in signal.Signals.__members__
        if not signalled and attack.fault.deed != FAIL:
            return
        now = _without(content(self.root), _CACHE)
        if not signalled:
            now = without_temporary(now)
        before = _without(self.before, _CACHE)
        is_before = now == before
        is_after = self._is_after(now, ended)
        if ended.left:
            yield "child left", str(ended.left)
        if signalled:
            yield from self._signal_status(attack, ended, is_after=is_after)
        elif ended.status not in (0, 3, 4):
            yield "status", str(ended.status)
        if claims_untouched(ended.err) and not is_before:
            yield "says untouched and is not", str(difference(now, before))
        if not is_before and not attack.fault.is_lasting:
            if not is_after:
                yield "neither before nor after", str(difference(now, before))
            elif not signalled and _says_failed(ended):
                yield "done and says failed", ended.err.strip()

    def _is_after(self, now: Content, ended: Ended) -> bool:
        """Return whether all is done; directories may be left where the run says that they are."""
        after, held = _without(self.after, _CACHE, _LEDGER), _without(now, _LEDGER)
        if _LEFT in ended.err:
            held = {path: it for path, it in held.items() if path in after or not is_directory(it)}
        return held == after

    def _signal_status(self, attack: Attack, ended: Ended, *, is_after: bool) -> Iterator[Problem]:
        wanted = STATUS[signal.Signals[attack.group]]
        if self.scenario.is_hook and ended.status == 0:
            return
        if ended.status != wanted and not (ended.status == 0 and is_after):
            yield "status", f"{ended.status} for {attack.group}"

    def _next_run(self) -> Iterator[Problem]:
        """Run the same again, and yield how that differs from a run that nobody attacked."""
        ended = self._run(self.scenario.words)
        if ended.status or ended.has_trace:
            yield "next run fails", ended.err.strip()
        found = difference(without_cache(content(self.root)), self.after)
        if found:
            yield f"{found.kind} after the next run", str(found)

    def _taken_back(self) -> Iterator[Problem]:
        """Take all back, and yield how the root differs from one that never saw distrorocks."""
        ended = self._run(("refresh", "--remove"))
        if ended.status or ended.has_trace:
            yield "--remove fails", ended.err.strip()
        found = difference(content(self.root), self.bare)
        if found:
            yield f"{found.kind} after --remove", str(found)


def _without(held: Content, *places: str) -> Content:
    """Return a state without some places.

    A run that fails may always give the cache up. One that is done may leave the ledger knowing of
    more than there is, so that the next one sweeps.
    """
    return {path: what for path, what in held.items() if not path.startswith(places)}


def _says_failed(ended: Ended) -> bool:
    """Return whether a run left with a failure, or in a hook's way said that it did."""
    warned = [line for line in ended.err.splitlines() if line.startswith("warning: distrorocks: ")]
    return ended.status != 0 or any(_LEFT not in line for line in warned)
