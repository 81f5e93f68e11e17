"""A cache of answers from one run to the next: an answer holds while its fingerprint is the same.

What an answer was made from is kept as a fingerprint only. Answers are made of tuples, lists,
dicts with text as keys, text, bytes, numbers and None; one that comes out of the cache has tuples
where it had lists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import md5
from typing import Any

Known = Mapping[str, Any]
BYTES = ""
"""The one key of the dict that stands for bytes where only text can be kept."""

_SHORT = 120


class Memory:
    """The answers of an earlier run, and those that this run asked for.

    Both map a key to a fingerprint and the answer, packed as JSON has it in the earlier ones. An
    answer that nobody asks for any more is forgotten with the run.
    """

    def __init__(self, earlier: Known | None = None) -> None:
        self._earlier: Known = earlier or {}
        self.known: dict[str, Any] = {}
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
        name, mark = repr(key), fingerprint(grounds)
        known = self._earlier.get(name)
        if known is not None and known[0] == mark:
            self.known[name] = known
            return unpacked(known[1])
        answer = make()
        if not lasts or lasts(answer):
            self.known[name] = (mark, answer)
            self._made += 1
        return answer

    def knows(self, key: Any, grounds: Any) -> bool:
        """Return whether there is an earlier answer on equal grounds."""
        known = self._earlier.get(repr(key))
        return known is not None and bool(known[0] == fingerprint(grounds))

    @property
    def is_new(self) -> bool:
        """Whether this run's answers are others than the earlier run's."""
        return self._made > 0 or len(self.known) != len(self._earlier)


def fingerprint(grounds: Any) -> str:
    """Return a short text that differs where the grounds of an answer do."""
    text = repr(grounds)
    if len(text) <= _SHORT:
        return text
    return md5(text.encode("utf-8", "backslashreplace"), usedforsecurity=False).hexdigest()


def packed(value: object) -> object:
    """Return the form of bytes in JSON; for ``json.dumps(default=packed)``."""
    if isinstance(value, bytes):
        return {BYTES: value.decode("latin-1")}
    raise TypeError(f"{type(value).__name__} cannot be kept")


def unpacked(value: Any) -> Any:
    """Return an answer as it was before it was kept."""
    if isinstance(value, list):
        return tuple([unpacked(each) for each in value])
    if isinstance(value, dict):
        if BYTES in value:
            return value[BYTES].encode("latin-1")
        return {key: unpacked(each) for key, each in value.items()}
    return value
