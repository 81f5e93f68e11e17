"""What was made of what, kept from one run to the next: an answer stands while its grounds do.

All is of what ``marshal`` knows: tuples, lists, dicts, text, bytes, numbers, None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Known = Mapping[Any, tuple[Any, Any]]


class Memory:
    """The answers of an earlier run, and those that this run asked for.

    An answer that nobody asks for any more is forgotten with the run.
    """

    def __init__(self, earlier: Known | None = None) -> None:
        self._earlier: Known = earlier or {}
        self.known: dict[Any, tuple[Any, Any]] = {}
        self._made = 0

    def of(
        self,
        key: Any,
        grounds: Any,
        make: Callable[[], Any],
        *,
        lasts: Callable[[Any], bool] | None = None,
    ) -> Any:
        """Return the answer for ``key``: the earlier one on equal ``grounds``, else a new one.

        A new answer is kept only if it ``lasts``: if its grounds are all that it stands on.
        """
        if self.knows(key, grounds):
            known = self._earlier[key]
        else:
            known = (grounds, make())
            if lasts and not lasts(known[1]):
                return known[1]
            self._made += 1
        self.known[key] = known
        return known[1]

    def knows(self, key: Any, grounds: Any) -> bool:
        """Return whether there is an earlier answer on equal grounds."""
        known = self._earlier.get(key)
        return known is not None and known[0] == grounds

    @property
    def is_new(self) -> bool:
        """Whether this run's answers are others than the earlier run's."""
        return self._made > 0 or len(self.known) != len(self._earlier)
