"""Regular expressions that are compiled when they are first used.

Compiling one takes a tenth of a millisecond and more, and modules have patterns for input that most
runs never see: of the 74 that `install` declares, it uses 36 for one rock of Lua.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False  # as in ``values``, which is on the same floor

_METHODS = ("finditer", "findall", "fullmatch", "match", "search", "split", "sub", "subn")

if TYPE_CHECKING:
    from typing import Any

    regex = re.compile
else:

    class regex:  # noqa: N801 - it is called as a function is
        """A compiled pattern, in time for its first use."""

        def __init__(self, text: str | bytes, flags: int = 0) -> None:
            self.pattern = text
            self._flags = flags

        def __reduce__(self) -> tuple[Any, ...]:
            """Return what makes an equal pattern, for copies."""
            return regex, (self.pattern, self._flags)

        def __getattr__(self, name: str) -> Any:
            """Compile the pattern; from then on its methods are attributes of this object."""
            compiled = re.compile(self.pattern, self._flags)
            self.__dict__.update({each: getattr(compiled, each) for each in _METHODS})
            return getattr(compiled, name)
