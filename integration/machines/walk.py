"""A walk: a page that a newcomer follows from top to bottom, as root and as a user."""

from __future__ import annotations

import shutil

from integration.machines.machine import Machine
from integration.machines.samples import Step, difference, samples

USER, HOME = 1000, "/home/me"
_STATE = "{home}/.state-of-walk"
_DAY = 1_796_083_200  # 2026-12-01, since pages show the year


def prepare(machine: Machine) -> None:
    """Make the user, whose home directory is empty, and fetch apt's lists."""
    for path in ("/etc/resolv.conf", "/etc/hosts"):
        shutil.copy(path, machine.path(path))
    machine.run("apt-get", "update", "-qq", online=True)
    machine.run("useradd", "--create-home", "--uid", str(USER), "--shell", "/bin/sh", "me")


def steps_of(page: str) -> list[Step]:
    """Return the steps of all samples of a page, in their order."""
    found = [step for sample in samples() if sample.page == page for step in sample.steps]
    assert found
    return found


def follow(machine: Machine, page: str) -> None:
    """Run each step where the one before has ended; raise ``AssertionError`` at the first fault.

    A step fails if its output is not what the page says, or if it ends with another status than 0
    and the page does not say so in the words "exit status N" at the end of the command.
    """
    for step in steps_of(page):
        command, _, remark = step.command.partition("  # ")
        wanted = int(remark.rpartition("exit status ")[2]) if "exit status" in remark else 0
        printed, status = _typed(machine, command.strip(), is_root=step.prompt == "#")
        told = difference(step, printed)
        assert not told, told
        assert status == wanted, f"{command}: exit status {status}\n{printed}"


def _typed(machine: Machine, command: str, *, is_root: bool) -> tuple[str, int]:
    """Run a command as in a shell that stays open: its directory and its variables are kept.

    Only root has a network, for apt.
    """
    home = "/root" if is_root else HOME
    state = _STATE.format(home=home)
    script = (
        f"cd {home} && if [ -e {state} ]; then . {state}; fi\n"
        f"{command}\nstatus=$?; {{ export -p; echo cd \"'$PWD'\"; }} > {state}; exit $status\n"
    )
    path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin"
    environment = ["env", "-i", f"HOME={home}", path, "LANG=C.UTF-8"]
    environment += ["DEBIAN_FRONTEND=noninteractive", f"SOURCE_DATE_EPOCH={_DAY}"]
    rights = () if is_root else ("setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups")
    words = [*rights, *environment, "sh", "-c", f"exec 2>&1; {script}"]
    done = machine.run(*words, status=None, online=is_root)
    return done.out, done.status
