"""Attacks that want all of the time or all of the memory.

``integration/suites/test_jail_limits.py`` lets some run until the limit of time that users have.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import Chunk, LuaSyntaxError, parse
from distrorocks.system.lua.jail import Jail, JailLimit, LuaRuntimeError
from tests.effort import little_time

Attack = Callable[[Jail, bytes], Chunk | DistrorocksError]

MOST_KILOBYTES = 300 * 1024
LOOKS_A_SECOND = 500


@contextmanager
def peak_of_worker(jail: Jail) -> Iterator[list[int]]:
    """Look at a jail's worker while the block runs; the list's last item is its peak in kB.

    The system keeps the peak of a living process (VmHWM, proc(5)), so that no moment is missed
    but the last before the worker is killed.
    """
    peaks = [0]
    done = Event()

    def look() -> None:
        while not done.wait(1 / LOOKS_A_SECOND):
            try:
                status = Path(f"/proc/{jail.worker_id}/status").read_text()
            except OSError:
                continue
            found = re.search(r"VmHWM:\s+(\d+) kB", status)
            peaks.append(max(peaks[-1], int(found[1]) if found else 0))

    thread = Thread(target=look)
    thread.start()
    try:
        yield peaks
    finally:
        done.set()
        thread.join()


ENDLESS = {
    "while": b"while true do end",
    "repeat": b"repeat until false",
    "for": b"for i = 1, 1e18 do end",
    "goto": b"::again:: goto again",
    "tail-call": b"local function f() return f() end f()",
    "in-a-callback": b"x = ('x'):gsub('.', function() while true do end end)",
    "optional-pattern": b"x = ('a'):rep(40):find(('a?'):rep(40) .. ('a'):rep(40))",
    "lazy-pattern": b"x = ('a'):rep(1e6):find('.-.-.-.-b')",
    "greedy-pattern": b"x = ('a'):rep(1e6):match('.*.*.*.*b')",
    "after-the-globals": b"package = 'x' while true do package = package:reverse() end",
}
"""Without end in the script, or (patterns) within one call of C that no hook interrupts."""


@pytest.mark.parametrize("name", ENDLESS)
def test_an_endless_text_is_ended(
    name: str, hasty_jail: Jail, attack: Attack, is_modern: bool
) -> None:
    """The worker is killed when the time is over, and the next file has a new one."""
    outcome = attack(hasty_jail, ENDLESS[name])
    if is_modern or name != "goto":
        assert isinstance(outcome, JailLimit)
        assert "time" in outcome.brief


GREEDY: dict[str, tuple[bytes, type[DistrorocksError]]] = {
    "rep": (b"x = ('x'):rep(1e9)", LuaRuntimeError),
    "rep-of-rep": (b"x = ('x'):rep(1e6):rep(1e6)", LuaRuntimeError),
    "rep-with-separator": (b"x = (''):rep(1e9, ('y'):rep(100))", LuaRuntimeError),
    "rep-infinite": (b"x = ('x'):rep(1e308 * 10)", LuaRuntimeError),
    "rep-many": (b"t = {} for i = 1, 1e6 do t[i] = ('x'):rep(4e6 + i) end", JailLimit),
    "doubling": (b"x = 'x' while true do x = x .. x end", JailLimit),
    "table": (b"t = {} for i = 1, 1e9 do t[i] = i end", JailLimit),
    "tables": (b"t = {} for i = 1, 1e9 do t[i] = { { {} } } end", JailLimit),
    "closures": (b"t = {} for i = 1, 1e9 do t[i] = function() return i end end", JailLimit),
    "gsub-grows": (b"x = ('x'):rep(4e6):gsub('x', ('y'):rep(4e6))", JailLimit),
    "format-grows": (b"x = ('x'):rep(4e6) x = ('%s%s%s'):format(x, x, x):format()", JailLimit),
    "many-globals": (b"for i = 1, 420000 do _ENV['g' .. i] = i end", JailLimit),
    "wide-answer": (b"t = {} for i = 1, 500000 do t[i] = true end", JailLimit),
    "long-answer": (b"a = ('x'):rep(4e6) b = a .. 'y' c = a .. 'z'", JailLimit),
    "one-string-often": (b"local s = ('x'):rep(4e6) t = { s, s, s, s, s, s, s }", JailLimit),
    "billion-laughs": (b"t = {} for i = 1, 60 do t = { t, t } end", JailLimit),
    "cycle": (b"t = {} t[1] = { { t } }", JailLimit),
    "deep": (b"t = {} for i = 1, 200000 do t = { t } end", JailLimit),
    "boolean-key": (b"t = { [true] = 1 }", JailLimit),
    "table-key": (b"t = { [{}] = 1 }", JailLimit),
    "function-key": (b"t = { [function() end] = 1 }", JailLimit),
    "recursion": (b"local function f() return 1 + f() end f()", LuaRuntimeError),
    "recursion-in-c": (b"local function f() return ('x'):gsub('.', f) end f()", LuaRuntimeError),
    "long-message": (b"local t = {} t[('x'):rep(4e6)].y = 1", LuaRuntimeError),
    "capture-bomb": (b"x = ('x'):rep(100):find(('(x)'):rep(100))", LuaRuntimeError),
    "nested-tables-in-the-text": (b"a=" + b"{" * 100_000, LuaSyntaxError),
    "nested-parentheses": (b"a=" + b"(" * 100_000 + b"1" + b")" * 100_000, LuaSyntaxError),
    "nested-functions": (b"function() " * 50_000, LuaSyntaxError),
    "nested-blocks": (b"do " * 100_000 + b"end " * 100_000, LuaSyntaxError),
    "many-locals": (b"".join(b"local a%d " % i for i in range(50_000)), LuaSyntaxError),
    "long-chain": (b"x = 'a'" + b"..'a'" * 100_000, LuaSyntaxError),
}


@pytest.mark.parametrize("name", GREEDY)
def test_a_greedy_text_is_a_clean_error(
    name: str, jail: Jail, attack: Attack, is_modern: bool
) -> None:
    """Memory, depth and size have limits, each with an error that says so."""
    text, error = GREEDY[name]
    with peak_of_worker(jail) as peaks:
        outcome = attack(jail, text)
    assert peaks[-1] < MOST_KILOBYTES
    if is_modern:
        assert isinstance(outcome, error), outcome
    else:
        assert isinstance(outcome, Chunk | DistrorocksError)


def test_a_flood_of_undefined_names_is_cut(jail: Jail, attack: Attack, is_modern: bool) -> None:
    """Ten thousand names are remembered; no honest file reads a hundred."""
    outcome = attack(jail, b"for i = 1, 1e5 do local x = _ENV['u' .. i] end")
    if is_modern:
        assert isinstance(outcome, Chunk)
        assert len(outcome.undefined) == 10_000


def test_a_text_past_the_size_limit_never_reaches_the_worker(jail: Jail, attack: Attack) -> None:
    """A file of 40 MB is refused before it is copied anywhere."""
    assert isinstance(attack(jail, b" " * 40_000_000), JailLimit)


def test_memory_is_really_measured(jail: Jail, attack: Attack) -> None:
    """A text that takes 30 MB, which is allowed, is seen to take them."""
    with peak_of_worker(jail) as peaks:
        attack(jail, b"t = {} for i = 1, 8 do t[i] = ('x'):rep(4e6 - i) end")
        Event().wait(10 / LOOKS_A_SECOND)
    assert peaks[-1] > 30 * 1024


@pytest.mark.parametrize("start", ["x=", "x=0x", "x=1.", "x=0x1.", "x=1e", "x=0x1p"])
@pytest.mark.parametrize("end", ["x", ".x", "e", "..1", ""])
def test_a_long_numeral_takes_no_time(start: str, end: str) -> None:
    """Digits are read, or refused, in a time that grows with their number, not with its square."""
    text = (start + "0" * 200_000 + end).encode()
    with little_time(1), suppress(DistrorocksError):
        parse(text)
