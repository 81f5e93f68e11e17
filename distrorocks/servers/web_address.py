"""An address on the web, from people, configurations and servers: the one place that parses them.

A text is an address only if it says one thing to every reader: printable ASCII, a host that is a
name or an IP address, a port that there is. All else is refused with ``AddressError``.
"""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv6Address
from typing import NamedTuple
from urllib.parse import urljoin

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.quotation import plain, quoted

MOST_CHARACTERS = 8192
_PORTS = {"http": 80, "https": 443}
_ODD = re.compile(r"[^!-~]|\\")
_FIRST = re.compile(r"[^/?#]*:")
_WHOLE = re.compile(
    r"(?P<scheme>[A-Za-z]+)://(?:(?P<secret>[^/?#]*)@)?"
    r"(?P<host>\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9_][A-Za-z0-9_.-]{0,252})(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<target>(?:[/?][^#]*)?)(?P<fragment>(?:#.*)?)",
    re.ASCII,
)


class AddressError(DistrorocksError):
    """A text that is no address; the brief shows it without secrets."""


class WebAddress(NamedTuple):
    """An http or https address; ``secret`` is what stands before an ``@``, None where none does."""

    scheme: str
    secret: str | None
    host: str
    port: int
    target: str

    @classmethod
    def parse(cls, text: str) -> WebAddress:
        """Return the address that ``text`` is, without its fragment; raise ``AddressError``."""
        if len(text) > MOST_CHARACTERS:
            raise _refused(text, f"is longer than {MOST_CHARACTERS} characters")
        if _ODD.search(text):
            raise _refused(text, "has characters that no URL has")
        found = _WHOLE.fullmatch(text)
        if not found:
            raise _refused(text, "is no URL")
        scheme, host = found["scheme"].lower(), found["host"].lower()
        if scheme not in _PORTS:
            raise _refused(text, "is neither http nor https")
        if host.startswith("[") and not _is_ipv6(host[1:-1]):
            raise _refused(text, "has no IP address in its brackets")
        port = int(found["port"] or _PORTS[scheme])
        if not 0 < port < 65536:
            raise _refused(text, "has a port that there is not")
        return cls(scheme, found["secret"], host, port, found["target"])

    def moved(self, location: str) -> WebAddress:
        """Return where a redirect to ``location`` leads; raise ``AddressError``.

        What is secret goes along to the same server only, and a secret of ``location`` never.
        """
        try:
            if len(location) > MOST_CHARACTERS or not location or _ODD.search(location):
                raise _refused(location, "is no URL")
            is_whole = _FIRST.match(location)
            there = WebAddress.parse(location if is_whole else urljoin(str(self), location))
        except (AddressError, ValueError) as error:
            known = error if isinstance(error, AddressError) else _refused(location, "is no URL")
            raise AddressError(f"it is redirected, and {known.brief}") from None
        if there.scheme == "http" and self.scheme == "https":
            raise AddressError(f"it is redirected to http: {plain(there)}")
        is_same = there.origin == self.origin and there.scheme == self.scheme
        return there._replace(secret=self.secret if is_same else None)

    @property
    def origin(self) -> str:
        """The host that answers, with its port."""
        return f"{self.host}:{self.port}"

    def __str__(self) -> str:
        """Return the address without what is secret, as it is asked for and shown."""
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}{self.target}"


def without_secrets(text: str) -> str:
    """Return an address as it can be shown; of what is none all that may be secret is left out."""
    try:
        return str(WebAddress.parse(text))
    except AddressError:
        before, sign, rest = text.rpartition("@")
        return f"...{rest}" if sign else before + rest


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return True


def _refused(text: str, why: str) -> AddressError:
    shown = text if "@" not in text else f"...{text.rpartition('@')[2]}"
    return AddressError(f"{quoted(shown)} {why}")
