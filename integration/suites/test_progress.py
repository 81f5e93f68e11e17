"""What a person sees of long work: the program itself on a terminal of 60 columns.

Nothing is measured by a clock: a server, or a build, waits until it has been seen on the terminal.
"""

from __future__ import annotations

import fcntl
import os
import select
import subprocess
import sys
import tempfile
import termios
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from integration.machines.machine import RUN_MAIN
from integration.machines.scratch import CHECKOUT
from tests.cli.terminal import Terminal
from tests.rocks_server import SourceServer

ROCK = "a-name-that-is-longer-than-most-1.0-1.src.rock"
NOISE = "OUTPUT OF THE BUILD"


class SlowServer:
    """A server of one rock, of which the second half comes when ``go_on`` is set."""

    def __init__(self, folder: Path) -> None:
        self.go_on = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = folder / self.path.strip("/")
                if not path.is_file():
                    self.send_error(404)
                    return
                content = path.read_bytes()
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                half = len(content) // 2
                self.wfile.write(content[:half])
                self.wfile.flush()
                if path.name == ROCK:
                    outer.go_on.wait()
                self.wfile.write(content[half:])

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop it."""
        self.go_on.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SlowServer]:
    """A slow server of one rock with half a megabyte of noise in it."""
    folder = SourceServer(tmp_path / "server")
    name = ROCK.removesuffix("-1.0-1.src.rock")
    folder.pack(f"{name} 1.0-1", more=f"-- {os.urandom(200_000).hex()}")
    folder.publish_unchecked()
    slow = SlowServer(folder.directory)
    yield slow
    slow.close()


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return the environment of a run whose home is its own."""
    return {
        "HOME": str(home),
        "PATH": "/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
        "TERM": "xterm-256color",
        "PYTHONPATH": str(CHECKOUT),
        **more,
    }


@pytest.fixture
def gate() -> Iterator[Path]:
    """A file that is not there, where everybody may see it once it is: builds run as nobody."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "gate"


@contextmanager
def started(
    terminal: Terminal, folder: Path, *words: str, **more: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Start the program on a terminal, in its foreground; kill it in the end if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUN_MAIN, *words],
        cwd=folder,
        env=environment(folder, **more),
        stdin=terminal.slave,
        stdout=terminal.slave,
        stderr=terminal.slave,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(
    terminal: Terminal, process: subprocess.Popen[bytes], is_seen: Callable[[list[str]], bool]
) -> list[str]:
    """Return the lines of the terminal once they are what is waited for."""
    while not is_seen(terminal.lines):
        assert process.poll() is None, terminal.lines
        select.select([terminal.master], [], [], 0.05)
    return terminal.lines


def ended(terminal: Terminal, process: subprocess.Popen[bytes]) -> int:
    """Return the status of a process that ends, whose output is read meanwhile."""
    while process.poll() is None:
        terminal.take()
        select.select([terminal.master], [], [], 0.05)
    return process.returncode


def words_of_download(server: SlowServer) -> tuple[str, ...]:
    """Return the command line that fetches the rock."""
    name = ROCK.removesuffix("-1.0-1.src.rock")
    return ("download", name, "--source", f"--only-server={server.url}", "--lua-version=5.4")


def test_a_slow_download_shows_how_much_has_come(server: SlowServer, tmp_path: Path) -> None:
    """Its bytes are on one line of 60 columns, and gone when the file is there."""
    with Terminal(60) as terminal, started(terminal, tmp_path, *words_of_download(server)) as run:
        lines = wait_until(terminal, run, lambda lines: any(" kB" in line for line in lines))
        assert lines[-1].startswith("fetching a-name-that-is-lo")
        assert not terminal.has_wrapped
        server.go_on.set()
        assert ended(terminal, run) == 0
        assert [line for line in terminal.lines if "fetching" in line] == []
        assert (tmp_path / ROCK).is_file()


def test_an_interrupted_download_leaves_a_clean_line(server: SlowServer, tmp_path: Path) -> None:
    """Ctrl-C on the terminal: the message, nothing of the progress, and the cursor is there."""
    with Terminal(60) as terminal, started(terminal, tmp_path, *words_of_download(server)) as run:
        wait_until(terminal, run, lambda lines: any(" kB" in line for line in lines))
        os.write(terminal.master, b"\x03")
        assert ended(terminal, run) == 130
        assert terminal.lines == ["error: interrupted"]
        assert terminal.is_cursor_shown
        assert "\x1b[?25l" not in terminal.sent


def test_a_terminal_without_a_cursor_gets_plain_lines(server: SlowServer, tmp_path: Path) -> None:
    """TERM=dumb: no control sequence at all."""
    with (
        Terminal(60) as terminal,
        started(terminal, tmp_path, *words_of_download(server), TERM="dumb") as run,
    ):
        wait_until(terminal, run, lambda lines: any("fetching" in line for line in lines))
        assert not terminal.has_wrapped
        server.go_on.set()
        assert ended(terminal, run) == 0
        terminal.take()
        assert "\x1b" not in terminal.sent


def test_a_build_shows_what_runs_and_nothing_of_its_output(tmp_path: Path, gate: Path) -> None:
    """Its step is beside the rock; a line that is printed meanwhile is whole."""
    build = (
        'type = "command", build_command = "echo '
        f'{NOISE}; while [ ! -e {gate} ]; do sleep 0.1; done", '
        'install_command = "cp slow.lua $(LUADIR)"'
    )
    folder = SourceServer(tmp_path / "server")
    folder.add("slow 1.0-1", build=build)
    folder.add("after 1.0-1", "slow")
    words = (
        *("install", "after", "--yes", f"--only-server={folder.publish()}", "--distro=never"),
        *(f"--tree={tmp_path}/tree", "--lua-version=5.4", "--build-sandbox=off"),
        f"LUA_INCDIR={tmp_path}/include",
    )
    (tmp_path / "include").mkdir()
    (tmp_path / "include/lua.h").write_text("#define LUA_VERSION_NUM 504\n")
    with Terminal(60, 40) as terminal, started(terminal, tmp_path, *words) as run:
        lines = wait_until(
            terminal,
            run,
            lambda lines: bool(lines) and lines[-1].startswith("  slow 1.0-1: building"),
        )
        assert lines[-2].startswith("building: 1 running, 1 waiting")
        assert "0/2 rocks" in lines[-2]
        gate.touch()
        assert ended(terminal, run) == 0
        assert "after 1.0-1" in terminal.lines[-1]
        assert not [line for line in terminal.lines if line.startswith("building:")]
        assert NOISE not in terminal.sent


def test_without_a_terminal_there_is_nothing(server: SlowServer, tmp_path: Path) -> None:
    """What scripts read is as it was: the path on stdout, and nothing on stderr."""
    server.go_on.set()
    done = subprocess.run(
        [sys.executable, "-c", RUN_MAIN, *words_of_download(server)],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert ROCK in done.stdout
    assert "\x1b" not in done.stdout
