"""The errors of failed requests: what happened in words, what to do, and whether it may pass."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from http.client import BadStatusLine, IncompleteRead, RemoteDisconnected
from socket import gaierror
from ssl import SSLCertVerificationError
from typing import Any

from distrorocks.patterns import regex
from distrorocks.rocks.quotation import escaped, plain
from distrorocks.servers.retry import BUSY, LONGEST_WAIT, PASSING, seconds_of
from distrorocks.servers.time_limit import ServerError
from distrorocks.servers.web_address import without_secrets

LATER = "try again later, or use another server"
NETWORK = "check the network, the proxy and the server's name"
AUTHORITIES = "SSL_CERT_FILE names the trusted authorities; certificates are always verified"
_OPERATOR = "report it to the server's operator, or use another server"
_REFUSED = {
    401: "put the name and password into its address, as in https://NAME:PASSWORD@HOST/",
    403: "check its address, and whether it wants a name and password in it",
    407: "put the name and password of the proxy into the address in http_proxy or https_proxy",
}
_GONE = frozenset((404, 410))
_PHRASES = {each.value: each.phrase for each in HTTPStatus}
_OBJECT = regex(r"^(?:<[^>]*>|\w+\([^)]*\)): ")


def fetch_error(url: str, why: str, *, hint: str = "", **traits: Any) -> ServerError:
    """Return the error for a file; without a hint, its server's operator has to do something."""
    brief = f"cannot fetch {plain(without_secrets(url))}: {why}"
    return ServerError(brief, hint=hint or _OPERATOR, **traits)


def status_error(status: int, headers: Mapping[str, str], url: str) -> ServerError:
    """Return the error for a status that brings no file."""
    if status in _GONE:
        brief = f"{plain(without_secrets(url))} is not there (HTTP status {status})"
        return ServerError(brief, hint="check its name and address", is_missing=True)
    why = f"HTTP status {status}" + (f" ({_PHRASES[status]})" if status in _PHRASES else "")
    if status not in PASSING:
        return fetch_error(url, why, hint=_REFUSED.get(status, ""))
    after, hint = seconds_of(headers), LATER
    if after is not None and after > LONGEST_WAIT:
        hint = f"the server wants to be left alone: try again in {after:.0f} seconds"
    is_busy = status in BUSY
    return fetch_error(url, why, hint=hint, is_down=is_busy, may_pass=True, retry_after=after)


def cause_of(error: BaseException) -> BaseException:
    """Return what went wrong below urllib3, as far as it is known."""
    if isinstance(below := getattr(error, "original_error", None), Exception):
        return cause_of(below)
    if error.args and isinstance(error.args[-1], Exception):
        return error.args[-1]
    below = error.__cause__ or error.__context__
    return below if isinstance(below, OSError) and below.strerror else error


def is_broken(cause: BaseException) -> bool:
    """Return whether a connection broke that had been there, with an answer or without."""
    return isinstance(cause, (ConnectionError, IncompleteRead))


def told(cause: BaseException) -> str:
    """Return a cause in words."""
    if isinstance(cause, gaierror):
        return f"its host has no known address ({plain(cause.strerror or cause)})"
    if isinstance(cause, RemoteDisconnected):
        return "the connection was closed without an answer"
    if isinstance(cause, BadStatusLine):
        return "the answer is not HTTP"
    if isinstance(cause, IncompleteRead):
        return "it ended too early"
    if isinstance(cause, SSLCertVerificationError):
        return f"its certificate is not valid: {escaped(cause.verify_message).rstrip('.')}"
    if isinstance(cause, OSError) and cause.strerror:
        return plain(cause.strerror)
    reason = _OBJECT.sub("", str(getattr(cause, "reason", None) or cause))
    return plain(reason or type(cause).__name__)
