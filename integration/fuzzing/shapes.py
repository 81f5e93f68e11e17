"""Changes of values: a text is read, a value in it is replaced by another kind, and written."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import parse, parse_returned
from distrorocks.lua.value import to_bytes
from distrorocks.lua.write import persist, value_text
from integration.fuzzing.mutation import mutated
from integration.fuzzing.target import Means, Mutation

_ODD: tuple[Any, ...] = (
    *(0, -1, 1, 2**31, 2**63 - 1, 1.5, 1e300, True, False, "", ".", "..", "/", "a/b", "²", "\0"),
    *("%s", "a" * 500, "lua", "1.0-1", "name/1.0-1", "http://[::1/", "../../x", {}, {1: {}}),
    *({"x": 1}, {1: "a", 2: "b"}),
)


def _changed(value: Any, means: Means, depth: int = 0) -> Any:
    """Return a value in which one inside, or it itself, is another."""
    chance = means.chance
    if isinstance(value, dict) and value and (depth == 0 or chance.random() < 0.85):
        return _with_entry(value, means, depth)
    if isinstance(value, list) and value and (depth == 0 or chance.random() < 0.85):
        at = chance.randrange(len(value))
        return [*value[:at], _changed(value[at], means, depth + 1), *value[at + 1 :]]
    if isinstance(value, str) and chance.random() < 0.7:
        return mutated(value.encode("utf-8", "surrogatepass"), means).decode("utf-8", "replace")
    return _odd(chance, means)


def _with_entry(table: dict[Any, Any], means: Means, depth: int) -> dict[Any, Any]:
    chance = means.chance
    key = chance.choice(list(table))
    result = dict(table)
    kind = chance.randrange(8)
    if kind == 0:
        del result[key]
    elif kind == 1:
        result[_key(chance, means, key)] = result[key]
    elif kind == 2:
        result[_key(chance, means, key)] = result.pop(key)
    elif kind == 3:
        result[key] = table[chance.choice(list(table))]
    elif kind == 4:
        result.update({f"{key}{number}": result[key] for number in range(200)})
    else:
        result[key] = _changed(result[key], means, depth + 1)
    return result


def _key(chance: Random, means: Means, key: Any) -> Any:
    if means.words and chance.random() < 0.5:
        return chance.choice(means.words).decode("utf-8", "replace")
    return chance.choice((7, 1, "x", "", "..", "a/b", "²", f"{key}-1", f"{key}/1", "a" * 300))


def _odd(chance: Random, means: Means) -> Any:
    if means.words and chance.random() < 0.3:
        return chance.choice(means.words).decode("utf-8", "replace")
    return chance.choice(_ODD)


def _by(read: Callable[[bytes], Any], write: Callable[[Any], bytes]) -> Mutation:
    """Return a mutation of values; a text that cannot be read has its bytes changed."""

    def change(data: bytes, means: Means) -> bytes:
        try:
            value = read(data)
            for _ in range(means.chance.choice((1, 1, 2, 4))):
                value = _changed(value, means)
            return write(value)
        except (DistrorocksError, ValueError, TypeError, RecursionError, AttributeError):
            return mutated(data, means)

    return change


def _written(value: Any) -> bytes:
    return to_bytes(f"return {value_text(value, 0)}\n")


lua_globals = _by(lambda data: parse(data).globals, persist)
lua_returned = _by(parse_returned, _written)
json_document = _by(json.loads, lambda value: json.dumps(value, indent=1).encode())
