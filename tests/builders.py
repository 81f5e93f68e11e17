"""Small systems to test on, made in a scratch directory."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from distrorocks.system.trees.ledger_file import COPY as LEDGER_COPY, PATH as LEDGER

LONG_AGO = 1_500_000_000


class Machine:
    """A root with a dpkg database, filled package by package."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.info = root / "var/lib/dpkg/info"
        self.info.mkdir(parents=True)
        self.status = root / "var/lib/dpkg/status"
        self.status.write_text("")

    def install(
        self,
        name: str,
        files: dict[str, str],
        *,
        fields: str = "",
        state: str = "install ok installed",
        architecture: str = "all",
        version: str = "1.0-1",
        instance: str = "",
    ) -> None:
        """Unpack files (content, or "-> target" for a link) and record them as dpkg does."""
        sums = []
        for path, content in files.items():
            place = self.root / path.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            if content.startswith("-> "):
                place.symlink_to(content.removeprefix("-> "))
                continue
            place.write_text(content)
            os.utime(place, (LONG_AGO, LONG_AGO))
            sums.append(f"{hashlib.md5(content.encode()).hexdigest()}  {path.lstrip('/')}\n")
        listed = {"/."} | {str(parent) for path in files for parent in Path(path).parents}
        (self.info / f"{instance or name}.list").write_text(
            "\n".join([*sorted(listed), *files, ""])
        )
        (self.info / f"{instance or name}.md5sums").write_text("".join(sums))
        with self.status.open("a") as status:
            status.write(
                f"Package: {name}\nStatus: {state}\nArchitecture: {architecture}\n"
                f"Version: {version}\n{fields}"
                f"Description: the {name} thing\n It is long.\n .\n Very.\n\n"
            )

    def remove(self, name: str, files: Iterable[str]) -> None:
        """Take a package away again, as dpkg does: its files and its records."""
        for path in files:
            (self.root / path.lstrip("/")).unlink()
        for suffix in ("list", "md5sums"):
            (self.info / f"{name}.{suffix}").unlink()
        stanzas = self.status.read_text().split("\n\n")
        kept = [text for text in stanzas if not text.startswith(f"Package: {name}\n")]
        self.status.write_text("\n\n".join(kept))

    def files(self) -> dict[str, bytes]:
        """Return every file and link below the root with its content."""
        return {
            f"/{path.relative_to(self.root)}": (
                os.readlink(path).encode() if path.is_symlink() else path.read_bytes()
            )
            for path in sorted(self.root.rglob("*"))
            if path.is_symlink() or path.is_file()
        }


def write_ledgers(root: Path, text: str | None) -> None:
    """Make the ledger of a root and its copy hold ``text``, or be gone for None."""
    for path in (LEDGER, LEDGER_COPY):
        place = root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            place.unlink()
        else:
            place.write_text(text)


LPEG = {
    "/usr/share/lua/5.3/re.lua": "return {}",
    "/usr/lib/x86_64-linux-gnu/liblua5.3-lpeg.so.2": "the C library",
    "/usr/lib/x86_64-linux-gnu/lua/5.3/lpeg.so": "-> ../../liblua5.3-lpeg.so.2",
    "/usr/share/lua/5.4/re.lua": "-> ../5.3/re.lua",
    "/usr/lib/x86_64-linux-gnu/liblua5.4-lpeg.so.2": "the C library for 5.4",
    "/usr/lib/x86_64-linux-gnu/lua/5.4/lpeg.so": "-> ../../liblua5.4-lpeg.so.2",
}
"""What Debian's lua-lpeg has of modules, in small."""

PENLIGHT = {
    "/usr/share/lua/5.3/pl/init.lua": "return {}",
    "/usr/share/lua/5.3/pl/List.lua": "return {1}",
}


def debian(root: Path) -> Machine:
    """Return a Debian system for amd64: lua-lpeg, and a lua-penlight that depends on it."""
    machine = Machine(root)
    (root / "etc").mkdir()
    (root / "etc/os-release").write_text("ID=debian\nVERSION_ID=12\n")
    machine.install("dpkg", {"/usr/bin/dpkg": "#!"}, architecture="amd64")
    machine.install(
        "lua-lpeg",
        LPEG,
        architecture="amd64",
        version="1.0.2-2",
        fields="Homepage: https://example.org/lpeg\n",
    )
    machine.install(
        "lua-penlight",
        PENLIGHT,
        version="1.13.1-3",
        fields="Depends: lua-lpeg (>= 0.10), libc6\n",
    )
    return machine
