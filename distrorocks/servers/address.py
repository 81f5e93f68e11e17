"""The address of a rocks server, a URL or a directory, and the addresses below it."""

from __future__ import annotations

import posixpath
import re

from distrorocks.patterns import regex
from distrorocks.rocks.quotation import quoted
from distrorocks.servers.web_address import (
    MOST_CHARACTERS,
    AddressError,
    WebAddress,
    without_secrets,
)
from distrorocks.values import NamedTuple

__all__ = ["Address", "AddressError"]

FILE = "file"
_SCHEME = regex(r"([A-Za-z][A-Za-z0-9+.-]*)://", re.ASCII)
_CONTROL = regex(r"[\x00-\x1f\x7f-\x9f]")
_URL_SIGNS = "".join(map(chr, range(0x20, 0x7F)))
_HINT = "name an http:// or https:// URL, a file:// URL or a directory"


class Address(NamedTuple):
    """The location of a server: ``scheme`` is http, https or file.

    ``place`` is the whole URL, or for file the absolute directory; it has no trailing slash.
    """

    scheme: str
    place: str

    @classmethod
    def parse(cls, text: str, *, above: str = "/") -> Address:
        """Parse an address, or raise ``AddressError``.

        A directory may be relative to ``above``.
        """
        if not text.strip() or len(text) > MOST_CHARACTERS or _CONTROL.search(text):
            shown = quoted(without_secrets(text))
            raise AddressError(f"{shown} is not an address of a rocks server", hint=_HINT)
        found = _SCHEME.match(text)
        if not found:
            return cls(FILE, posixpath.normpath(posixpath.join(above, text)))
        scheme = found[1].lower()
        if scheme == FILE:
            path = text[found.end() :]  # verbatim: LuaRocks decodes no %20 here
            return cls(FILE, posixpath.normpath(posixpath.join(above, path)))
        try:
            web = WebAddress.parse(_quoted(text, safe=_URL_SIGNS))
        except AddressError as error:
            raise AddressError(error.brief, hint=_HINT) from None
        secret = "" if web.secret is None else f"{web.secret}@"
        return cls(web.scheme, str(web).replace("://", f"://{secret}", 1).rstrip("/"))

    @property
    def is_local(self) -> bool:
        """Whether it is a local directory."""
        return self.scheme == FILE

    @property
    def origin(self) -> str:
        """The host with its port, or the directory."""
        return self.place if self.is_local else WebAddress.parse(self.place).origin

    def file(self, name: str) -> str:
        """Return the URL or path of a file of the server; the place itself for ""."""
        if not name:
            return self.place
        if self.is_local:
            return f"{self.place}/{name}"
        return f"{self.place}/{_quoted(name)}"

    def below(self, *names: str) -> Address:
        """Return the address of a directory of the server."""
        return Address(self.scheme, self.file("/".join(names)))

    def of_namespace(self, namespace: str) -> Address:
        """Return the address of the manifests of one namespace."""
        return self.below("manifests", namespace)

    def __str__(self) -> str:
        """Return the address without a password."""
        return self.place if self.is_local else without_secrets(self.place)


def _quoted(text: str, *, safe: str = "/") -> str:
    """Return a text with all but letters, digits, ``_.-~`` and ``safe`` as %XX."""
    from urllib.parse import quote  # not for local servers: it is slow to import

    return quote(text, safe=safe, errors="surrogateescape")
