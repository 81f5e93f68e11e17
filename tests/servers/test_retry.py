"""A request is made again where that may help, and a rest is taken where it is that of the file."""

from __future__ import annotations

import pytest

from distrorocks.progress import Work
from distrorocks.servers.retry import (
    BUSY,
    FIRST_WAIT,
    LONGEST_WAIT,
    MOST_TRIES,
    PASSING,
    Begun,
    Tries,
    seconds_of,
)
from distrorocks.servers.time_limit import ServerError

SENT = "Mon, 01 Jan 2024 12:00:00 GMT"
OLD = "Mon, 01 Jan 2024 11:59:00 GMT"
YOUNG = "Mon, 01 Jan 2024 11:59:01 GMT"


def passing(after: float | None = None) -> ServerError:
    """Return an error that may pass."""
    return ServerError("x", may_pass=True, retry_after=after)


def waits(errors: list[ServerError], seconds: float = 1000) -> list[float | None]:
    """Return the waits after one error after another, as if each try took no time."""
    times = [0.0]
    tries = Tries(seconds, now=lambda: times[0])
    found = []
    for error in errors:
        wait = tries.wait_after(error)
        found.append(wait)
        times[0] += wait or 0
    return found


def test_waits_grow_and_end() -> None:
    """Each is twice the one before, and after the last try there is none."""
    expected = [FIRST_WAIT * 2**number for number in range(MOST_TRIES - 1)]
    assert waits([passing()] * MOST_TRIES) == [*expected, None]


def test_what_does_not_pass_is_not_tried_again() -> None:
    """Whatever else is said of it."""
    assert waits([ServerError("x", retry_after=1, is_down=True)]) == [None]


def test_some_statuses_may_be_others_a_little_later() -> None:
    """Too many requests, and what gateways say; an error of the program is not one of all of it."""
    assert {429, 502, 503, 504} == BUSY
    assert {429, 500, 502, 503, 504} == PASSING


def test_a_server_may_ask_for_some_patience() -> None:
    """Up to a bound; it never makes the client haste."""
    assert waits([passing(3)]) == [3]
    assert waits([passing(0)]) == [FIRST_WAIT]
    assert waits([passing(LONGEST_WAIT)]) == [LONGEST_WAIT]
    assert waits([passing(LONGEST_WAIT + 1)]) == [None]


def test_no_try_begins_after_the_time_for_all() -> None:
    """A wait that would end later is not begun."""
    assert waits([passing()], FIRST_WAIT) == [FIRST_WAIT]
    assert waits([passing()], FIRST_WAIT * 0.9) == [None]
    assert waits([passing(2), passing(2)], 3) == [2, None]


def test_several_tries_are_told() -> None:
    """One is what everybody expects."""
    tries = Tries(100)
    assert tries.counted(ServerError("x")).brief == "x"
    tries.wait_after(passing())
    assert str(tries.counted(ServerError("x", hint="y"))) == "x (2 tries)\nhint: y"


