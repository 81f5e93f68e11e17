"""A root laid out like Arch's, with the entries that pacman 6 makes of its packages."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from pathlib import Path

DESC = """%NAME%
{name}

%VERSION%
{version}

%BASE%
lua-say

%DESC%
Lua string hashing library, useful for internationalization

%URL%
https://github.com/lunarmodules/say

%ARCH%
{architecture}

%BUILDDATE%
1713126781

%INSTALLDATE%
1795894501

%PACKAGER%
Unknown Packager

%SIZE%
19311

%LICENSE%
MIT

%VALIDATION%
pgp

%DEPENDS%
{depends}

"""


class ArchRoot:
    """A root with pacman's database, filled package by package."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.local = root / "var/lib/pacman/local"
        self.local.mkdir(parents=True)
        (self.local / "ALPM_DB_VERSION").write_text("9\n")
        (root / "etc").mkdir()
        (root / "etc/os-release").write_text("NAME='Arch Linux'\nID=arch\n")

    def install(
        self,
        name: str,
        files: Mapping[str, str],
        *,
        version: str = "1:1.4.1-3",
        architecture: str = "any",
        depends: str = "lua",
    ) -> None:
        """Unpack files (content, or "-> target" for a link) and record them as pacman does."""
        lines = ["#mtree", "/set type=file uid=0 gid=0 mode=644"]
        for path, content in files.items():
            place = self.root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            name_there = path.replace(" ", "\\040")
            if content.startswith("-> "):
                place.symlink_to(content.removeprefix("-> "))
                lines.append(f"./{name_there} time=1.0 mode=777 type=link link={content[3:]}")
                continue
            place.write_text(content)
            raw = content.encode()
            md5, sha256 = hashlib.md5(raw).hexdigest(), hashlib.sha256(raw).hexdigest()
            lines.append(f"./{name_there} time=1.0 md5digest={md5} sha256digest={sha256}")
        folder = self.local / f"{name}-{version}"
        folder.mkdir()
        fields = {"name": name, "version": version, "architecture": architecture}
        (folder / "desc").write_text(DESC.format(**fields, depends=depends))
        above = {f"{parent}/" for path in files for parent in Path(path).parents[:-1]}
        listed = "\n".join(sorted({*above, *files}))
        (folder / "files").write_text(f"%FILES%\n{listed}\n\n")
        (folder / "mtree").write_bytes(gzip.compress("\n".join(lines).encode()))

    def remove(self, name: str, files: Mapping[str, str], *, version: str = "1:1.4.1-3") -> None:
        """Take a package away again, with its files and its records."""
        for path in files:
            (self.root / path).unlink()
        folder = self.local / f"{name}-{version}"
        for part in folder.iterdir():
            part.unlink()
        folder.rmdir()
