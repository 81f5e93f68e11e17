"""Builds in a sandbox, run by a program that can be killed, as root or as a user."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

CHECKOUT = Path(__file__).parent.parent.parent
PYTHON = "/usr/bin/python3"
USER = 12345

_DRIVER = """
import json, os, sys
from distrorocks.system.processes.logged_command import CommandLog
from distrorocks.system.sandbox.confined import Confined, Limits
from distrorocks.system.sandbox.explanation import failure
from distrorocks.system.sandbox.sandbox import Sandbox, backend_of, probe
asked = json.loads(sys.stdin.read())
if asked["kind"] == "probe":
    print(json.dumps({kind: probe(kind).fault for kind in ("bwrap", "unshare")}))
    sys.exit()
command = Confined(
    tuple(asked["argv"]), asked["folder"], (asked["folder"],), tuple(asked["readable"]),
    asked["environment"], asked["network"], Limits(**asked["limits"]),
)
with Sandbox(backend_of(asked["kind"])) as sandbox, CommandLog(asked["log"]) as log:
    with sandbox.handed_over(asked["folder"]):
        ended = sandbox.run(command, log)
said = str(failure(command, ended, log.path)) if ended.status or ended.stopped else ""
print(json.dumps({"status": ended.status, "stopped": ended.stopped, "said": said}))
"""


class Outcome(NamedTuple):
    """How a build ended: its status, the limit it was stopped for, and the error as text."""

    status: int
    stopped: str
    said: str


class Place(NamedTuple):
    """A folder for builds that ``user`` starts (0: root), with distrorocks' code beside it."""

    top: Path
    user: int

    @property
    def folder(self) -> Path:
        """The folder of the build."""
        return self.top / "build"

    @property
    def log(self) -> Path:
        """The log of the build."""
        return self.top / "logs" / "log"

    def start(self, asked: Mapping[str, Any]) -> subprocess.Popen[bytes]:
        """Start the driver; what it prints is its result."""
        words = ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups"]
        driver = subprocess.Popen(
            [*(words if self.user else []), PYTHON, "-B", "-c", _DRIVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={"PYTHONPATH": str(self.top / "code"), "PATH": os.environ["PATH"]},
            cwd="/",
        )
        assert driver.stdin is not None
        driver.stdin.write(json.dumps(asked).encode())
        driver.stdin.close()
        return driver

    def build(self, kind: str, argv: list[str], **more: Any) -> Outcome:
        """Run a build and return how it ended."""
        driver = self.start(self.asked(kind, argv, **more))
        with driver:
            assert driver.stdout is not None
            assert driver.stderr is not None
            text, fault = driver.stdout.read(), driver.stderr.read()
        assert driver.returncode == 0, fault.decode()
        return Outcome(**json.loads(text))

    def asked(self, kind: str, argv: list[str], **more: Any) -> dict[str, Any]:
        """Return what the driver is asked."""
        asked = {"readable": [], "environment": {}, "network": False, "limits": {}, **more}
        return {
            **asked,
            "kind": kind,
            "argv": argv,
            "folder": str(self.folder),
            "log": str(self.log),
        }

    def faults(self) -> dict[str, str]:
        """Return why each kind of sandbox does not work here, "" if it does."""
        with self.start({"kind": "probe"}) as driver:
            assert driver.stdout is not None
            faults: dict[str, str] = json.loads(driver.stdout.read())
        return faults


@contextlib.contextmanager
def place_of(user: int) -> Iterator[Place]:
    """Make a place for a user, which all can pass through, and remove it afterwards."""
    top = Path(tempfile.mkdtemp(prefix="distrorocks-sandbox-"))
    try:
        top.chmod(0o755)
        shutil.copytree(
            CHECKOUT / "distrorocks",
            top / "code/distrorocks",
            ignore=shutil.ignore_patterns("__pycache__"),
        )
        for path in (top / "code").rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
        (top / "code").chmod(0o755)
        for name in ("build", "logs"):
            (top / name).mkdir(mode=0o755)
            os.chown(top / name, user, user)
        yield Place(top, user)
    finally:
        shutil.rmtree(top)


def processes_with(token: str) -> list[str]:
    """Return the command lines of processes with a token in arguments or environment."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            line = (place / "cmdline").read_bytes()
            is_ours = token.encode() in line + (place / "environ").read_bytes()
            is_zombie = place.joinpath("stat").read_text().rpartition(")")[2].split()[0] == "Z"
            if is_ours and not is_zombie and int(place.name) != os.getpid():
                found.append(line.replace(b"\0", b" ").decode("utf-8", "replace"))
    return found