@pytest.mark.parametrize(
    ("after", "seconds"),
    [
        ("5", 5),
        (" 7 ", 7),
        ("99999999999999999999", 9999999999),
        ("Mon, 01 Jan 2024 12:00:09 GMT", 9),
        (OLD, 0),
        ("", None),
        ("-5", None),
        ("soon", None),
        ("1.5", None),
        ("\u00b2", None),
        ("\u0663", None),
        ("Mon, 01 Jan 2024 12:00:09", None),
        ("Mon, 99 Jan 2024 12:00:09 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(after: str, seconds: float | None) -> None:
    """A date counts from the server's own clock; anything else is none."""
    assert seconds_of({"Retry-After": after, "Date": SENT}) == seconds


def test_a_date_without_the_servers_time_is_none() -> None:
    """Clocks differ."""
    assert seconds_of({"Retry-After": SENT}) is None


ETAG = {"ETag": '"1"', "Content-Length": "10"}


def begun(headers: dict[str, str], arrived: bytes = b"abcd") -> Begun:
    """Return a file of which some bytes have arrived from the server ``s``."""
    file = Begun(Work("a file"))
    file.begin(headers, "s")
    file.add(arrived)
    return file


@pytest.mark.parametrize(
    ("headers", "validator"),
    [
        ({"ETag": '"1"'}, '"1"'),
        ({"ETag": '"1"', "Last-Modified": OLD, "Date": SENT}, '"1"'),
        ({"ETag": 'W/"1"', "Last-Modified": OLD, "Date": SENT}, ""),
        ({"ETag": "1"}, ""),
        ({"ETag": '"a\x01"'}, ""),
        ({"Last-Modified": OLD, "Date": SENT}, OLD),
        ({"Last-Modified": YOUNG, "Date": SENT}, ""),
        ({"Last-Modified": OLD}, ""),
        ({"Last-Modified": "yesterday", "Date": SENT}, ""),
        ({"ETag": '"1"', "Content-Encoding": "gzip"}, ""),
        ({"ETag": '"1"', "Content-Encoding": " Identity "}, '"1"'),
        ({"ETag": '"1"', "Content-Encoding": ""}, '"1"'),
        ({}, ""),
    ],
)
def test_a_rest_is_requested_where_the_file_can_be_told(
    headers: dict[str, str], validator: str
) -> None:
    """By a strong ETag, or a change that is a minute old; else what has arrived is forgotten."""
    file = begun(headers)
    asked = file.asked()
    assert asked.get("If-Range", "") == validator
    assert asked.get("Range") == ("bytes=4-" if validator else None)
    assert file.size == (4 if validator else 0)


def test_nothing_that_has_arrived_needs_no_rest() -> None:
    """The file is requested as at first."""
    assert begun(ETAG, b"").asked() == {}
    assert Begun(Work("a file")).asked() == {}


@pytest.mark.parametrize(
    ("headers", "origin", "reason"),
    [
        ({"Content-Range": "bytes 4-9/10"}, "s", ""),
        ({"Content-Range": "bytes 4-9/10", "ETag": '"1"'}, "s", ""),
        ({"Content-Range": "bytes 4-9/*"}, "s", ""),
        ({}, "s", "without a valid Content-Range"),
        ({"Content-Range": "4-9/10"}, "s", "without a valid Content-Range"),
        ({"Content-Range": "bytes */10"}, "s", "without a valid Content-Range"),
        ({"Content-Range": "bytes 3-9/10"}, "s", "another part"),
        ({"Content-Range": "bytes 5-9/10"}, "s", "another part"),
        ({"Content-Range": "bytes 0-9/10"}, "s", "another part"),
        ({"Content-Range": "bytes 4-8/10"}, "s", "another part"),
        ({"Content-Range": "bytes 4-3/4"}, "s", "another part"),
        ({"Content-Range": "bytes 4-10/11"}, "s", "has changed"),
        ({"Content-Range": "bytes 4-8/*"}, "s", "has changed"),
        ({"Content-Range": "bytes 4-9/10", "ETag": '"2"'}, "s", "has changed"),
        ({"Content-Range": "bytes 4-9/10"}, "t", "another server"),
    ],
)
def test_only_the_rest_of_the_same_file_is_taken(
    headers: dict[str, str], origin: str, reason: str
) -> None:
    """From the next byte to the last one, of the same version, by the same server."""
    why = begun(ETAG).why_not(headers, origin)
    assert reason in why
    assert bool(reason) == bool(why)


def test_a_later_time_of_change_is_another_file() -> None:
    """Where there is no ETag."""
    file = begun({"Last-Modified": OLD, "Date": SENT})
    part = {"Content-Range": "bytes 4-9/10", "Last-Modified": OLD}
    assert file.why_not(part, "s") == ""
    assert "has changed" in file.why_not({**part, "Last-Modified": YOUNG}, "s")


def test_a_file_is_whole_at_its_length() -> None:
    """Without one, whatever there is, but not nothing."""
    assert [begun(ETAG, b"x" * size).is_whole for size in (9, 10, 11)] == [False, True, False]
    assert begun({"Content-Length": "0"}, b"").is_whole
    assert not begun({}, b"").is_whole
    assert begun({}).is_whole
    unknown = begun({"ETag": '"1"'})
    assert unknown.why_not({"Content-Range": "bytes 4-9/10"}, "s") == ""
    assert not unknown.is_whole
    unknown.begin(ETAG, "s")
    assert (unknown.size, unknown.parts) == (0, [])


class Counted(Work):
    """A work that remembers how much of it is done."""

    done = 0

    def advance(self, count: int = 1) -> None:
        """Add to what is done."""
        self.done += count


@pytest.mark.parametrize(
    ("headers", "total"),
    [
        ({"Content-Length": "10"}, 10),
        ({"Content-Length": "10", "Content-Encoding": ""}, 10),
        ({"Content-Length": "10", "Content-Encoding": "identity"}, 10),
        ({"Content-Length": "10", "Content-Encoding": "gzip"}, None),
        ({"Content-Length": "9" * 19}, int("9" * 19)),
        ({"Content-Length": "9" * 20}, None),
        ({"Content-Length": "-1"}, None),
        ({}, None),
    ],
)
def test_progress_knows_the_length_that_arrives(headers: dict[str, str], total: int | None) -> None:
    """Not that of packed bytes, which are fewer; what is forgotten does not count."""
    work = Counted("a file")
    file = Begun(work)
    file.begin(headers, "s")
    file.add(b"abcd")
    file.add(b"ef")
    assert (work.total, work.done, file.size, file.parts) == (total, 6, 6, [b"abcd", b"ef"])
    file.clear()
    assert (work.done, file.size, file.parts) == (0, 0, [])


def test_the_rest_is_asked_for_as_it_is() -> None:
    """Packed, it would not fit what has arrived; of a file that broke again, what follows it."""
    file = begun(ETAG)
    assert file.asked()["Accept-Encoding"] == "identity"
    assert file.why_not({"Content-Range": "bytes 4-9/10"}, "s") == ""
    file.add(b"ef")
    assert file.asked()["Range"] == "bytes=6-"
    assert file.why_not({"Content-Range": " bytes  6-9/10 "}, "s") == ""
