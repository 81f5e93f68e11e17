"""Installing and removing, attacked: what must hold after each.

A case begins with a tree; after the attack:

- a run that failed or was asked to end has left the tree as it was (or has done its work): paths,
  modes, contents and times, without a lock and without a child;
- after a kill, ``install --recover`` gives the tree from before, or the one that the run was to
  make, and nothing temporary is left;
- the same run again, tried for some, ends where one that nobody attacked does.
"""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from integration.faults.attack import (
    STATUS,
    Attack,
    Found,
    Problem,
    as_program_sees,
    claims_untouched,
)
from integration.faults.content import (
    Content,
    content,
    difference,
    renew,
    without_temporary,
)
from integration.faults.layer import Fault
from integration.faults.runs import AnyRunner, Ended

LUA = "5.4"
_AGAIN = 8
"""Of so many attacks one is followed by the same run again."""


class Scenario(NamedTuple):
    """``before`` are the runs that were, ``words`` the one under attack."""

    name: str
    before: Sequence[Sequence[str]]
    words: Sequence[str]


_PAIR = ("install", "branch", "1.0")
SCENARIOS = (
    Scenario("install", (), _PAIR),
    Scenario("install in place of", (_PAIR,), ("install", "branch", "2.0")),
    Scenario("remove", (_PAIR,), ("remove", "branch", "leaf")),
)
_ROCKS = {"leaf 1.0": "", "leaf 2.0": "", "branch 1.0": "leaf < 2", "branch 2.0": "leaf >= 2"}


def write_server(server: Path, inside: str) -> None:
    """Make rocks of a module and a command each, and headers of Lua.

    The programs under test see the folder as ``inside``.
    """
    from distrorocks.serve.make_manifest import make_server_manifests

    for rock, need in _ROCKS.items():
        name, version = rock.split()
        source = server / "src" / f"{name}-{version}"
        quoted = f'"{need}"' if need else ""
        source.mkdir(parents=True)
        (source / f"{name}.lua").write_text(f"return '{rock}'\n")
        place = f"{inside}/src/{name}-{version}/{name}"
        (server / f"{name}-{version}-1.rockspec").write_text(
            f'package = "{name}"\nversion = "{version}-1"\n'
            f'source = {{ url = "file://{place}.lua", dir = "." }}\n'
            f"dependencies = {{ {quoted} }}\n"
            f'build = {{ type = "none", install = {{ lua = {{ "{name}.lua" }}, '
            f'bin = {{ {name} = "{name}.lua" }} }} }}\n'
        )
    make_server_manifests(str(server))
    (server / "lua.h").write_text("#define LUA_VERSION_NUM 504\n")


