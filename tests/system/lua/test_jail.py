"""The jail holds, and what comes out of it is true."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from distrorocks.lua.read import Chunk, LuaSyntaxError
from distrorocks.lua.value import FUNCTION, LuaTable
from distrorocks.system.lua.jail import (
    Jail,
    JailLimit,
    JailUnavailable,
    LuaRuntimeError,
    present_backends,
)

BACKENDS = tuple(present_backends())


@pytest.fixture(scope="module", params=BACKENDS, ids=[os.path.basename(b[1]) for b in BACKENDS])
def jail(request: pytest.FixtureRequest) -> Iterator[Jail]:
    """A jail of each kind that this system has."""
    with Jail(backends=(request.param,)) as jail:
        yield jail


@pytest.fixture
def status(jail: Jail) -> dict[str, str]:
    """What the kernel says of a worker that has served a file."""
    jail.evaluate(b"x = 1", name="x")
    with open(f"/proc/{jail.worker_id}/status", encoding="utf-8") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)


def test_what_computes_is_evaluated(jail: Jail) -> None:
    """Methods of strings, functions and loops work as in LuaRocks, on every interpreter."""
    text = b"""#!/usr/bin/env lua
local function double(x) return x .. x end
package = ("%s-%d"):format(double("ab"), 3)
build = { modules = {} }
for i = 1, 3 do build.modules[i] = ("m" .. i):upper() end
hook = double
half = 1 / 2
"""
    assert jail.evaluate(text, name="x.rockspec") == Chunk(
        {
            "package": "abab-3",
            "build": {"modules": {1: "M1", 2: "M2", 3: "M3"}},
            "hook": FUNCTION,
            "half": 0.5,
        },
        (),
    )


def test_undefined_globals_are_told_once_in_order(jail: Jail) -> None:
    """A global that is read while unset is nil, and named."""
    assert jail.evaluate(b"x = z; y = a or z", name="x").undefined == ("z", "a")


def test_the_environment_is_given_by_value(jail: Jail) -> None:
    """A file sees the given globals, whatever bytes they hold, and cannot change ours."""
    odd = "a\r\n\0\"\\]]'\udcff"
    environment: LuaTable = {"home": "/root", "v": {"k": odd, 1: True, "n": -1.5}, "odd": odd}
    chunk = jail.evaluate(b"path = home .. '/x' v.k2 = v.k", name="x", environment=environment)
    assert chunk.globals == {
        "home": "/root",
        "path": "/root/x",
        "odd": odd,
        "v": {"k": odd, "k2": odd, 1: True, "n": -1.5},
    }
    assert environment["v"] == {"k": odd, 1: True, "n": -1.5}


def test_faults_have_kind_and_line(jail: Jail) -> None:
    """A syntax error and a failure at run time are told apart, with file and line."""
    with pytest.raises(LuaSyntaxError, match=r"^x\.rockspec:2: ") as syntax:
        jail.evaluate(b"\nx = = 1", name="x.rockspec")
    with pytest.raises(LuaRuntimeError, match=r"^x\.rockspec:3: attempt to call") as failure:
        jail.evaluate(b"#!lua\n\nrequire 'os'", name="x.rockspec")
    assert (syntax.value.line, failure.value.line) == (2, 3)


def test_one_worker_serves_many_files(jail: Jail) -> None:
    """A worker stays while files are honest, and is replaced after one that was not."""
    jail.evaluate(b"x = 1", name="x")
    first = jail.worker_id
    for number in range(20):
        assert jail.evaluate(b"x = %d" % number, name="x").globals == {"x": number}
    assert jail.worker_id == first
    with pytest.raises(JailLimit):
        jail.evaluate(b"t = {} t.t = t", name="x")
    assert jail.evaluate(b"x = 2", name="x").globals == {"x": 2}
    assert jail.worker_id != first


def test_a_worker_that_died_between_files_is_replaced(jail: Jail) -> None:
    """The next file is not blamed for it."""
    jail.evaluate(b"x = 1", name="x")
    assert jail.worker_id is not None
    os.kill(jail.worker_id, signal.SIGKILL)
    time.sleep(0.05)
    assert jail.evaluate(b"x = 2", name="x").globals == {"x": 2}


@contextmanager
def killing(workers: Jail, most: int) -> Iterator[None]:
    """Kill each of the next so many workers of a jail as soon as it is there."""
    end = threading.Event()

    def kill() -> None:
        last = None
        for _ in range(most):
            while (now := workers.worker_id) in (None, last):
                if end.wait(0.001):
                    return
            assert now is not None
            os.kill(now, signal.SIGKILL)
            last = now

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield
    finally:
        end.set()
        killer.join()


LONG = b"x = 0 for i = 1, 5e7 do x = x + 1 end"


def test_a_file_whose_worker_was_killed_is_tried_once_more() -> None:
    """Somebody else may have killed it; the file is not blamed."""
    with Jail(seconds=60) as patient, killing(patient, 1):
        assert patient.evaluate(LONG, name="x").globals == {"x": 50_000_000}


def test_a_file_that_two_workers_do_not_survive_is_given_up() -> None:
    """It is the file that kills them."""
    died = pytest.raises(JailLimit, match=r"died \(signal 9\)")
    with Jail(seconds=60) as patient, killing(patient, 2), died:
        patient.evaluate(LONG, name="x")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to give up")
def test_the_worker_is_nobody(status: dict[str, str]) -> None:
    """All four user and group ids are nobody's, and there are no other groups."""
    assert status["Uid"].split() == ["65534"] * 4
    assert status["Gid"].split() == ["65534"] * 4
    assert status["Groups"].split() == []
    assert int(status["CapEff"], 16) == int(status["CapPrm"], 16) == 0


