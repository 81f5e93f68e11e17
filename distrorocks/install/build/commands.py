"""Run the commands of a build: one after the other, or compilers side by side."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence

from distrorocks.install.build.request import BuildError, Places
from distrorocks.patterns import regex
from distrorocks.rocks.quotation import escaped
from distrorocks.values import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from concurrent.futures import Future


class Ran(NamedTuple):
    """The exit status of a command (negative: the signal), and its last lines of output.

    ``hint`` is what to do about a failure that the runner can explain, "" if it cannot.
    """

    status: int
    last_lines: tuple[str, ...]
    hint: str = ""


class Runner(Protocol):
    """Runs commands, in a sandbox if it can."""

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: str,
        env: Mapping[str, str],
        writable: Sequence[str],
        log: str,
    ) -> Ran:
        """Run a program with empty input, write its output to the new file ``log``, and wait.

        ``writable`` are the directories that it may change. It may be called by several threads.
        Nothing that it started lives on after it.
        """

    def stop(self) -> None:
        """End all commands that run; those called later end at once with a status other than 0."""


class Command(NamedTuple):
    """A command of a build as a text for the shell; ``purpose`` continues "failed while"."""

    text: str
    purpose: str
    environment: Mapping[str, str]


class Commands:
    """Runs the commands of one build with a number of processors.

    ``environment`` is that of all commands. The commands may write the sources and the output.
    ``step`` gets what each command is for before it runs.
    """

    def __init__(
        self,
        places: Places,
        runner: Runner,
        environment: Mapping[str, str],
        processors: int,
        *,
        step: Callable[[str], object] = lambda _: None,
    ) -> None:
        self._places = places
        self._runner = runner
        self._environment = dict(environment)
        self._processors = processors
        self._step = step
        self._numbers = itertools.count(1)

    @property
    def is_parallel(self) -> bool:
        """Whether commands can run side by side."""
        return self._processors > 1

    def run(self, command: Command) -> None:
        """Run one command; raise ``BuildError`` with its last lines if it fails."""
        self._run(command, next(self._numbers))

    def run_together(self, commands: Sequence[Command]) -> None:
        """Run commands that do not depend on each other, at most one for each processor.

        The first failure raises ``BuildError`` when those that run have ended; others do not
        start. Any other exception ends those that run.
        """
        workers = min(self._processors, len(commands))
        if workers < 2:
            self.run_in_order(commands)
            return
        from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

        with ThreadPoolExecutor(workers) as pool:
            jobs = [pool.submit(self._run, each, next(self._numbers)) for each in commands]
            try:
                wait(jobs, return_when=FIRST_EXCEPTION)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                self._runner.stop()
                raise
            pool.shutdown(cancel_futures=True)
        for error in _errors(jobs):
            raise error

    def run_in_order(self, commands: Sequence[Command]) -> None:
        """Run commands of one environment one after the other, all by one start of the sandbox.

        The first failure raises ``BuildError``, and the others do not start.
        """
        if len(commands) == 1:
            self.run(commands[0])
            return
        number = next(self._numbers)
        log = f"{self._places.logs}/{number:04}.log"
        texts = [command.text for command in commands]
        self._step(f"{commands[0].purpose}, and {len(commands) - 1} more")
        ran = self._started(("/bin/sh", "-c", _IN_ORDER, "sh", *texts), commands[0], log)
        if ran.status:
            raise _failure(*_failed(commands, ran), log)

    def _run(self, command: Command, number: int) -> None:
        log = f"{self._places.logs}/{number:04}.log"
        self._step(command.purpose)
        ran = self._started(("/bin/sh", "-c", command.text), command, log)
        if ran.status:
            raise _failure(command, ran, log)

    def _started(self, argv: Sequence[str], command: Command, log: str) -> Ran:
        return self._runner.run(
            argv,
            cwd=self._places.build_directory,
            env={**self._environment, **command.environment},
            writable=(self._places.sources, self._places.output),
            log=log,
        )


_IN_ORDER = (
    "number=0; for command do number=$((number + 1)); "
    'sh -c "$command" || { status=$?; echo "command $number failed"; exit $status; }; done'
)
OUTPUT_IN = "all of its output is in"
_NO_PROGRAM = 127  # sh(1)
_NOT_FOUND = regex(r".*: ([A-Za-z0-9_.+-]+): ([Cc]ommand )?not found")
_FAILED = regex(r"command ([1-9][0-9]{0,8}) failed")


def _failed(commands: Sequence[Command], ran: Ran) -> tuple[Command, Ran]:
    """Return which command failed, and how it ended without the line that says so.

    The runner may have added lines after it.
    """
    lines = ran.last_lines
    for at in reversed(range(len(lines))):
        if told := _FAILED.fullmatch(lines[at]):
            command = commands[min(int(told[1]), len(commands)) - 1]
            return command, ran._replace(last_lines=(*lines[:at], *lines[at + 1 :]))
    return commands[0], ran


def _errors(jobs: Sequence[Future[None]]) -> Iterator[BaseException]:
    """Yield the errors of jobs that were not cancelled, in their order."""
    found = (job.exception() for job in jobs if not job.cancelled())
    return (each for each in found if each is not None)


def _failure(command: Command, ran: Ran, log: str) -> BuildError:
    how = f"status {ran.status}" if ran.status > 0 else f"signal {-ran.status}"
    lines = [escaped(command.text), *(f"  {escaped(line)}" for line in ran.last_lines)]
    return BuildError(
        f"the build failed while {command.purpose} ({how})",
        detail="\n".join(lines),
        hint=ran.hint or f"{_missing_program(ran)}{OUTPUT_IN} {log}",
    )


def _missing_program(ran: Ran) -> str:
    """Return the beginning of a hint where a shell or make did not find a program, else ""."""
    for line in ran.last_lines:
        told = _NOT_FOUND.fullmatch(line)
        if told and (told[2] or ran.status == _NO_PROGRAM):
            return f"install {escaped(told[1])}, or the package that has it; "
    return ""
