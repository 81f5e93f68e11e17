"""A root laid out like Alpine's, with the entries that apk-tools 2.14 makes of its packages."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path

ENTRY = """C:Q1wYwQZIxUEyDxsVlhKYWDwOc6i+E=
P:{name}
V:{version}
A:{architecture}
S:8290
I:32768
T:Lua implementation of the Penlight libraries
U:https://lunarmodules.github.io/Penlight/
L:MIT
o:lua-penlight
m:Natanael Copa <ncopa@alpinelinux.org>
t:1695823459
c:8e2c6a2d1d4b4d4c0a7c8f8b1f5d5b5f0a3a1b2c
D:{depends}
p:{provides}
"""


class AlpineRoot:
    """A root with apk's database, filled package by package."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.installed = root / "lib/apk/db/installed"
        self.installed.parent.mkdir(parents=True)
        self.installed.write_text("")
        (root / "etc/apk").mkdir(parents=True)
        (root / "etc/apk/arch").write_text("x86_64\n")
        (root / "etc/os-release").write_text('NAME="Alpine Linux"\nID=alpine\n')

    def install(
        self,
        name: str,
        files: Mapping[str, str],
        *,
        version: str = "1.13.1-r1",
        architecture: str = "noarch",
        depends: str = "lua5.4",
        provides: str = "",
        flags: str = "",
    ) -> None:
        """Unpack files (content, or "-> target" for a link) and record them as apk does."""
        fields = {"name": name, "version": version, "architecture": architecture}
        lines = [ENTRY.format(**fields, depends=depends, provides=provides).rstrip()]
        lines += [f"f:{flags}"] if flags else []
        above = {parent for path in files for parent in Path(path).parents}
        for directory in sorted(above):
            lines.append(f"F:{'' if directory == Path() else directory}")
            lines += ["M:0:0:755"] if directory == Path("usr") else []
            for path, content in files.items():
                if Path(path).parent == directory:
                    lines += self._unpacked(path, content, "S" in flags)
        with self.installed.open("a") as database:
            database.write("\n".join(lines) + "\n\n")

    def _unpacked(self, path: str, content: str, is_sha256: bool) -> list[str]:
        """Write a file; return its lines in the database."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        raw = content.removeprefix("-> ").encode()
        if content.startswith("-> "):
            place.symlink_to(content.removeprefix("-> "))
        else:
            place.write_text(content)
        digest = hashlib.sha256(raw).digest()[:20] if is_sha256 else hashlib.sha1(raw).digest()
        mode = ["a:0:0:755"] if path.startswith("usr/lib/") else []
        return [f"R:{place.name}", *mode, f"Z:Q1{base64.b64encode(digest).decode()}"]

    def remove(self, name: str, files: Mapping[str, str], *, version: str = "1.13.1-r1") -> None:
        """Take a package away again, with its files and its entry."""
        for path in files:
            (self.root / path).unlink()
        entries = self.installed.read_text().split("\n\n")
        kept = [entry for entry in entries if f"\nP:{name}\nV:{version}\n" not in entry]
        self.installed.write_text("\n\n".join(kept))
