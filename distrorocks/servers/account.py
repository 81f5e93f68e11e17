"""The interface of luarocks.org that takes rocks: requests with the key of an account.

The key is a part of each address, so no address is ever shown, no redirect is followed, and only a
server on this machine may be asked without TLS. What is sent is sent once: a request that failed
may have had an effect. Source of the requests: ``luarocks upload`` of LuaRocks 3.11.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from distrorocks import __version__
from distrorocks.errors import DistrorocksError
from distrorocks.patterns import regex
from distrorocks.rocks.quotation import plain
from distrorocks.servers.http_fault import AUTHORITIES, LATER, NETWORK, cause_of, told
from distrorocks.servers.web_address import AddressError, WebAddress
from distrorocks.values import NamedTuple

if TYPE_CHECKING:
    from distrorocks.servers.http import Web

ANSWER_LIMIT = 1024 * 1024
"""Bytes of an answer, which is a small JSON object."""

API = "api/1"
_LOOPBACK = regex(r"localhost|\[::1\]|127(?:\.[0-9]{1,3}){3}")
_NOT_AN_API = "name a server that takes rocks, such as https://luarocks.org, with --server"


class AccountError(DistrorocksError):
    """The server refused a request, or did not answer it as luarocks.org does."""


class Upload(NamedTuple):
    """A file to send: the name of its field, and its own."""

    field: str
    name: str
    content: bytes


class Account:
    """Requests to ``server`` with an account's ``key``; raise ``AccountError`` for all failures."""

    def __init__(self, server: str, key: str, web: Web | None = None) -> None:
        from distrorocks.servers.http import Web  # needs urllib3, which not every system has

        self._server = _checked(server)
        self._key = key
        self._web = web or Web()

    def get(self, action: str, parameters: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Return the answer to a question."""
        query = f"?{urlencode(parameters)}" if parameters else ""
        return self._request("GET", f"{action}{query}")

    def post(self, action: str, files: tuple[Upload, ...]) -> dict[str, Any]:
        """Send files, and return the answer."""
        fields = {
            each.field: (each.name, each.content, "application/octet-stream") for each in files
        }
        return self._request("POST", action, fields=fields)

    def _request(self, method: str, action: str, **body: Any) -> dict[str, Any]:
        import urllib3

        address = self._server
        url = f"{str(address).rstrip('/')}/{API}/{quote(self._key, safe='')}/{action}"
        try:
            response = self._web.pool(address).request(
                method,
                url,
                headers={"User-Agent": f"distrorocks/{__version__}"},
                redirect=False,
                retries=False,
                preload_content=False,
                **body,
            )
            try:
                content = response.read(ANSWER_LIMIT + 1, decode_content=True)
            finally:
                response.close()
        except (urllib3.exceptions.HTTPError, ValueError, OSError) as error:
            why = self._hidden(told(cause_of(error)))
            raise self._error(why, f"{NETWORK}; {AUTHORITIES}") from None
        if len(content) > ANSWER_LIMIT:
            raise self._error(f"its answer has more than {ANSWER_LIMIT} bytes", _NOT_AN_API)
        return self._answer(content, response.status)

    def _answer(self, content: bytes, status: int) -> dict[str, Any]:
        """Return the object of an answer, or raise the error that it is."""
        try:
            found = json.loads(content)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            hint = LATER if status >= 500 else _NOT_AN_API
            raise self._error(f"its answer is no JSON object (HTTP status {status})", hint)
        errors = found.get("errors")
        if isinstance(errors, list) and errors:
            words = self._hidden(", ".join(plain(each) for each in errors[:5]))
            hint = "mend this, and run the command again"
            if errors[0] == "Invalid key":
                hint = f"make a key at {plain(self._shown)}/settings, and pass it with --api-key"
            raise self._error(words, hint)
        if status >= 400:
            raise self._error(f"HTTP status {status}", LATER if status >= 500 else _NOT_AN_API)
        return found

    @property
    def _shown(self) -> str:
        return f"{self._server.scheme}://{self._server.origin}"

    def _hidden(self, text: str) -> str:
        """Return a text without the key, which a message of a library may quote."""
        return text.replace(self._key, "KEY") if self._key else text

    def _error(self, why: str, hint: str) -> AccountError:
        return AccountError(f"{plain(self._shown)} does not take it: {why}", hint=hint)


def _checked(server: str) -> WebAddress:
    """Return the address of a server that may be sent a key, or raise ``AccountError``."""
    try:
        address = WebAddress.parse(server)
    except AddressError as error:
        raise AccountError(error.brief, hint=_NOT_AN_API) from None
    is_near = bool(_LOOPBACK.fullmatch(address.host))
    if address.scheme != "https" and not is_near:
        raise AccountError(
            f"{plain(server)} is not https: everybody on the way could read the key",
            hint="name the server with https://",
        )
    return address
