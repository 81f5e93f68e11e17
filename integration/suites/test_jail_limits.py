"""The jail's limit of time is that which users have, by the clock of the processor itself.

``tests/hostile/test_floods.py`` tries every attack with a shorter limit: these take seconds each.
"""

from __future__ import annotations

import resource

import pytest

from distrorocks.system.lua.jail import SECONDS, Jail, JailLimit
from tests.hostile.conftest import PRESENT
from tests.hostile.test_floods import ENDLESS


def spent() -> float:
    """Return the seconds of the processor that ended children took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize("name", ["while", "optional-pattern"])
@pytest.mark.parametrize("backend", [each for each in ("lupa", "lua5.4") if each in PRESENT])
def test_an_endless_text_is_ended_at_the_limit_of_users(name: str, backend: str) -> None:
    """Two seconds of the processor are over when the worker is killed; the next file is read."""
    before = spent()
    with Jail(backends=(PRESENT[backend],)) as jail:
        with pytest.raises(JailLimit, match="time"):
            jail.evaluate(ENDLESS[name], name="attack.rockspec")
        assert jail.evaluate(b"x = ('a'):rep(3)", name="next.rockspec").globals == {"x": "aaa"}
    assert spent() - before >= SECONDS
