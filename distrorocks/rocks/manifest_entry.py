"""The entry of one installed rock in its tree's manifest, as text to be joined.

An entry consists of text and tuples of text, so that another process can make it and a cache can
store it. The text equals the output of the general writer (``lua.write``), with a fast path for
names and paths in which nothing has to be escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from distrorocks.lua.literal import number_text
from distrorocks.lua.scan import KEYWORDS
from distrorocks.lua.value import to_bytes
from distrorocks.lua.write import key_text, value_text
from distrorocks.patterns import regex
from distrorocks.rocks.constraint import Constraint
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.version import Version
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any


class InstalledRock(NamedTuple):
    """One version of a rock in a tree.

    ``modules`` maps module to path below its deploy directory, ``commands`` command to path.
    ``dependencies`` is None if no rockspec could be read.
    """

    name: str
    version: str
    modules: Mapping[str, str] = MappingProxyType({})
    commands: Mapping[str, str] = MappingProxyType({})
    dependencies: tuple[Dependency, ...] | None = None


class Entry(NamedTuple):
    """The parts of a manifest for one rock.

    ``modules`` and ``commands`` are names, ``..._text`` their tables in ``repository``;
    ``dependencies`` is the table in ``dependencies``. ``needs`` are the dependencies as written;
    both are None if no rockspec could be read.
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
        """Convert the fields of an entry, in which tuples may have become lists."""
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
        texts = [dependency_text(each) for each in dependencies]
        needs, text = tuple(need for need, _ in texts), block([parsed for _, parsed in texts], 3)
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


_INDENT = "   "
_is_plain = regex(r"[ !#-\[\]-~]*").fullmatch


def key(name: str) -> str:
    """Return a key with its equals sign."""
    return _plain_key(name) if _is_plain(name) else key_text(name)


def keys(names: list[str]) -> list[str]:
    """Return the keys of many names."""
    return list(map(_plain_key if _is_plain("".join(names)) else key, names))


def _plain_key(name: str) -> str:
    """Return a key in which nothing has to be escaped."""
    if name.isidentifier() and name not in KEYWORDS:
        return f"{name} = "
    return f'["{name}"] = '


def string(text: str) -> str:
    """Return a text in quotes."""
    return f'"{text}"' if _is_plain(text) else value_text(text)


def block(entries: Iterable[str], level: int) -> str:
    """Return a table of prepared entries, one per line, nested ``level`` deep."""
    new_line = "\n" + _INDENT * level
    body = f",{new_line}".join(entries)
    return f"{{{new_line}{body}{new_line[:-3]}}}" if body else "{}"


def mapping(entries: Mapping[str, str], level: int) -> str:
    """Return a table from text to text."""
    if not entries:
        return "{}"
    names = byte_order(entries)
    values = [entries[name] for name in names]
    if _is_plain("".join(values)):
        texts = [f'{key}"{value}"' for key, value in zip(keys(names), values, strict=True)]
    else:
        texts = [key + string(value) for key, value in zip(keys(names), values, strict=True)]
    return block(texts, level)


def byte_order(names: Iterable[str]) -> list[str]:
    """Return names sorted by their bytes, as LuaRocks' writer sorts keys."""
    ordered = sorted(names)
    return ordered if "".join(ordered).isascii() else sorted(ordered, key=to_bytes)


@lru_cache(maxsize=1 << 16)
def dependency_text(dependency: Dependency) -> tuple[str, str]:
    """Return a dependency as a rockspec writes it, and parsed as ``dependencies`` holds it."""
    constraints = block(map(_constraint, dependency.constraints), 5)
    fields = [f"constraints = {constraints}", f"name = {string(dependency.name)}"]
    if dependency.namespace:
        fields.append(f"namespace = {string(dependency.namespace)}")
    return str(dependency), block(fields, 4)


@lru_cache(maxsize=1 << 14)
def _constraint(constraint: Constraint) -> str:
    """Return one constraint."""
    texts = ["no_upgrade = true"] if constraint.no_upgrade else []
    texts += [f"op = {string(constraint.operator)}", f"version = {_version(constraint.version)}"]
    return block(texts, 6)


def _version(version: Version) -> str:
    """Return a version; after a number the next entry stays on its line."""
    texts = [number_text(part) for part in version.parts]
    if version.revision is not None:
        texts.append(f"revision = {number_text(version.revision)}")
    return block([", ".join([*texts, f"string = {string(version.string)}"])], 7)
