"""The process that runs untrusted Lua: user nobody, few resources, one Lua state.

``jail`` starts it as a program with ``python3 -I -S``. It imports nothing else of distrorocks, so
that its memory holds only what it needs.

    worker.py lupa DRIVER DIRECTORY     runs the driver in lupa's Lua 5.4, or 5.3
    worker.py program DRIVER PROGRAM    becomes that Lua interpreter, running the driver

A request on standard input is a line ``E T`` with two lengths, then E bytes of environment and T
bytes of text. An answer on standard output is a line with a length, then that many bytes. The first
answer is ``ready``, sent once all privileges are dropped, or the reason why the worker cannot run.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MEGABYTE = 1024 * 1024
MEMORY = 256 * MEGABYTE
LUA_MEMORY = 96 * MEGABYTE
CPU_SECONDS = 20
"""CPU seconds for the whole life of the worker; ``jail`` replaces it earlier."""

NOBODY = 65534
_NO_NEW_PRIVILEGES = 38
_SIGNAL_WHEN_PARENT_DIES = 1
_KILL = 9


def evaluator(driver: str, directory: str) -> Callable[[bytes, bytes], bytes]:
    """Return the driver's function, loaded into Lua 5.4 (or 5.3) without access to Python.

    The module is named explicitly: ``lupa.LuaRuntime`` is whatever lupa was built with, and LuaJIT
    and Lua 5.1 run bytecode.
    """
    sys.path.append(directory)
    try:
        import lupa.lua54 as lua
    except ImportError:
        import lupa.lua53 as lua

    runtime = lua.LuaRuntime(
        encoding=None,
        unpack_returned_tuples=False,
        register_eval=False,
        register_builtins=False,
        attribute_filter=_no_attribute,
        max_memory=LUA_MEMORY,
    )
    function: Callable[[bytes, bytes], bytes] = runtime.execute(driver.encode())
    return function


def _no_attribute(_holder: object, _name: object, _is_setting: bool) -> object:
    """Deny Lua access to the attributes of Python objects."""
    raise AttributeError("no attributes")


def drop_rights(open_files: int) -> None:
    """Drop root, set no_new_privs, and limit all resources but memory and CPU time to zero."""
    import ctypes
    import resource

    os.chdir("/")
    os.environ.clear()
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, open_files),
    ):
        inherited = resource.getrlimit(limit)[1]
        if inherited != resource.RLIM_INFINITY:
            most = min(most, inherited)
        resource.setrlimit(limit, (most, most))
    prctl = ctypes.CDLL(None).prctl
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        if os.getresuid() != (NOBODY,) * 3 or os.getresgid() != (NOBODY,) * 3 or os.getgroups():
            raise OSError("root privileges could not be dropped")
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    if prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or prctl(_SIGNAL_WHEN_PARENT_DIES, _KILL, 0, 0, 0):
        raise OSError("the kernel refused prctl")


def read_exactly(size: int) -> bytes:
    """Return the next ``size`` bytes of standard input; exit if there are fewer."""
    parts = []
    while size:
        part = os.read(0, min(size, MEGABYTE))
        if not part:
            os._exit(0)
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def read_line() -> bytes:
    """Return the next line of standard input without its newline."""
    line = b""
    while not line.endswith(b"\n"):
        line += read_exactly(1)
    return line[:-1]


def write_answer(answer: bytes) -> None:
    """Write an answer to standard output, its length first."""
    rest = b"%d\n%b" % (len(answer), answer)
    while rest:
        rest = rest[os.write(1, rest) :]


def serve(evaluate: Callable[[bytes, bytes], bytes]) -> None:
    """Answer requests until standard input ends."""
    while True:
        sizes = read_line().split()
        environment = read_exactly(int(sizes[0]))
        text = read_exactly(int(sizes[1]))
        try:
            answer = evaluate(text, environment)
        except Exception:
            answer = b"Lit needs more memory than it may have"
        write_answer(answer)


def main(kind: str, driver_path: str, what: str) -> None:
    """Run the worker: load the driver, drop all privileges, answer requests."""
    try:
        with open(driver_path, encoding="utf-8") as file:
            driver = file.read()
        if kind == "program":
            drop_rights(open_files=4)
            serving = f'local function driver(...)\n{driver}\nend driver("serve")'
            os.execve(what, [what, "-e", serving], {})  # noqa: S606 - no shell involved
        evaluate = evaluator(driver, what)
        drop_rights(open_files=0)
    except Exception as error:
        write_answer(f"{type(error).__name__}: {error}".encode("utf-8", "replace"))
        return
    write_answer(b"ready")
    serve(evaluate)


if __name__ == "__main__":
    main(*sys.argv[1:])
