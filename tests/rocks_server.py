"""Rocks servers for tests: a directory of rockspecs and rocks with its manifests."""

from __future__ import annotations

import zipfile
from pathlib import Path

from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.rocks.manifest import server_manifest
from distrorocks.serve.make_manifest import make_server_manifests
from distrorocks.system.trees.reader import rock_file

ROCKSPEC = """package = "{name}"
version = "{version}"
source = {{ url = "https://example/{name}.tar.gz" }}
dependencies = {{
{dependencies}}}
build = {{ {build} }}
{more}
"""


class RocksServer:
    """A directory that is filled rock by rock; ``publish`` writes the manifests."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)

    def rockspec(
        self, rock: str, *needs: str, build: str = 'type = "builtin", modules = {}', more: str = ""
    ) -> str:
        """Return the text of a rockspec for ``name version``; each need has a line of its own."""
        name, version = rock.split()
        listed = "".join(f'   "{need}",\n' for need in needs)
        return ROCKSPEC.format(
            name=name, version=version, dependencies=listed, build=build, more=more
        )

    def add(self, rock: str, *needs: str, **words: str) -> RocksServer:
        """Add a bare rockspec."""
        name = rock.replace(" ", "-")
        text = self.rockspec(rock, *needs, **words)
        (self.directory / f"{name}.rockspec").write_text(text)
        return self

    def pack(self, rock: str, *needs: str, arch: str = "src", **words: str) -> RocksServer:
        """Add a rock with its rockspec in it."""
        name = rock.replace(" ", "-")
        with zipfile.ZipFile(self.directory / f"{name}.{arch}.rock", "w") as archive:
            archive.writestr(f"{name}.rockspec", self.rockspec(rock, *needs, **words))
        return self

    def publish(self) -> str:
        """Write the manifests, and return the directory."""
        make_server_manifests(str(self.directory))
        return str(self.directory)

    def publish_unchecked(self) -> None:
        """List every file, sound or not, as a server may that does not check its rocks."""
        packed = [found for path in self.directory.iterdir() if (found := rock_file(path.name))]
        for lua in LUA_VERSIONS:
            for ending in (".json", ".zip"):
                (self.directory / f"manifest-{lua}{ending}").unlink(missing_ok=True)
            (self.directory / f"manifest-{lua}").write_bytes(server_manifest(packed))


class SourceServer(RocksServer):
    """A server whose rocks can be built: each is one module, with its source beside it."""

    def rockspec(self, rock: str, *needs: str, build: str = "", more: str = "") -> str:
        """Return the text of a rockspec for ``name version``, and write the rock's source."""
        name, version = rock.split()
        source = self.directory / "src" / f"{name}-{version}" / f"{name}.lua"
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(f"return '{version}'\n")
        module = f'type = "builtin", modules = {{ ["{name}"] = "{name}.lua" }}'
        text = super().rockspec(rock, *needs, build=build or module, more=more)
        return text.replace(f"https://example/{name}.tar.gz", f"file://{source}")
