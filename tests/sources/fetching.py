"""Rockspecs and places for tests of sources."""

from __future__ import annotations

from pathlib import Path

from distrorocks.lua.read import parse
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.servers.download_cache import DownloadCache
from distrorocks.servers.files import Policy, ServerFiles
from distrorocks.sources.fetch import Fetched, SourceRequest, fetch_sources


def rockspec(source: str, *, build: str = "", since: str = "3.0") -> Rockspec:
    """Return a rockspec with fields of ``source`` and ``build`` as Lua text."""
    text = (
        f'rockspec_format = "{since}" package = "evil" version = "1.0-1" '
        f'source = {{ {source} }} build = {{ type = "builtin", modules = {{}}, {build} }}'
    )
    return Rockspec.from_chunk(parse(text.encode("utf-8", "surrogateescape")))


def files() -> ServerFiles:
    """Return servers' files without a cache."""
    return ServerFiles(DownloadCache(), Policy())


def fetched(spec: Rockspec, place: Path, *, packed: bytes | None = None) -> Fetched:
    """Fetch the sources of one rock into the folder ``new`` of ``place``."""
    [found] = fetch_sources([SourceRequest(spec, str(place / "new"), packed=packed)], files())
    return found


def tree(directory: str | Path) -> dict[str, str]:
    """Return mode and content of each file below a directory, by relative path."""
    top = Path(directory)
    return {
        str(path.relative_to(top)): f"{path.stat().st_mode & 0o7777:o} {path.read_text()}"
        for path in sorted(top.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }
