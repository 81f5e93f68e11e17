"""Lua's operators on constants.

Each raises ``ValueError`` where Lua would raise an error or use a metatable, and for the few
operations (bitwise, numbers in strings) that no rockspec needs. Rules: Lua 5.3 reference manual,
section 3.4.
"""

from __future__ import annotations

from distrorocks.lua.literal import number_text, wrapped
from distrorocks.lua.value import LuaTable, LuaValue, to_bytes, to_text

BINARY = {
    "or": 1,
    "and": 2,
    **dict.fromkeys(("<", ">", "<=", ">=", "~=", "=="), 3),
    "|": 4,
    "~": 5,
    "&": 6,
    "<<": 7,
    ">>": 7,
    "..": 9,
    "+": 10,
    "-": 10,
    **dict.fromkeys(("*", "/", "//", "%"), 11),
    "^": 14,
}
"""The precedence of binary operators; ``..`` and ``^`` are right-associative."""

UNARY = frozenset({"not", "-", "#", "~"})
UNARY_BINDS = 12

MAGIC = frozenset("^$()%.[]*+-?")
"""The magic characters of Lua patterns."""

Number = (int, float)


def is_true(value: LuaValue) -> bool:
    """Return whether ``value`` is true in Lua: anything but ``nil`` and ``false``."""
    return value is not None and value is not False


def is_number(value: LuaValue) -> bool:
    """Return whether ``value`` is an integer or a float."""
    return isinstance(value, Number) and not isinstance(value, bool)


def are_equal(left: LuaValue, right: LuaValue) -> bool:
    """Return Lua's ``==``: a table equals only itself, and ``1`` is ``1.0``, not ``true``."""
    if is_number(left) and is_number(right):
        return left == right
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    return left is right


def comparison(sign: str, left: LuaValue, right: LuaValue) -> bool:
    """Return the result of a comparison; strings compare by bytes, as in the C locale."""
    if sign == "==":
        return are_equal(left, right)
    if sign == "~=":
        return not are_equal(left, right)
    if isinstance(left, str) and isinstance(right, str):
        return _ordered(sign, to_bytes(left), to_bytes(right))
    if is_number(left) and is_number(right):
        return _ordered(sign, left, right)  # type: ignore[arg-type]  # both are numbers
    raise ValueError("values of these types have no order")


def _ordered(sign: str, left: bytes | float, right: bytes | float) -> bool:
    """Return one of the four order comparisons of two values of one type."""
    low, high = (left, right) if sign[0] == "<" else (right, left)
    if len(sign) == 2:
        return low <= high  # type: ignore[operator]  # both bytes or both numbers
    return low < high  # type: ignore[operator]


def arithmetic(sign: str, left: LuaValue, right: LuaValue) -> int | float:
    """Return the result of an arithmetic operator; integers wrap around at 64 bits."""
    if not isinstance(left, Number) or not isinstance(right, Number):
        raise ValueError("arithmetic on a value that is not a number")
    if isinstance(left, bool) or isinstance(right, bool):
        raise ValueError("arithmetic on a boolean")
    if sign in "/^" or isinstance(left, float) or isinstance(right, float):
        return _float_arithmetic(sign, float(left), float(right))
    if sign in ("//", "%") and not right:
        raise ValueError("division by zero")
    whole = {
        "+": lambda: left + right,
        "-": lambda: left - right,
        "*": lambda: left * right,
        "//": lambda: left // right,
        "%": lambda: left % right,
    }
    if sign not in whole:
        raise ValueError("bit operations are not evaluated")
    return wrapped(int(whole[sign]()))


def _float_arithmetic(sign: str, left: float, right: float) -> float:
    """Return the result of an arithmetic operator on floats."""
    try:
        if sign == "+":
            return left + right
        if sign == "-":
            return left - right
        if sign == "*":
            return left * right
        if sign == "/":
            return left / right
        if sign == "^":
            power = left**right
            if isinstance(power, float):
                return power
    except (OverflowError, ZeroDivisionError) as error:
        raise ValueError("a result that is not a finite float") from error
    raise ValueError(f"{sign} on floats is not evaluated")


def concatenation(operands: list[LuaValue]) -> str:
    """Return the strings and numbers joined; parts of one UTF-8 character become the character."""
    parts = []
    for operand in operands:
        if isinstance(operand, str):
            parts.append(operand)
        elif isinstance(operand, Number) and not isinstance(operand, bool):
            if operand != operand:
                raise ValueError("NaN has no unique text")
            parts.append(number_text(operand))
        else:
            raise ValueError("concatenation of a value that is neither string nor number")
    joined = "".join(parts)
    return joined if joined.isascii() else to_text(to_bytes(joined))


def unary(sign: str, value: LuaValue) -> LuaValue:
    """Return the result of ``not``, ``-`` or ``#``."""
    if sign == "not":
        return not is_true(value)
    if sign == "#":
        return length(value)
    if sign == "-" and isinstance(value, Number) and not isinstance(value, bool):
        return wrapped(-value) if isinstance(value, int) else -value
    raise ValueError(f"unary {sign} on a value of the wrong type")


def length(value: LuaValue) -> int:
    """Return the length of a string or table; raise ``ValueError`` for a table with holes."""
    if isinstance(value, str):
        return len(to_bytes(value))
    if not isinstance(value, dict):
        raise ValueError("length of a value that has none")
    count = 0
    while count + 1 in value:
        count += 1
    if count != sum(1 for key in value if isinstance(key, int) and key > 0):
        raise ValueError("length of a table with holes")
    return count


def table_key(key: LuaValue) -> int | float | str:
    """Return ``key`` as a Lua table stores it: a float with an integral value as integer.

    Raise ``ValueError`` for ``nil``, NaN, and for keys that are booleans or tables.
    """
    if isinstance(key, str):
        return key
    if isinstance(key, int) and not isinstance(key, bool):
        return key
    if isinstance(key, float) and key == key:
        if key.is_integer() and -(2.0**63) <= key < 2.0**63:
            return int(key)
        return key
    raise ValueError("a key that is neither a string nor a number")


def index(value: LuaValue, key: LuaValue) -> LuaValue:
    """Return the field of a table; raise ``ValueError`` if it is not a table."""
    if not isinstance(value, dict):
        raise ValueError("indexing a value that is not a table")
    if key is None or isinstance(key, (bool, dict)):
        return None
    return value.get(table_key(key))


def store(value: LuaValue, key: LuaValue, item: LuaValue) -> LuaTable:
    """Set a field of a table (``nil`` removes it) and return the table, or raise ``ValueError``."""
    if not isinstance(value, dict):
        raise ValueError("indexing a value that is not a table")
    place = table_key(key)
    if item is None:
        value.pop(place, None)
    else:
        value[place] = item
    return value


def substitution(value: LuaValue, pattern: str, replacement: str) -> str:
    """Return ``value:gsub(pattern, replacement)`` for texts without a magic character."""
    if not isinstance(value, str) or not pattern or set(pattern) & MAGIC or "%" in replacement:
        raise ValueError("a pattern that only Lua matches")
    if len(replacement) > len(pattern) and value.count(pattern) * len(replacement) > 1024 * 1024:
        raise ValueError("a substitution whose result is too large")
    replaced = value.replace(pattern, replacement)
    return replaced if replaced.isascii() else to_text(to_bytes(replaced))
