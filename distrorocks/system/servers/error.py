"""Why a rocks server did not give a file."""

from __future__ import annotations

from distrorocks.errors import DistrorocksError


class ServerError(DistrorocksError):
    """A server did not give a file; ``is_missing`` tells that it has none of that name.

    ``is_down`` tells that no other file of that server is worth asking for now.
    """

    def __init__(
        self, brief: str, *, hint: str = "", is_missing: bool = False, is_down: bool = False
    ) -> None:
        super().__init__(brief, hint=hint)
        self.is_missing = is_missing
        self.is_down = is_down
