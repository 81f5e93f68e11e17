"""The values of numerals and string literals.

Rules: Lua 5.3 reference manual, sections 3.1 and 3.4.3.
"""

from __future__ import annotations

import re

from distrorocks.lua.value import to_bytes, to_text
from distrorocks.patterns import regex

MAX_INTEGER = 2**63 - 1

# No digits may follow digits: otherwise invalid numerals would take quadratic time.
_DECIMAL = regex(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_HEXADECIMAL = regex(
    r"0[xX](?:[0-9a-fA-F]+(?:\.[0-9a-fA-F]*)?|\.[0-9a-fA-F]+)(?:[pP][+-]?[0-9]+)?", re.ASCII
)
_ESCAPE = regex(
    rb"\\(?:x([0-9a-fA-F]{2})|([0-9]{1,3})|u\{([0-9a-fA-F]+)\}|z[ \t\n\v\f\r]*"
    rb"|(\r\n|\n\r|\n|\r)|([abfnrtv\\\"'])|(.))",
    re.DOTALL,
)
_LINE_END = regex(r"\r\n|\n\r|\r")
_LETTERS = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"} | {
    b"v": b"\v",
    b"\\": b"\\",
    b'"': b'"',
    b"'": b"'",
}


def wrapped(number: int) -> int:
    """Return ``number`` wrapped around to a signed 64-bit integer."""
    return (number + 2**63) % 2**64 - 2**63


def number_of(token: str) -> int | float:
    """Return the value of a numeral; raise ``ValueError`` for Lua's "malformed number".

    A decimal integer that does not fit in 64 bits is a float; a hexadecimal one wraps around.
    """
    if token.isdecimal() and len(token) < 19:
        return int(token)
    if _DECIMAL.fullmatch(token):
        if token.isdecimal() and len(token.lstrip("0")) < 20:
            whole = int(token.lstrip("0") or "0")
            if whole <= MAX_INTEGER:
                return whole
        return float(token)
    if not _HEXADECIMAL.fullmatch(token):
        raise ValueError("malformed number")
    if "." in token or "p" in token or "P" in token:
        try:
            return float.fromhex(token)
        except OverflowError:
            return float("inf")
    return wrapped(int(token[2:][-16:], 16))


def string_of(token: str) -> str:
    """Return the value of a quoted or long-bracketed string.

    Raise ``ValueError`` for an escape that Lua 5.3 does not have.
    """
    if token[0] == "[":
        return _long_string(token)
    if "\\" not in token:
        return token[1:-1]
    return to_text(_ESCAPE.sub(_meaning, to_bytes(token[1:-1])))


def _long_string(token: str) -> str:
    """Return the text between long brackets, without the first line break."""
    width = token.index("[", 1) + 1
    inner = token[width:-width]
    if "\r" in inner:
        inner = _LINE_END.sub("\n", inner)
    return inner.removeprefix("\n")


def _meaning(match: re.Match[bytes]) -> bytes:
    """Return the bytes of one escape sequence."""
    digits, decimal, code, line_end, letter, unknown = match.groups()
    if letter:
        return _LETTERS[letter]
    if digits:
        return bytes.fromhex(digits.decode())
    if decimal:
        if int(decimal) > 255:
            raise ValueError("decimal escape too large")
        return bytes([int(decimal)])
    if code:
        point = int(code.lstrip(b"0")[:7] or b"0", 16)
        if point > 0x10FFFF:
            raise ValueError("UTF-8 value too large")
        return chr(point).encode("utf-8", "surrogatepass")
    if line_end:
        return b"\n"
    if unknown:
        raise ValueError(f"invalid escape sequence '\\{to_text(unknown)}'")
    return b""


def number_text(number: int | float, *, integral_mark: bool = True) -> str:
    """Return a number as Lua's ``tostring`` does.

    ``integral_mark``: since Lua 5.3 a float with a whole value is written ``1.0``, before ``1``.
    """
    if isinstance(number, int):
        return str(number)
    text = f"{number:.14g}"
    if integral_mark and text.lstrip("-").isdecimal():
        text += ".0"
    return text