class RockCases:
    """All attacks on one scenario, on one tree that is renewed for each."""

    def __init__(self, runner: AnyRunner, scenario: Scenario) -> None:
        self.runner, self.scenario = runner, scenario
        self.server, self.tree = runner.place / "server", runner.place / "tree"
        self.template = runner.place / f"template-{scenario.name}"
        if not self.server.exists():
            write_server(self.server, runner.inside(self.server))
        for name in ("home", "tmp"):
            (runner.place / name).mkdir(exist_ok=True)
        runner.environment = {
            "HOME": runner.inside(runner.place / "home"),
            "TMPDIR": runner.inside(runner.place / "tmp"),
        }
        self.tried = 0
        self._make_template()
        self.outside = content(self.server)
        self._renew()
        self.before = content(self.tree, with_times=True)
        undisturbed = self._run(scenario.words)
        if undisturbed.status:
            raise AssertionError(f"{scenario.name}: {undisturbed.err}")
        self.calls = undisturbed.calls
        self.after = content(self.tree)

    def try_one(self, attack: Attack) -> Found:
        """Renew the tree, attack, and return what was wrong."""
        ended = self.attacked(attack)
        problems = []
        if ended.has_trace:
            problems.append(("traceback", ended.err.splitlines()[-1]))
        if as_program_sees(attack.group):
            problems += [*self._ending(attack, ended), *self._left_in_temporary()]
        if not as_program_sees(attack.group) or attack.fault.is_lasting:
            problems += self._recovered()
        self.tried += 1
        if self.tried % _AGAIN == 0:
            problems += self._next_run()
        if content(self.server) != self.outside:
            problems.append(("outside touched", str(self.server)))
        where = ended.struck.replace(self.runner.inside(self.tree), "")
        return Found(self.scenario.name, attack.group, str(attack), where, problems)

    def attacked(self, attack: Attack) -> Ended:
        """Renew the tree, and run under attack; what that leaves stays."""
        self._renew()
        return self._run(self.scenario.words, attack.fault, attack.late)

    def length(self) -> float:
        """Return about how many seconds the run takes."""
        self._renew()
        begun = time.monotonic()
        self._run(self.scenario.words)
        return time.monotonic() - begun

    def _make_template(self) -> None:
        """Keep the tree that the runs before have left; a command of another's stands in it."""
        renew(self.tree, self.template)
        for words in self.scenario.before:
            self._run(words)
        if self.tree.exists():
            (self.tree / "bin/other").write_text("#!/bin/sh\n")
            renew(self.template, self.tree)

    def _renew(self) -> None:
        renew(self.tree, self.template)
        shutil.rmtree(self.runner.place / "tmp")
        (self.runner.place / "tmp").mkdir()

    def _run(
        self,
        words: Sequence[str],
        fault: Fault = Fault(),  # noqa: B008 - immutable
        late: tuple[float, int] | None = None,
    ) -> Ended:
        server, tree = map(self.runner.inside, (self.server, self.tree))
        where = ["--yes", "--tree", tree, "--lua-version", LUA, "--deps-mode=one"]
        if words[0] == "install":
            where += ["--only-server", server]
        if words[1:] and words[0] == "install":
            where.append(f"LUA_INCDIR={server}")
        return self.runner.run([*words, *where], fault, [tree], late)

    def _ending(self, attack: Attack, ended: Ended) -> Iterator[Problem]:
        """Yield what is wrong with the way in which a run ended that was not killed."""
        now = content(self.tree, with_times=True)
        signalled = attack.group in signal.Signals.__members__
        if not signalled:
            now = without_temporary(now)
        is_before, is_after = now == self.before, without_times(now) == self.after
        if ended.left:
            yield "child left", str(ended.left)
        if signalled:
            wanted = STATUS[signal.Signals[attack.group]]
            if ended.status != wanted and not (ended.status == 0 and is_after):
                yield "status", f"{ended.status} for {attack.group}"
        elif ended.status not in (0, 1, 3, 4):
            yield "status", str(ended.status)
        if claims_untouched(ended.err) and not is_before:
            yield "says untouched and is not", str(difference(now, self.before))
        if not is_before and not is_after and not attack.fault.is_lasting:
            yield "neither before nor after", str(difference(now, self.before))
        if ended.status == 0 and not is_after:
            yield "says done and is not", str(difference(without_times(now), self.after))

    def _left_in_temporary(self) -> Iterator[Problem]:
        left = content(self.runner.place / "tmp").keys() - {""}
        if left:
            yield "left in TMPDIR", min(left)

    def _recovered(self) -> Iterator[Problem]:
        """Undo what a killed run left, and yield how the tree differs from the one before."""
        undone = self._run(("install", "--recover"))
        self.runner.release()
        if undone.status or undone.has_trace:
            yield "--recover fails", undone.err.strip()
        now = content(self.tree, with_times=True)
        if now == self.before or without_times(now) == self.after:
            return
        found = difference(now, self.before)
        yield f"{found.kind} after --recover", str(found)

    def _next_run(self) -> Iterator[Problem]:
        """Run the same again, and yield how that differs from a run that nobody attacked."""
        if without_times(content(self.tree)) == self.after and self.scenario.words[0] == "remove":
            return
        ended = self._run(self.scenario.words)
        if ended.status or ended.has_trace:
            yield "next run fails", ended.err.strip()
        found = difference(content(self.tree), self.after)
        if found:
            yield "differs after the next run", str(found)


def without_times(held: Content) -> Content:
    """Return a state without the times of its files."""
    return {path: (mode, text, 0) for path, (mode, text, _) in held.items()}
