"""A cache of answers from one run to the next: an answer holds while its fingerprint is the same.

What an answer was made from is kept as a fingerprint only. Answers are values of JSON: text,
numbers, None, dicts with text as keys, lists and tuples. One that comes out of the cache has lists
where it had tuples; as grounds of another answer the two differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import md5
from json import JSONDecoder, dumps
from typing import Any, NamedTuple

_SHORT = 100
_read = JSONDecoder().raw_decode


class Kept(NamedTuple):
    """The fingerprint of what an answer was made from, and the answer as JSON, "" for a new one."""

    mark: str
    text: str
    answer: Any = None

    @property
    def json(self) -> str:
        """The answer as JSON: ASCII, on one line."""
        return self.text or dumps(self.answer)


class Cache:
    """The answers of an earlier run, and those that this run asked for.

    An answer that nobody asks for any more is forgotten with the run.
    """

    def __init__(self, earlier: Mapping[str, Kept] | None = None) -> None:
        self._earlier = earlier or {}
        self.known: dict[str, Kept] = {}
        self._made = 0

    def of(
        self,
        key: Any,
        basis: Any,
        make: Callable[[], Any],
        *,
        lasts: Callable[[Any], bool] | None = None,
    ) -> Any:
        """Return the answer for ``key``: the earlier one on equal ``basis``, else a new one.

        A new answer is kept only if it ``lasts``: if its grounds are all that it stands on.
        """
        name, mark = ascii(key), fingerprint(basis)
        known = self._earlier.get(name)
        if known is not None and known.mark == mark:
            try:
                answer = _read(known.text)[0] if known.text else known.answer
            except (ValueError, RecursionError):
                pass  # it is no JSON: the answer is made anew
            else:
                self.known[name] = known
                return answer
        answer = make()
        if not lasts or lasts(answer):
            self.known[name] = Kept(mark, "", answer)
            self._made += 1
        return answer

    def knows(self, key: Any, basis: Any) -> bool:
        """Return whether there is an earlier answer on equal grounds."""
        known = self._earlier.get(ascii(key))
        return known is not None and known.mark == fingerprint(basis)

    @property
    def has_earlier(self) -> bool:
        """Whether there are answers of an earlier run."""
        return bool(self._earlier)

    @property
    def is_new(self) -> bool:
        """Whether this run's answers are others than the earlier run's."""
        return self._made > 0 or len(self.known) != len(self._earlier)


def fingerprint(basis: Any) -> str:
    """Return a short ASCII text without a tab or line break that differs where grounds differ."""
    text = ascii(basis)
    if len(text) <= _SHORT:
        return text
    return md5(text.encode("ascii"), usedforsecurity=False).hexdigest()
