"""Servers and requests for tests of mirrors."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

from distrorocks.resolve.candidate import Need
from distrorocks.rocks.dependency import Dependency
from distrorocks.serve.mirror.mirror import MirrorRequest
from distrorocks.servers.address import Address
from distrorocks.servers.configured import ServerOptions
from distrorocks.world.candidates import World, WorldRequest
from tests.rocks_server import SourceServer


def zipped(path: Path, files: Mapping[str, str]) -> None:
    """Write an archive of these files."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)


class MirroredServer(SourceServer):
    """A server whose source rocks have their sources, and whose binary rocks have a module."""

    def packed(self, rock: str, *needs: str, source: str = "return 1\n") -> MirroredServer:
        """Add a source rock."""
        name, version = rock.split()
        text = self.rockspec(rock, *needs)
        files = {f"{name}-{version}.rockspec": text, f"{name}.lua": source}
        zipped(self.directory / f"{name}-{version}.src.rock", files)
        return self

    def built(self, rock: str, *needs: str, arch: str = "all") -> MirroredServer:
        """Add a binary rock."""
        name, version = rock.split()
        text = self.rockspec(rock, *needs)
        files = {f"{name}-{version}.rockspec": text, f"lua/{name}.lua": "return 2\n"}
        zipped(self.directory / f"{name}-{version}.{arch}.rock", files)
        return self


def needs_of(*rocks: str) -> list[Need]:
    """Return needs of the command line."""
    return [Need(Dependency.parse(rock)) for rock in rocks]


def world_request(tmp_path: Path, *servers: str) -> WorldRequest:
    """Return the request for servers, in a root without LuaRocks."""
    root = tmp_path / "root"
    root.mkdir(exist_ok=True)
    only = tuple(Address.parse(server) for server in servers)
    return WorldRequest("5.4", str(root), ServerOptions((), only))


def world_of(tmp_path: Path, *servers: str, arch: str = "all") -> World:
    """Return the candidates of servers alone."""
    return World(world_request(tmp_path, *servers), (), {"arch": arch})


def request(tmp_path: Path, server: str, *rocks: str, lua: str = "5.4") -> MirrorRequest:
    """Return the request to mirror rocks of a server to the folder ``out``."""
    asked = world_request(tmp_path, server)
    return MirrorRequest(str(tmp_path / "out"), needs_of(*rocks), asked, (lua,))


def rocks_in(folder: Path) -> set[str]:
    """Return the names of the rock files and rockspecs in a folder."""
    return {path.name for path in folder.iterdir() if path.suffix in (".rock", ".rockspec")}
