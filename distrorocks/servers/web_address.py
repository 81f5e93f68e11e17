"""HTTP URLs from users, configurations and servers; the only parser for them.

A URL is accepted only if every parser agrees on it: printable ASCII, a host that is a name or an IP
address, a valid port. Anything else is refused with ``AddressError``.
"""

from __future__ import annotations

import re

from distrorocks.errors import DistrorocksError
from distrorocks.patterns import regex
from distrorocks.rocks.quotation import plain, quoted
from distrorocks.values import NamedTuple

MOST_CHARACTERS = 8192
_PORTS = {"http": 80, "https": 443}
_ODD = regex(r"[^!-~]|\\")
_FIRST = regex(r"[^/?#]*:")
_WHOLE = regex(
    r"(?P<scheme>[A-Za-z]+)://(?:(?P<secret>[^/?#]*)@)?"
    r"(?P<host>\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9_][A-Za-z0-9_.-]{0,252})(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<target>(?:[/?][^#]*)?)(?P<fragment>(?:#.*)?)",
    re.ASCII,
)


class AddressError(DistrorocksError):
    """A text is not a valid address; the brief shows it without secrets."""


class WebAddress(NamedTuple):
    """An http or https address; ``secret`` is the user information before ``@``, or None."""

    scheme: str
    secret: str | None
    host: str
    port: int
    target: str

    @classmethod
    def parse(cls, text: str) -> WebAddress:
        """Parse an address without its fragment, or raise ``AddressError``."""
        if len(text) > MOST_CHARACTERS:
            raise _refused(text, f"is longer than {MOST_CHARACTERS} characters")
        if _ODD.search(text):
            raise _refused(text, "has characters that a URL cannot have")
        found = _WHOLE.fullmatch(text)
        if not found:
            raise _refused(text, "is not a URL")
        scheme, host = found["scheme"].lower(), found["host"].lower()
        if scheme not in _PORTS:
            raise _refused(text, "is neither http nor https")
        if host.startswith("[") and not _is_ipv6(host[1:-1]):
            raise _refused(text, "has no IP address in brackets")
        port = int(found["port"] or _PORTS[scheme])
        if not 0 < port < 65536:
            raise _refused(text, "has an invalid port")
        return cls(scheme, found["secret"], host, port, found["target"])

    def moved(self, location: str) -> WebAddress:
        """Return the target of a redirect to ``location``, or raise ``AddressError``.

        The secret is kept only for the same server; a secret in ``location`` is dropped.
        """
        from urllib.parse import urljoin

        try:
            if len(location) > MOST_CHARACTERS or not location or _ODD.search(location):
                raise _refused(location, "is not a URL")
            is_whole = _FIRST.match(location)
            there = WebAddress.parse(location if is_whole else urljoin(str(self), location))
        except (AddressError, ValueError) as error:
            known = error if isinstance(error, AddressError) else _refused(location, "is not a URL")
            raise AddressError(f"it is redirected, and {known.brief}") from None
        if there.scheme == "http" and self.scheme == "https":
            raise AddressError(f"it is redirected to http: {plain(there)}")
        is_same = there.origin == self.origin and there.scheme == self.scheme
        return there._replace(secret=self.secret if is_same else None)

    @property
    def origin(self) -> str:
        """The host with its port."""
        return f"{self.host}:{self.port}"

    def __str__(self) -> str:
        """Return the address without the secret, for requests and messages."""
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}{self.target}"


def without_secrets(text: str) -> str:
    """Return an address for messages; in an invalid one drop whatever may be a secret."""
    try:
        return str(WebAddress.parse(text))
    except AddressError:
        return _shown(text)


def _is_ipv6(text: str) -> bool:
    from ipaddress import AddressValueError, IPv6Address

    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return True


def _shown(text: str) -> str:
    """Return an invalid address without what may be a secret: all up to its last ``@``."""
    _, sign, rest = text.rpartition("@")
    return f"...{rest}" if sign else text


def _refused(text: str, why: str) -> AddressError:
    return AddressError(f"{quoted(_shown(text))} {why}")
