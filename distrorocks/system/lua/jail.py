"""The jail: Lua code that is not literal, run where it can do no harm.

The code runs in a separate process with no privileges, no files and little memory (``worker``),
within a limit of processor time; its answer is again Lua text, read by the strict parser. A worker
that exceeds the limit is killed, and the next file gets a new one.

Loading lupa runs its code before privileges are dropped, so root loads it only from directories
that nobody else can write: PYTHONPATH, a user's own packages or a group's virtual environment may
name directories that others can.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import Chunk, NotLiteral, parse, script
from distrorocks.lua.scan import LuaSyntaxError, LuaTextError, printable
from distrorocks.lua.value import FUNCTION, LuaTable, LuaValue, sequence, to_bytes, to_text
from distrorocks.system.files.trust import outsider
from distrorocks.system.lua.pipe import ChildEndedError, Pipe, PipeError
from distrorocks.system.processes.closing import Closing

PROGRAMS = tuple(f"/usr/bin/lua5.{minor}" for minor in (4, 3, 2, 1))


def present_backends() -> Iterator[tuple[str, str]]:
    """Yield the backends that this system has for a jail, fastest first.

    Each is ``("lupa", directory)`` or ``("program", path)``.
    """
    from importlib.util import find_spec

    spec = find_spec("lupa")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        try:
            names = os.listdir(folder)
        except OSError:
            continue
        if any(name.startswith(("lua54.", "lua53.")) for name in names) and _is_safe(folder, names):
            yield "lupa", os.path.dirname(folder)
    for program in PROGRAMS:
        if os.access(program, os.X_OK):
            yield "program", program


def _is_safe(folder: str, names: list[str]) -> bool:
    """Return whether this user, in particular root, may run what is in ``folder``."""
    if os.geteuid() != 0:
        return True
    return all(is_guarded(os.path.join(folder, name)) for name in names)


def is_guarded(path: str) -> bool:
    """Return whether only root and the owner of distrorocks itself can change ``path``.

    It and its parent directories must be theirs, and writable by nobody else; sticky directories
    such as /tmp are allowed as parents. A group counts as somebody else (see ``trust.outsider``).
    """
    path = os.path.realpath(path)
    while True:
        try:
            status = os.stat(path)
        except OSError:
            return False
        if _is_shared(path, status):
            return False
        path, below = os.path.dirname(path), path
        if path == below:
            return True


def _is_shared(path: str, status: os.stat_result) -> bool:
    """Return whether anyone but root, this user and the owner of distrorocks can write a file."""
    if status.st_uid in (0, os.geteuid()):
        return bool(outsider(status, path))
    is_sticky = stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX
    is_open = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not is_sticky
    return status.st_uid != os.stat(__file__).st_uid or bool(is_open)


SECONDS = 2.0
"""Seconds of processor time that one file may take, from the request to the complete answer."""

START_SECONDS = 2.0
"""Seconds of processor time that a worker may take to start."""

WORKER_SECONDS = 10.0
"""Seconds of processor time after which a worker is replaced, before the kernel ends it."""

MAX_TEXT = 32 * 1024 * 1024
MAX_ANSWER = 16 * 1024 * 1024

_MEANINGS: LuaTable = {"F": FUNCTION, "N": float("nan")}
_HINT = "install lupa with Lua 5.4 in it, or the program lua5.4, or write the file as plain data"


class LuaRuntimeError(LuaTextError):
    """The file is Lua, and failed when it ran."""


class JailLimit(LuaTextError):  # noqa: N818 - the established name
    """The file exceeded the limits of time, memory or size."""


class JailUnavailable(DistrorocksError):  # noqa: N818 - the established name
    """There is no Lua interpreter for the jail."""


class Jail(Closing):
    """Runs Lua files in a worker, which starts with the first file and serves many.

    ``seconds`` is the processor time that one file may take. ``backends`` lists what to try, in
    order, each ``("lupa", directory)`` or ``("program", path)``; the default is what this system
    has.
    """

    def __init__(
        self, *, seconds: float = SECONDS, backends: tuple[tuple[str, str], ...] | None = None
    ) -> None:
        self.seconds = seconds
        self._backends = backends
        self._pipe: Pipe | None = None

    def close(self) -> None:
        """Kill the worker, if there is one."""
        if self._pipe is not None:
            self._pipe.kill()
            self._pipe = None

    @property
    def worker_id(self) -> int | None:
        """The process id of the worker, if it is running."""
        return None if self._pipe is None else self._pipe.process_id

    def evaluate(self, text: bytes, *, name: str, environment: LuaTable | None = None) -> Chunk:
        """Return the globals after running ``text``, which starts with those of ``environment``.

        Raise ``LuaSyntaxError``, ``LuaRuntimeError``, ``JailLimit`` or ``JailUnavailable``; each
        brief begins with ``name``.
        """
        try:
            text = script(text)
        except LuaSyntaxError as error:
            raise error.in_file(name) from None
        if len(text) > MAX_TEXT:
            raise JailLimit(f"the file has more than {MAX_TEXT} bytes").in_file(name)
        answer = self._answer(text, _source(environment or {}), name)
        letter, rest = answer[:1], answer[1:]
        if letter == b"V":
            return self._chunk(rest, name)
        line, message = _place(to_text(rest[:2000]))
        if letter == b"S":
            raise LuaSyntaxError(message, line=line).in_file(name)
        if letter == b"R":
            raise LuaRuntimeError(message, line=line).in_file(name)
        self.close()
        raise JailLimit(message).in_file(name)

    def _answer(self, text: bytes, environment: bytes, name: str) -> bytes:
        """Return the answer of a worker, within the time limit.

        A worker that dies over a file gets one successor: somebody else may have killed it.
        """
        request = b"%d %d\n%b%b" % (len(environment), len(text), environment, text)
        try:
            try:
                return self._asked(request)
            except ChildEndedError:
                return self._asked(request)
        except PipeError as error:
            raise JailLimit(
                str(error),
                hint="Lua files of rocks should be plain data; see what this one computes",
            ).in_file(name) from None

    def _asked(self, request: bytes) -> bytes:
        """Return the answer of the worker that there is, or of a new one."""
        pipe = self._pipe
        if pipe is None or not pipe.is_ready or pipe.processor_seconds() > WORKER_SECONDS:
            self.close()
            pipe = self._pipe = self._start()
        try:
            limit = pipe.limit(self.seconds)
            pipe.write(request, limit)
            return pipe.read(limit, MAX_ANSWER)
        except BaseException:
            self.close()  # the rest of this answer must not be taken for the next one
            raise

    def _start(self) -> Pipe:
        """Start a worker of the first backend that works, and return its pipe."""
        faults = []
        for kind, what in present_backends() if self._backends is None else self._backends:
            try:
                return _ready_pipe(_command(kind, what))
            except PipeError as error:
                faults.append(f"{kind} {what}: {printable(str(error))}")
        raise JailUnavailable(
            "no Lua interpreter is available to run files that are not plain data",
            detail="\n".join(faults),
            hint=_HINT,
        )

    def _chunk(self, answer: bytes, name: str) -> Chunk:
        """Parse a worker's answer."""
        try:
            result = parse(answer, environment=_MEANINGS).globals
        except (LuaSyntaxError, NotLiteral):
            result = {}
        names, variables = result.get("u"), result.get("g")
        if not isinstance(names, dict) or not isinstance(variables, dict):
            self.close()
            raise JailLimit("the worker's answer is malformed").in_file(name)
        return Chunk(variables, tuple(str(item) for item in sequence(names)))


