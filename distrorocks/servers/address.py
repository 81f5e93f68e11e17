"""The address of a rocks server: a URL or a directory, and the addresses below it."""

from __future__ import annotations

import posixpath
import re
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.quotation import quoted

FILE = "file"
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://", re.ASCII)
_WEB = ("http", "https")


class AddressError(DistrorocksError):
    """A text that is no address of a rocks server."""


class Address(NamedTuple):
    """Where a server is: ``scheme`` is http, https or file.

    ``place`` is the whole URL, or for file the absolute directory; it has no slash at its end.
    """

    scheme: str
    place: str

    @classmethod
    def parse(cls, text: str, *, above: str = "/") -> Address:
        """Return the address that ``text`` spells; raise ``AddressError``.

        A directory may be relative to ``above``.
        """
        if "\0" in text or not text.strip():
            raise AddressError(f"{quoted(text)} is no address of a rocks server", hint=_HINT)
        found = _SCHEME.match(text)
        if not found:
            return cls(FILE, posixpath.normpath(posixpath.join(above, text)))
        scheme = found[1].lower()
        if scheme == FILE:
            path = text[found.end() :]  # as it stands: LuaRocks knows no %20 here
            return cls(FILE, posixpath.normpath(posixpath.join(above, path)))
        if scheme not in _WEB:
            shown = quoted(without_secrets(text))
            raise AddressError(f"rocks servers are not reached as {shown} asks", hint=_HINT)
        if not _is_sound(text):
            raise AddressError(f"{quoted(without_secrets(text))} is no URL", hint=_HINT)
        return cls(scheme, f"{scheme}://{text[found.end() :].rstrip('/')}")

    @property
    def is_local(self) -> bool:
        """Whether it is a directory of this machine."""
        return self.scheme == FILE

    @property
    def origin(self) -> str:
        """The host that answers, with its port, or the directory."""
        return self.place if self.is_local else urlsplit(self.place).netloc

    def file(self, name: str) -> str:
        """Return the URL or path of a file of the server."""
        return f"{self.place}/{name}" if self.is_local else f"{self.place}/{quote(name)}"

    def below(self, *names: str) -> Address:
        """Return the address of a directory of the server."""
        return Address(self.scheme, self.file("/".join(names)))

    def of_namespace(self, namespace: str) -> Address:
        """Return where the manifests of one user's rocks are."""
        return self.below("manifests", namespace)

    def __str__(self) -> str:
        """Return the address without a password."""
        return self.place if self.is_local else without_secrets(self.place)


_HINT = "name an http:// or https:// URL, a file:// URL or a directory"


def without_secrets(url: str) -> str:
    """Return a URL without the user and password that it may hold."""
    scheme, separator, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{separator}{host.rpartition('@')[2]}{slash}{path}"


def _is_sound(text: str) -> bool:
    """Return whether a web URL has a host, a possible port, and no byte that splits requests."""
    if any(char.isspace() or not char.isprintable() for char in text):
        return False
    try:
        parts = urlsplit(text)
        return bool(parts.hostname) and (parts.port is None or 0 < parts.port < 65536)
    except ValueError:
        return False
