"""What a built site must be: whole in itself, with no dead link and nothing of other hosts."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

_LOADING = {
    *(("script", "src"), ("img", "src"), ("img", "srcset"), ("source", "src")),
    *(("source", "srcset"), ("iframe", "src"), ("link", "href"), ("video", "src")),
    *(("audio", "src"), ("embed", "src"), ("object", "data"), ("use", "href"), ("form", "action")),
}
"""The attributes by which a page loads something, or sends something, by itself."""

_IN_STYLES = re.compile(r"""url\(\s*['"]?([^'")]+)|@import\s+['"]([^'"]+)""")
_IN_SCRIPTS = re.compile(
    r"""(?:fetch|import|importScripts|new Worker|\.src\s*=|\.href\s*=)\s*\(?\s*['"`]"""
    r"""((?:https?:)?//[^'"`]+)"""
)


class Page(NamedTuple):
    """The links, the loaded files and the anchors of a page."""

    links: tuple[str, ...]
    loaded: tuple[str, ...]
    anchors: frozenset[str]


class _Reader(HTMLParser):
    """Gathers what a page refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.anchors: list[str] = []
        self.is_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the addresses in a tag."""
        self.is_style = tag == "style"
        for name, value in attrs:
            if name == "id" and value:
                self.anchors.append(value)
            elif (tag, name) in _LOADING and value:
                self.loaded += [it.split()[0] for it in value.split(",") if it.strip()]
            elif (tag, name) == ("a", "href") and value:
                self.links.append(value)
            elif name == "style" and value:
                self.loaded += _loaded_by_style(value)

    def handle_data(self, data: str) -> None:
        """Note the addresses in a style sheet."""
        if self.is_style:
            self.loaded += _loaded_by_style(data)


def read_page(html: str) -> Page:
    """Return what a page refers to."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return Page(tuple(reader.links), tuple(reader.loaded), frozenset(reader.anchors))


def faults(files: Mapping[str, bytes]) -> list[str]:
    """Return one line for each fault of a site, given as its files by their paths."""
    pages = {
        path: read_page(content.decode())
        for path, content in files.items()
        if path.endswith(".html")
    }
    found: list[str] = []
    for path, page in pages.items():
        addresses = dict.fromkeys((*page.links, *page.loaded))
        dead = (it for it in addresses if _is_dead(path, it, files, pages))
        found += (f"{path}: {it} leads nowhere" for it in dead)
        found += _foreign(path, page.loaded)
    for path, content in files.items():
        if path.endswith(".css"):
            found += _foreign(path, _loaded_by_style(content.decode()))
        elif path.endswith(".js"):
            found += _foreign(path, _IN_SCRIPTS.findall(content.decode()))
    return found


def _loaded_by_style(text: str) -> list[str]:
    return [address or other for address, other in _IN_STYLES.findall(text)]


def _foreign(path: str, addresses: list[str] | tuple[str, ...]) -> Iterator[str]:
    """Yield a fault for each address of another host."""
    for address in addresses:
        if urlsplit(address).netloc:
            yield f"{path}: loads {address} from another host"


def _is_dead(path: str, link: str, files: Mapping[str, bytes], pages: Mapping[str, Page]) -> bool:
    """Return whether an address within the site is that of no file, or of no anchor in a page."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return False
    target = _beside(path, parts.path) if parts.path else path
    if target not in files:
        return True
    anchor = unquote(parts.fragment)
    return bool(anchor) and target in pages and anchor not in pages[target].anchors


def _beside(path: str, relative: str) -> str:
    """Return the path of what a page calls by a relative one."""
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(relative)))
    return posixpath.join(joined, "index.html") if relative.endswith("/") else joined
