"""One installed rock as the manifest of its tree tells it, before the rocks are put together.

An entry is plain text and tuples of text: it can be made in another process, or kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.manifest_text import block, dependency_text, mapping


class InstalledRock(NamedTuple):
    """One version of a rock in a tree.

    ``modules`` maps module to path below its deploy directory, ``commands`` command to path.
    ``dependencies`` is None where no rockspec could be read.
    """

    name: str
    version: str
    modules: Mapping[str, str] = MappingProxyType({})
    commands: Mapping[str, str] = MappingProxyType({})
    dependencies: tuple[Dependency, ...] | None = None


class Entry(NamedTuple):
    """What the manifest needs of one rock.

    ``modules`` and ``commands`` are names, ``..._text`` their tables in ``repository``;
    ``dependencies`` is the table in ``dependencies``. ``needs`` are the dependencies as written;
    both are None where no rockspec could be read.
    """

    name: str
    version: str
    modules: tuple[str, ...]
    modules_text: str
    commands: tuple[str, ...]
    commands_text: str
    needs: tuple[str, ...] | None
    dependencies: str | None

    @classmethod
    def from_plain(cls, plain: Sequence[Any]) -> Entry:
        """Return the entry whose fields these are, which may have lists for its tuples."""
        name, version, modules, modules_text, commands, commands_text, needs, dependencies = plain
        return cls(
            *(name, version, tuple(modules), modules_text, tuple(commands), commands_text),
            None if needs is None else tuple(needs),
            dependencies,
        )


def entry_of(rock: InstalledRock) -> Entry:
    """Return the manifest's entry of an installed rock."""
    name, version, modules, commands, dependencies = rock
    needs: tuple[str, ...] | None = None
    text: str | None = None
    if dependencies is not None:
        told = [dependency_text(each) for each in dependencies]
        needs, text = tuple(need for need, _ in told), block([parsed for _, parsed in told], 3)
    return Entry(
        name,
        version,
        tuple(modules),
        mapping(modules, 5),
        tuple(commands),
        mapping(commands, 5),
        needs,
        text,
    )