def _ready_pipe(command: list[str]) -> Pipe:
    """Start a worker and wait until it is ready, or raise ``PipeError``."""
    pipe = Pipe(command)
    greeting = b""
    try:
        greeting = pipe.read(pipe.limit(START_SECONDS), 4096)
    finally:
        if greeting != b"ready":
            pipe.kill()
    if greeting != b"ready":
        raise PipeError(to_text(greeting))
    return pipe


def _command(kind: str, what: str) -> list[str]:
    """Return the command that starts a worker."""
    here = os.path.dirname(os.path.abspath(__file__))
    worker = os.path.join(here, "worker.py")
    driver = os.path.join(here, "driver.lua")
    return [sys.executable or "/usr/bin/python3", "-I", "-S", worker, kind, driver, what]


def _source(environment: LuaTable) -> bytes:
    """Return a Lua expression for a table of plain values."""
    return b"return " + _value_source(environment)


def _value_source(value: LuaValue) -> bytes:
    """Return a Lua expression for one plain value, with every byte of strings escaped."""
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, (int, float)) and value - value == 0:
        return repr(value).encode()
    if isinstance(value, str):
        return b'"%b"' % b"".join(b"\\%03d" % byte for byte in to_bytes(value))
    if isinstance(value, dict):
        entries = [b"[%b]=%b," % (_value_source(k), _value_source(v)) for k, v in value.items()]
        return b"{%b}" % b"".join(entries)
    raise ValueError(f"an environment holds plain values only, not {value!r}")


def _place(message: str) -> tuple[int, str]:
    """Split a Lua error message into line number (0 if none) and text."""
    first, _, rest = message.partition(":")
    number, colon, words = rest.partition(":")
    if first == "text" and colon and number.isdecimal() and number.isascii():
        return int(number[:9]), printable(words.strip())
    return 0, printable(message)
