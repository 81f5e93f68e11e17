"""Each tutorial is followed from its page alone, in a Debian 12 of its own, to the end."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from integration.machines import walk
from integration.machines.dpkg_packages import own
from integration.machines.machine import Machine
from integration.machines.roots import with_packages

LIBRARIES = ("python3-jinja2", "python3-lupa", "python3-pydantic", "python3-urllib3")
SCAFFOLD = ("python3-debian", "python3-license-expression")
BUILD = ("build-essential", "dpkg-dev", "fakeroot", "lintian")


class Start(NamedTuple):
    """What a tutorial begins with: packages of Debian, and whether ours have been set up."""

    packages: tuple[str, ...] = ()
    is_set_up: bool = False


WALKS = {
    "docs/tutorial-administrator.md": Start(),
    "docs/tutorial-maintainer.md": Start((*LIBRARIES, *SCAFFOLD, *BUILD), is_set_up=True),
    "docs/tutorial-user.md": Start(("lua-lpeg", *LIBRARIES), is_set_up=True),
}


def set_up(machine: Machine) -> None:
    """Do what the administrator's tutorial ends its second step with, for all our packages."""
    script = "apt-get install --yes -qq /srv/*.deb && distrorocks setup --yes"
    machine.run("env", "DEBIAN_FRONTEND=noninteractive", "sh", "-c", script, online=True)


@pytest.fixture(params=WALKS)
def start(request: pytest.FixtureRequest) -> Iterator[tuple[Machine, str]]:
    """A machine as a tutorial finds it, and the tutorial's page."""
    wanted = WALKS[request.param]
    with with_packages("bookworm", wanted.packages).clone() as machine:
        walk.prepare(machine)
        for deb in own().glob("*.deb"):
            shutil.copy(deb, machine.path("/srv"))
        if wanted.is_set_up:
            set_up(machine)
        yield machine, request.param


def test_a_tutorial_leads_to_its_end(start: tuple[Machine, str]) -> None:
    """Each command succeeds, or fails as the page says, and prints what the page says."""
    machine, page = start
    walk.follow(machine, page)