def test_the_worker_gains_no_privileges(status: dict[str, str]) -> None:
    """The kernel ignores setuid bits for it."""
    assert status["NoNewPrivs"].strip() == "1"


@pytest.mark.skipif(os.geteuid() != 0, reason="the kernel hides nobody's process from others")
def test_the_worker_has_nothing(jail: Jail) -> None:
    """It stands in /, with no environment, and no files but its pipes and /dev/null."""
    jail.evaluate(b"x = 1", name="x")
    place = f"/proc/{jail.worker_id}"
    assert os.readlink(f"{place}/cwd") == "/"
    files = {name: os.readlink(f"{place}/fd/{name}") for name in os.listdir(f"{place}/fd")}
    assert set(files) == {"0", "1", "2"}
    assert files["2"] == "/dev/null"
    with open(f"{place}/environ", "rb") as file:
        assert file.read() == b""


def test_the_worker_has_limits(jail: Jail) -> None:
    """Memory, processor time, files written, processes and core dumps are limited for good."""
    jail.evaluate(b"x = 1", name="x")
    with open(f"/proc/{jail.worker_id}/limits", encoding="utf-8") as file:
        limits = {line[:25].strip(): line[25:].split()[:2] for line in file}
    assert limits["Max address space"] == [str(256 * 1024 * 1024)] * 2
    assert limits["Max cpu time"] == ["20", "20"]
    assert limits["Max file size"] == limits["Max core file size"] == ["0", "0"]
    assert limits["Max processes"] == ["0", "0"]
    assert int(limits["Max open files"][1]) <= 4


def test_limits_that_are_lower_already_stay() -> None:
    """A session with a smaller ulimit has its jail, and the smaller limit holds in it."""
    look = """
from distrorocks.system.lua.jail import Jail
with Jail() as jail:
    jail.evaluate(b"x = 1", name="x")
    print(open(f"/proc/{jail.worker_id}/limits").read())
"""
    told = subprocess.run(
        ["/bin/sh", "-c", 'ulimit -t 15; exec "$@"', "sh", sys.executable, "-c", look],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert "15        " in next(
        line for line in told.stdout.splitlines() if line.startswith("Max cpu time")
    )


def test_an_interrupted_answer_is_not_taken_for_the_next_one(jail: Jail) -> None:
    """What stops the wait for one file (Ctrl-C, an alarm) leaves nothing to the next file."""

    def interrupt(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        jail.evaluate(b"x = 1", name="x")
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(KeyboardInterrupt):
            jail.evaluate(b"for i = 1, 5e7 do x = i end", name="slow")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert jail.evaluate(b"y = 2", name="y").globals == {"y": 2}


def test_integers_and_floats_stay_apart() -> None:
    """On Lua 5.3 and later a number comes out with the type it had."""
    for backend in BACKENDS:
        if backend[1].endswith(("5.1", "5.2")):
            continue
        with Jail(backends=(backend,)) as jail:
            text = b"a = 1 b = 1.0 c = 2^53 d = -0.0 e = 1e308 * 10 f = 0/0 g = 0.1 h = 3 // 1"
            made = jail.evaluate(text + b" i = -9223372036854775807 - 1", name="x").globals
        nan, zero = made.pop("f"), made["d"]
        assert repr(made) == repr(
            {key: made[key] for key in made}
            | {"a": 1, "b": 1.0, "c": 2.0**53, "d": -0.0, "e": math.inf, "g": 0.1, "h": 3}
            | {"i": -(2**63)}
        )
        assert isinstance(nan, float)
        assert math.isnan(nan)
        assert isinstance(zero, float)
        assert math.copysign(1, zero) == -1


def test_without_an_interpreter_there_is_no_jail() -> None:
    """What could not be started is told, with what to install."""
    with (
        Jail(backends=(("lupa", "/nowhere"), ("program", "/nowhere/lua5.4"))) as jail,
        pytest.raises(JailUnavailable) as caught,
    ):
        jail.evaluate(b"x = 1", name="x")
    assert "ModuleNotFoundError" in caught.value.detail
    assert "/nowhere/lua5.4" in caught.value.detail
    assert "lua5.4" in caught.value.hint


def test_without_python_to_start_there_is_no_jail(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python that was upgraded away under the running one is a fault that is told."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python3")
    with Jail() as jail, pytest.raises(JailUnavailable) as caught:
        jail.evaluate(b"x = 1", name="x")
    assert "cannot start /nowhere/python3: No such file" in caught.value.detail


def test_the_next_backend_is_taken_when_one_fails() -> None:
    """A lupa without Lua 5.4 in it, as Debian's, leaves the programs."""
    if len(BACKENDS) < 1:
        pytest.skip("this system has no Lua")
    with Jail(backends=(("lupa", "/nowhere"), BACKENDS[-1])) as jail:
        assert jail.evaluate(b"x = ('a'):rep(2)", name="x").globals == {"x": "aa"}


def test_a_closed_jail_leaves_no_process() -> None:
    """The worker is gone and waited for."""
    with Jail() as jail:
        jail.evaluate(b"x = 1", name="x")
        process = jail.worker_id
    assert jail.worker_id is None
    assert not os.path.exists(f"/proc/{process}")


def test_a_jail_that_is_not_used_starts_nothing() -> None:
    """The worker starts with the first file."""
    with Jail() as jail:
        assert jail.worker_id is None
