"""The page of a server for people: static HTML, which works without scripts and on any screen.

All that it shows comes from rockspecs and names of files, so everything is escaped; a homepage is a
link only if it is a valid and whole web address. Each rock is one element, ``article``, rendered by
itself: ``splice`` replaces those that have changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from distrorocks.rocks.version import Version
from distrorocks.serve.folder.facts import LONGEST_TEXT
from distrorocks.serve.folder.served import ALL_LUAS, Facts, ServedFile, ServedRock, luas_of
from distrorocks.system.files.shipped_files import read_shipped

_REST = r"(?:[A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2}|[^\x00-\xa0])*"
_WEB = re.compile(
    r"https?://(?:\[[0-9A-Fa-f:.]{2,45}\]|[\w.-]+)(?::[0-9]{1,5})?"
    rf"(?:[/?]{_REST})?(?:#{_REST})?"
)
_SIGNS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;", '"': "&#34;"})
_UNITS = ("bytes", "kB", "MB", "GB")
_COLUMNS = "".join(
    f'<th scope="col">{each}</th>' for each in ("Version", "For", "File", "Size", "SHA-256")
)


def page(rocks: Sequence[ServedRock], address: str) -> bytes:
    """Return the page of a server with these rocks, which are sorted.

    ``address`` is the server's, without a trailing slash, or "".
    """
    letters: dict[str, str] = {}
    for rock in rocks:
        letters.setdefault(letter(rock.name), rock.name)
    counts = (
        len(rocks),
        sum(len(rock.versions) for rock in rocks),
        sum(len(files) for rock in rocks for _, files in rock.versions),
    )
    head, tail = frame(address, counts, letters)
    cards = [card(rock, address) for rock in rocks]
    return f"{head}{''.join(cards)}{tail}".encode("utf-8", "replace")


def letter(name: str) -> str:
    """Return what stands for a rock in the navigation."""
    return name[0].upper() if name[0].isalpha() else "0–9"


def frame(
    address: str, counts: tuple[int, int, int], letters: Mapping[str, str]
) -> tuple[str, str]:
    """Return what is before and after the elements of the rocks.

    ``counts`` are those of rocks, versions and files; ``letters`` has the first rock of each.
    """
    shown = escaped(address)
    links = "".join(f'<a href="#{name}">{each}</a>\n' for each, name in letters.items())
    parts = {
        "canonical": f'<link rel="canonical" href="{shown}/">\n' if address else "",
        "totals": "{} rocks, {} versions, {} files".format(*counts),
        "use": _USE.format(shown) if address else _NO_ADDRESS,
        "navigation": f"{_NAVIGATION}{links}</nav>\n" if len(letters) > 1 else "",
        "manifests": "".join(map(_MANIFESTS.format, ALL_LUAS)),
    }
    text = read_shipped("server-page/page.html")
    for name, part in parts.items():
        text = text.replace(f"$({name})", part)
    head, _, tail = text.partition("$(rocks)")
    return head, tail


_USE = """<p>To use it for every command, name it in LuaRocks’ configuration:</p>
<pre><code>rocks_servers = {{ "{}" }}</code></pre>
"""
_NO_ADDRESS = (
    '<p class="soft">In the commands below, <code>SERVER</code> stands for the address of this '
    "page without <code>index.html</code>.</p>\n"
)
_NAVIGATION = '<nav aria-label="Rocks by first letter">\n'
_MANIFESTS = (
    ';\nLua {0}: <a href="manifest-{0}">manifest</a>, <a href="manifest-{0}.zip">zip</a>, '
    '<a href="manifest-{0}.json">JSON</a>'
)


def card(rock: ServedRock, address: str) -> str:
    """Return the element of one rock; its newest version describes it."""
    name, versions = rock.name, list(rock.versions)
    if len(versions) > 1:
        versions.sort(key=_order, reverse=True)
    newest, described_by = versions[0]
    facts = _described(described_by)
    summary = f"<p>{escaped(facts.summary)}</p>\n" if facts.summary else ""
    license_ = f"Licence: {escaped(facts.license)} · " if facts.license else ""
    homepage = ""
    if len(facts.homepage) <= LONGEST_TEXT and _WEB.fullmatch(facts.homepage):
        web = escaped(facts.homepage)
        homepage = f' · <a href="{web}" rel="nofollow noopener">{web}</a>'
    rows = [_row(file, luas_of(files)) for _, files in versions for file in files]
    listed = luas_of(described_by)
    luas = tuple(each for each in listed if any(each in file.facts.luas for file in described_by))
    count = f"{_count(len(versions), 'version')}, {_count(len(rows), 'file')}"
    return (
        f'<article id="{name}">\n'
        f'<h2><a href="#{name}">{name}</a> <span>{newest}</span></h2>\n'
        f"{summary}"
        f'<p class="soft">{license_}{_shown_luas(luas)}{homepage}</p>\n'
        "<pre><code>luarocks install "
        f"<span>--server={escaped(address) or 'SERVER'}</span> {name}</code></pre>\n"
        f"<details>\n<summary>{count}</summary>\n"
        f"<table>\n<thead><tr>{_COLUMNS}</tr></thead>\n"
        f"<tbody>\n{''.join(rows)}</tbody>\n</table>\n</details>\n</article>\n"
    )


def _order(version: tuple[str, object]) -> Version:
    return Version.parse(version[0])


def _row(file: ServedFile, listed: tuple[str, ...]) -> str:
    """Return the row of one file; its version is ``listed`` for these Luas."""
    rock, name, size, digest, facts = file
    needs = f"<small>needs {escaped(facts.needs)}</small>" if facts.needs else ""
    luas = facts.luas if facts.luas == listed else _common(listed, facts.luas)
    return (
        f"<tr><td>{rock.version}</td><td>{_shown_luas(luas)}</td>"
        f'<td><a href="{name}">{rock.arch}</a>{needs}</td><td class="size">{_shown_size(size)}</td>'
        f'<td class="sum"><code>{digest}</code></td></tr>\n'
    )


def escaped(text: str) -> str:
    """Return a text as HTML, also within quotes."""
    return text.translate(_SIGNS)


def _described(files: Sequence[ServedFile]) -> Facts:
    """Return the facts of a version: those of its loose rockspec, else of its first rock."""
    loose = [each for each in files if each.rock.arch == "rockspec"]
    return (loose or files)[0].facts


@lru_cache(maxsize=1 << 6)
def _common(listed: tuple[str, ...], own: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each for each in listed if each in own)


@lru_cache(maxsize=1 << 6)
def _shown_luas(luas: tuple[str, ...]) -> str:
    """Return Lua versions as text: the first and the last of a row, else all."""
    if not luas:
        return "no Lua"
    first = ALL_LUAS.index(luas[0])
    if len(luas) > 2 and luas == ALL_LUAS[first : first + len(luas)]:
        return f"Lua {luas[0]}–{luas[-1]}"
    return f"Lua {', '.join(luas)}"


@lru_cache(maxsize=1 << 12)
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
