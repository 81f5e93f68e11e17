"""Which proxy leads to a URL: the environment's ``http_proxy``, ``https_proxy``, ``no_proxy``."""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.quotation import plain
from distrorocks.servers.address import without_secrets


def proxy_for(url: str) -> str:
    """Return the URL of the proxy for ``url``, "" for none; raise for one that cannot be used."""
    parts = urlsplit(url)
    known = getproxies_environment()
    if proxy_bypass(parts.netloc.rpartition("@")[2]):
        return ""
    proxy = known.get(parts.scheme) or known.get("all") or ""
    if not proxy:
        return ""
    if "://" not in proxy:
        proxy = f"http://{proxy}"
    if not proxy.startswith(("http://", "https://")):
        raise DistrorocksError(
            f"the proxy {plain(without_secrets(proxy))} is not used: only HTTP proxies are",
            hint=f"set {parts.scheme}_proxy to an http:// URL, or no_proxy to the server's name",
        )
    return proxy
