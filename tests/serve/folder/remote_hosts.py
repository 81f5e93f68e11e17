"""Another machine for tests: a folder here that the real programs reach by a stand-in for ssh."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from distrorocks.system.processes import command

SSH = """#!/bin/sh
# A stand-in for ssh: leaves out options and the host, and runs the command here.
echo "$*" >>"$LOG"
[ ! -e "$LOG.fail" ] || { echo 'Permission denied (publickey).' >&2; exit 255; }
while :; do
   case $1 in
      -o | -l | -p) shift 2 ;;
      --) shift ;;
      -s) is_subsystem=1; shift ;;
      -*) shift ;;
      *) break ;;
   esac
done
shift
[ "$1" != sftp ] || exec {sftp_server}
exec sh -c "$*"
"""
SFTP_SERVERS = ("/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server")


class RemoteHost:
    """Runs the programs as ``command.run`` does, but all of ssh on this machine.

    ``log`` has the words of each ssh, ``programs`` the programs that were run.
    """

    def __init__(self, place: Path) -> None:
        server = next((path for path in SFTP_SERVERS if os.access(path, os.X_OK)), "false")
        self.ssh = place / "ssh"
        self.ssh.write_text(SSH.replace("{sftp_server}", server))
        self.ssh.chmod(0o755)
        self.log = place / "ssh.log"
        self.programs: list[tuple[str, ...]] = []

    def run(self, argv: Sequence[str], **more: Any) -> command.Output:
        """Run a program that uses ssh."""
        self.programs.append(tuple(argv))
        words = list(argv)
        if words[0] == "rsync":
            words[words.index("-e") + 1] = f"{self.ssh} -o BatchMode=yes"
        else:
            words[1:1] = ["-S", str(self.ssh)]
        more["environment"] = {**more.get("environment", {}), "LOG": str(self.log)}
        return command.run(words, **more)

    def refuse(self) -> None:
        """Let every further log-in fail."""
        self.log.with_name(f"{self.log.name}.fail").touch()
