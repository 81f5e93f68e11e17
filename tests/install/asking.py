"""Requests for the tests: a root with two trees and a server, asked as a superuser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from distrorocks.install.plan_request import Request
from distrorocks.install.request import parse_operands
from distrorocks.rocks.manifest import tree_manifest
from distrorocks.rocks.manifest_entry import InstalledRock, entry_of
from distrorocks.servers.address import Address
from distrorocks.servers.configured import ServerOptions
from distrorocks.trees.deps_mode import DepsMode
from distrorocks.trees.target import User, Wish
from distrorocks.world.candidates import DistroUse
from distrorocks.world.site import SiteRequest
from tests.rocks_server import RocksServer


class Place:
    """A root whose configuration lists /one and /two, and a server beside it."""

    def __init__(self, folder: Path, *, inside: str = "") -> None:
        self.root = folder / "root"
        self.above = inside
        self.server = RocksServer(folder / "server")
        (self.root / "etc/luarocks").mkdir(parents=True)
        self.configure(f'rocks_trees = {{ "{inside}/one", "{inside}/two" }}\ndeps_mode = "all"\n')

    def give_headers(self, lua_version: str = "5.4") -> None:
        """Let Lua's headers be found, whatever is installed here."""
        folder = self.root.parent / "include"
        folder.mkdir()
        major, minor = lua_version.split(".")
        (folder / "lua.h").write_text(f"#define LUA_VERSION_NUM {major}0{minor}\n")
        path = self.root / "etc/luarocks/config-5.4.lua"
        path.write_text(f'{path.read_text()}variables = {{ LUA_INCDIR = "{folder}" }}\n')

    def configure(self, text: str) -> None:
        """Write the configuration; copies of the server's files are kept beside the root."""
        cache = f'local_cache = "{self.root.parent}/cache"\narch = "linux-x86_64"\n'
        (self.root / "etc/luarocks/config-5.4.lua").write_text(text + cache)

    def tree(self, tree: str, *rocks: InstalledRock) -> Path:
        """Write the manifest of a tree, and return its rocks_dir."""
        place = self.root / tree / "lib/luarocks/rocks-5.4"
        place.mkdir(parents=True)
        (place / "manifest").write_bytes(tree_manifest(map(entry_of, rocks)))
        return place

    def site_request(self, tree: str = "", mode: str = "") -> SiteRequest:
        """Return a request about this root."""
        return SiteRequest(
            User("/root", is_superuser=True),
            Wish(tree),
            "5.4",
            str(self.root),
            DepsMode.parse(mode) if mode else None,
        )

    def request(self, *words: str, tree: str = "", mode: str = "", **more: Any) -> Request:
        """Return a request to install rocks of the server."""
        only = ServerOptions(only=(Address.parse(self.server.publish()),))
        more = {"distro": DistroUse.NEVER, **more}
        return Request(self.site_request(tree, mode), parse_operands(words), only, **more)
