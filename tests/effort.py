"""Bounds on processor time that hold on a busy machine as well."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

MARGIN = 10
"""How many times as long as on an idle machine something may take.

Processor time grows under load: caches are cold, and a virtual machine counts what its host gave to
others. What these bounds are to find grows with the square of its input, or worse.
"""

HASTE = 0.1
"""Seconds that a file which wants all of the time may take: the jail's limit is a parameter.

An honest file takes a hundredth of it; the limit of users is tried in ``integration/suites``.
"""


@contextmanager
def little_time(seconds: float) -> Iterator[None]:
    """Fail if the block takes ``MARGIN`` times as much processor time as on an idle machine."""
    began = time.process_time()
    yield
    spent = time.process_time() - began
    assert spent < MARGIN * seconds, f"it took {spent:.1f} s of the processor"
