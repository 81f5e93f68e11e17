"""Context managers that close themselves."""

from __future__ import annotations

from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Self


class Closing:
    """Base of objects that ``with`` closes at the end of its block."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the resources."""
        raise NotImplementedError
