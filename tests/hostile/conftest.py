"""What the attacks are run in, and what is asked of every one of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import Chunk, parse
from distrorocks.system.lua.jail import Jail, present_backends
from tests.effort import HASTE, little_time

Outcome = Chunk | DistrorocksError
Backend = tuple[str, str]

PRESENT = {
    os.path.basename(what) if kind == "program" else kind: (kind, what)
    for kind, what in present_backends()
}
MOST_SECONDS = 2.5


@pytest.fixture(scope="session", params=["lupa", "lua5.4", "lua5.1"])
def backend(request: pytest.FixtureRequest) -> Backend:
    """One kind of interpreter that the jail can be made of."""
    name: str = request.param
    if name not in PRESENT:
        pytest.skip(f"this system has no {name}")
    return PRESENT[name]


@pytest.fixture(scope="session")
def is_modern(backend: Backend) -> bool:
    """Whether the interpreter is one whose exact answers the attacks know: Lua 5.4."""
    return not backend[1].endswith("lua5.1")


@pytest.fixture(scope="session")
def jail(backend: Backend) -> Iterator[Jail]:
    """A jail with the real limits, shared by all attacks, as it is by all files of a tree."""
    with Jail(backends=(backend,)) as jail:
        yield jail


@pytest.fixture(scope="session")
def hasty_jail(backend: Backend) -> Iterator[Jail]:
    """A jail in which a file has little time."""
    with Jail(backends=(backend,), seconds=HASTE) as jail:
        yield jail


def outcome_of(run: Callable[[], Chunk]) -> Outcome:
    """Return what ``run`` gave or raised; any error but ours fails the test by itself."""
    with little_time(MOST_SECONDS):
        try:
            outcome: Outcome = run()
        except DistrorocksError as error:
            outcome = error
    if isinstance(outcome, DistrorocksError):
        assert outcome.brief.isprintable(), "a message could upset a terminal"
        assert len(str(outcome)) < 5000, "a message floods the screen"
    return outcome


@pytest.fixture
def attack() -> Callable[[Jail, bytes], Outcome]:
    """Run a text in a jail, then an honest file in the same jail, which must be read right."""

    def run(jail: Jail, text: bytes) -> Outcome:
        outcome = outcome_of(lambda: jail.evaluate(text, name="attack.rockspec"))
        honest = b'package = ("%s-%d"):format("next", 7) source = { url = ("a"):rep(3) }'
        after = jail.evaluate(honest, name="next.rockspec")
        assert after == Chunk({"package": "next-7", "source": {"url": "aaa"}}, ())
        return outcome

    return run


@pytest.fixture
def attack_parser() -> Callable[[bytes], Outcome]:
    """Give a text to the strict parser alone."""
    return lambda text: outcome_of(lambda: parse(text))
