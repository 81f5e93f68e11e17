"""Which proxy leads to a URL: the environment's ``http_proxy``, ``https_proxy``, ``no_proxy``."""

from __future__ import annotations

from urllib.request import getproxies_environment, proxy_bypass

from distrorocks.errors import DistrorocksError
from distrorocks.servers.web_address import AddressError, WebAddress


def proxy_for(address: WebAddress) -> WebAddress | None:
    """Return the proxy for an address, None for none; raise for one that cannot be used."""
    known = getproxies_environment()
    if proxy_bypass(address.origin):
        return None
    proxy = known.get(address.scheme) or known.get("all") or ""
    if not proxy:
        return None
    try:
        return WebAddress.parse(proxy if "://" in proxy else f"http://{proxy}")
    except AddressError as error:
        raise DistrorocksError(
            f"the proxy of the environment is not used: {error.brief}",
            hint=f"set {address.scheme}_proxy to an http:// URL, or no_proxy to the server's name",
        ) from None
