"""What the scenarios share: the suites, and machines to try things on."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from integration.machines.machine import Machine
from integration.machines.roots import LUA_PACKAGES, STABLE, Layer, RootError, base, with_packages
from integration.machines.scratch import ScratchError, live

# Whoever runs the suite may ignore them, as nohup and background jobs do; children inherit that.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _scratch() -> None:
    """Scratch roots can be made here; without that no scenario means anything."""
    try:
        live()
    except ScratchError as refusal:
        pytest.exit(f"error: {refusal}", returncode=2)


@pytest.fixture(scope="module", params=[*STABLE, "sid"])
def suite(request: pytest.FixtureRequest) -> str:
    """A Debian suite; sid is skipped where the mirror does not serve it."""
    name: str = request.param
    try:
        base(name)
    except RootError as refusal:
        if name in STABLE:
            raise
        pytest.skip(f"the mirror does not serve {name} now: {refusal}")
    return name


@pytest.fixture(scope="module")
def five_packages() -> Layer:
    """Debian 12 with five well-known Lua packages: lpeg, filesystem, socket, cjson, penlight."""
    return with_packages("bookworm", LUA_PACKAGES)


@pytest.fixture
def machine(five_packages: Layer) -> Iterator[Machine]:
    """A fresh Debian 12 with the five packages, nothing of ours done yet."""
    with five_packages.clone() as clone:
        yield clone
