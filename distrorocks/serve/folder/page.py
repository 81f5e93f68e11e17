"""The page of a server for people: static HTML, which works without scripts and on any screen.

All that it shows comes from rockspecs and names of files, so everything is escaped; a homepage is a
link only if it is a web address. Each rock is one element, ``article``, rendered by itself, so that
those of an earlier page can be taken over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Any

from distrorocks.rocks.version import Version
from distrorocks.serve.folder.served import ALL_LUAS, Facts, ServedFile, luas_of
from distrorocks.system.files.shipped_files import read_shipped

_WEB = re.compile(r"https?://[^\s\x00-\x20\x7f]+", re.ASCII)
_CARD = re.compile(r'<article id="([A-Za-z0-9._+-]+)">')
_UNITS = ("bytes", "kB", "MB", "GB")
_TITLE = "Lua rocks"


def page(
    files: Sequence[ServedFile], address: str, earlier: Mapping[str, str] = MappingProxyType({})
) -> bytes:
    """Return the page of a server with these files, which are sorted by rock.

    ``address`` is the server's, without a trailing slash, or "". ``earlier`` has the elements of
    rocks that have not changed. Raise ``ModuleNotFoundError`` without jinja2.
    """
    frame, card = _templates()
    letters: dict[str, str] = {}
    cards, versions = [], 0
    for name, group in groupby(files, key=lambda each: each.rock.name):
        letters.setdefault(name[0].upper() if name[0].isalpha() else "0–9", name)
        of_rock = list(group)
        versions += len({each.rock.version for each in of_rock})
        cards.append(earlier.get(name) or card.render(rock=_rock(name, of_rock, address)))
    text = frame.render(
        title=_TITLE,
        address=address,
        rocks=len(cards),
        versions=versions,
        files=len(files),
        letters=list(letters.items()),
        luas=ALL_LUAS,
        cards="".join(cards),
    )
    return str(text).encode("utf-8", "replace")


def cards_in(text: str) -> dict[str, str]:
    """Return the elements of a page that ``page`` made, by rock; none for another text."""
    body = text.partition("<main>\n")[2].rpartition("</main>")[0]
    starts = list(_CARD.finditer(body))
    ends = [each.start() for each in starts[1:]] + [len(body)]
    return {each[1]: body[each.start() : end] for each, end in zip(starts, ends, strict=False)}


def _templates() -> tuple[Any, Any]:
    """Return the templates of the page and of one rock."""
    import jinja2  # when a page is rendered

    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    names = ("server-page/page.html", "server-page/rock.html")
    frame, card = (environment.from_string(read_shipped(name)) for name in names)
    return frame, card


def _rock(name: str, files: list[ServedFile], address: str) -> dict[str, Any]:
    """Return what the template shows of one rock; its newest version describes it."""
    of_version = {
        version: list(group) for version, group in groupby(files, key=lambda each: each.rock[1])
    }
    versions = list(of_version)
    if len(versions) > 1:
        versions.sort(key=Version.parse, reverse=True)
    newest = _described(of_version[versions[0]])
    return {
        "name": name,
        "newest": versions[0],
        "server": address or "SERVER",
        "summary": newest.summary,
        "license": newest.license,
        "homepage": newest.homepage if _WEB.fullmatch(newest.homepage) else "",
        "luas": _shown_luas(luas_of(of_version[versions[0]])),
        "count": f"{_count(len(versions), 'version')}, {_count(len(files), 'file')}",
        "files": [row for version in versions for row in _rows(of_version[version])],
    }


def _rows(files: list[ServedFile]) -> Iterator[dict[str, str]]:
    """Yield a row for each file of one version."""
    luas = _shown_luas(luas_of(files))
    for file in files:
        yield {
            "version": file.rock.version,
            "luas": luas,
            "name": file.file_name,
            "arch": file.rock.arch,
            "size": _shown_size(file.size),
            "digest": file.digest,
        }


def _described(files: list[ServedFile]) -> Facts:
    """Return the facts of a version: those of its loose rockspec, else of its first rock."""
    loose = [each for each in files if each.rock.arch == "rockspec"]
    return (loose or files)[0].facts


def _shown_luas(luas: tuple[str, ...]) -> str:
    """Return Lua versions as text: the first and the last of a row, else all."""
    if not luas:
        return "no Lua"
    first = ALL_LUAS.index(luas[0])
    if len(luas) > 2 and luas == ALL_LUAS[first : first + len(luas)]:
        return f"Lua {luas[0]}–{luas[-1]}"
    return f"Lua {', '.join(luas)}"


def _shown_size(size: int) -> str:
    """Return a number of bytes in the largest unit that gives at least 1."""
    number = float(size)
    for unit in _UNITS:
        if number < 1000 or unit == _UNITS[-1]:
            return f"{size} bytes" if unit == "bytes" else f"{number:.1f} {unit}"
        number /= 1000
    raise AssertionError("the last unit has no limit")


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
