"""Scaffold several rocks in one run: each a folder of its own, and none stops the others."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.jobs.scaffold import Request, Scaffold, read_rock, scaffold_below, write
from distrorocks.system.lua.jail import Jail


class Batched(NamedTuple):
    """What became of one input: its packagings with the paths written, or why there are none."""

    path: str
    made: tuple[Scaffold, ...] = ()
    written: tuple[str, ...] = ()
    error: DistrorocksError | None = None


def scaffold_batch(
    request: Request, paths: Sequence[str], jail: Jail, *, is_dry: bool = False
) -> Iterator[Batched]:
    """Scaffold each input into ``FORMAT/PACKAGE`` below the directory; yield what became of it.

    Two inputs that would be one package are an error of the second.
    """
    owners: dict[str, str] = {}
    for path in dict.fromkeys(paths):
        try:
            yield _one(request._replace(path=path), owners, jail, is_dry=is_dry)
        except DistrorocksError as error:
            yield Batched(path, error=error)


def _one(request: Request, owners: dict[str, str], jail: Jail, *, is_dry: bool) -> Batched:
    """Scaffold one input in all formats, or in none."""
    rock = read_rock(request, jail)
    made = [scaffold_below(request, rock, form) for form in request.formats]
    folders = [posixpath.join(one.plan.format, str(one.plan.values["package"])) for one in made]
    for folder in folders:
        if folder in owners:
            raise DistrorocksError(
                f"{request.path} would be packaged in {folder}, as {owners[folder]} is",
                hint="scaffold it by itself, into another directory",
            )
    written = []
    for one, folder in zip(made, folders, strict=True):
        place = request._replace(directory=posixpath.join(request.directory, folder))
        written += [posixpath.join(folder, path) for path in write([one], place, is_dry=is_dry)]
    owners.update(dict.fromkeys(folders, request.path))
    return Batched(request.path, tuple(made), tuple(written))
