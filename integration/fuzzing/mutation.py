"""Changes of bytes, words and lines, which make one input of another by chance."""

from __future__ import annotations

import re
from collections.abc import Callable

from integration.fuzzing.target import Means

_TOKEN = re.compile(rb"[A-Za-z_][A-Za-z0-9_.-]*|[0-9]+|\s+|.", re.DOTALL)
_NUMBER = re.compile(rb"[0-9]+")
_BYTES = (0, 1, 9, 10, 13, 27, 32, 34, 39, 47, 92, 127, 128, 255)
_NUMBERS = (
    *(b"0", b"-1", b"1", b"127", b"256", b"65536", b"2147483648", b"4294967295"),
    *(b"9223372036854775807", b"18446744073709551616", b"1e309", b"0x10", b"1e5", b"-0"),
    *(b"9" * 50, b"9" * 5000, b"0" * 100, "²".encode(), "٣".encode(), b"nan", b"1_000"),
)
_STRANGE = (
    *("²", "é", "\u2028", "\ufeff", "İ", "ſ", "\x85", "\u202e", "\U0001f600"),
    *("\x1b[2J", "\r", "\r\n", "\0", "\x0b", "\x0c", "\x1c", "\x1e", "\x1f", "..", "/", "//", "%"),
    *("../../etc/x", "/etc/passwd", "~", "$HOME", "a" * 300, "\udc80", "\ud800"),
)
_STRANGERS = tuple(text.encode("utf-8", "surrogatepass") for text in _STRANGE)
_PAIRS = ((b"{", b"}"), (b"[", b"]"), (b"(", b")"), (b'"', b'"'), (b"<a>", b"</a>"))
_MOST_REPEATS = 4000


def mutated(data: bytes, means: Means) -> bytes:
    """Return ``data`` with one to some changes."""
    for _ in range(1 + min(int(means.chance.expovariate(0.7)), 8)):
        data = means.chance.choice(_CHANGES)(data, means)
    return data


def _span(data: bytes, means: Means) -> tuple[int, int]:
    """Return where a part of ``data`` starts and ends, short parts more often."""
    start = means.chance.randrange(len(data) + 1)
    longest = means.chance.choice((1, 4, 16, 64, len(data) + 1))
    return start, min(len(data), start + means.chance.randrange(longest + 1))


def _flipped(data: bytes, means: Means) -> bytes:
    if not data:
        return data
    at = means.chance.randrange(len(data))
    return data[:at] + bytes((data[at] ^ 1 << means.chance.randrange(8),)) + data[at + 1 :]


def _set(data: bytes, means: Means) -> bytes:
    at = means.chance.randrange(len(data) + 1)
    return data[:at] + bytes((means.chance.choice(_BYTES),)) + data[at + 1 :]


def _cut(data: bytes, means: Means) -> bytes:
    start, end = _span(data, means)
    return data[:start] + data[end:]


def _ended(data: bytes, means: Means) -> bytes:
    return data[: means.chance.randrange(len(data) + 1)]


def _doubled(data: bytes, means: Means) -> bytes:
    start, end = _span(data, means)
    at = means.chance.randrange(len(data) + 1)
    return data[:at] + data[start:end] + data[at:]


def _repeated(data: bytes, means: Means) -> bytes:
    start, end = _span(data, means)
    count = means.chance.choice((2, 10, 100, _MOST_REPEATS))
    return (
        data[:end] + data[start:end] * min(count, 1 + (1 << 15) // (end - start + 1)) + data[end:]
    )


def _wrapped(data: bytes, means: Means) -> bytes:
    start, end = _span(data, means)
    left, right = means.chance.choice(_PAIRS)
    count = means.chance.choice((1, 2, 50, 300, _MOST_REPEATS))
    return data[:start] + left * count + data[start:end] + right * count + data[end:]


def _with_word(data: bytes, means: Means) -> bytes:
    start, end = _span(data, means)
    pool = means.words if means.words and means.chance.random() < 0.7 else _STRANGERS
    kept = means.chance.random() < 0.5
    return data[:start] + means.chance.choice(pool) + data[start if kept else end :]


def _with_number(data: bytes, means: Means) -> bytes:
    found = list(_NUMBER.finditer(data))
    if not found:
        return data + means.chance.choice(_NUMBERS)
    one = means.chance.choice(found)
    return data[: one.start()] + means.chance.choice(_NUMBERS) + data[one.end() :]


def _with_length(data: bytes, means: Means) -> bytes:
    """Set a field as binary forms have them: two, four or eight bytes, either end first."""
    size = means.chance.choice((2, 4, 8))
    at = means.chance.randrange(len(data) + 1)
    value = means.chance.choice((0, 1, len(data), 1 << 15, 1 << 31, 1 << 63, (1 << 64) - 1))
    field = (value % (1 << 8 * size)).to_bytes(size, means.chance.choice(("little", "big")))
    return data[:at] + field + data[at + size :]


def _token(data: bytes, means: Means) -> bytes:
    """Replace a word by another one of the same text, by one that is looked for, or by none."""
    tokens = _TOKEN.findall(data[:20_000])
    if not tokens:
        return means.chance.choice(_STRANGERS)
    at = means.chance.randrange(len(tokens))
    new = means.chance.choice((b"", means.chance.choice(tokens), means.chance.choice(_STRANGERS)))
    if means.words and means.chance.random() < 0.4:
        new = means.chance.choice(means.words)
    tokens[at] = new
    return b"".join(tokens) + data[20_000:]


def _spliced(data: bytes, means: Means) -> bytes:
    other = means.chance.choice(means.others) if means.others else data
    start, end = _span(other, means)
    at = means.chance.randrange(len(data) + 1)
    if means.chance.random() < 0.3:
        return data[:at] + other[start:]
    return data[:at] + other[start:end] + data[at:]


def _lines(data: bytes, means: Means) -> bytes:
    """Take away, double, move or borrow a line."""
    lines = data.split(b"\n")
    at = means.chance.randrange(len(lines))
    kind = means.chance.randrange(4)
    if kind == 0:
        del lines[at]
    elif kind == 1:
        lines.insert(means.chance.randrange(len(lines)), lines[at])
    elif kind == 2:
        lines.insert(means.chance.randrange(len(lines)), lines.pop(at))
    elif means.others:
        lines.insert(at, means.chance.choice(means.chance.choice(means.others).split(b"\n")))
    return b"\n".join(lines)


_CHANGES: tuple[Callable[[bytes, Means], bytes], ...] = (
    *(_flipped, _set, _cut, _ended, _doubled, _repeated, _wrapped, _with_word, _with_word),
    *(_with_number, _with_length, _token, _token, _token, _spliced, _spliced, _lines, _lines),
)
