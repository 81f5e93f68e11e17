"""An engine for the tests: it deploys small rocks into a tree, and fails on request."""

from __future__ import annotations

import os
import shutil
from hashlib import md5
from pathlib import Path

from distrorocks.luarocks.install_engine import EngineError, RockSource
from distrorocks.system.processes.session import Note
from distrorocks.trees.layout import Layout


class SmallEngine:
    """Installs a rock of one module, as LuaRocks leaves it; ``broken`` names rocks that fail.

    A broken rock leaves a mess: half a rock, a written-over module, no index.
    """

    def __init__(self, layout: Layout, *broken: str, takes_lock: bool = False) -> None:
        self.layout = layout
        self.broken = broken
        self.takes_lock = takes_lock
        self.calls: list[str] = []
        self.was_locked: set[bool] = set()

    def watch(self, note: Note) -> None:
        """Start nothing that could outlive us."""

    def install(self, source: RockSource) -> None:
        """Deploy ``NAME.lua``."""
        layout = self.layout
        self.calls.append(f"install {source.name} {source.version}")
        self.was_locked.add(os.path.islink(layout.lock))
        rock = Path(layout.rock_dir(source.name, source.version))
        rock.mkdir(parents=True, exist_ok=True)
        module = Path(layout.lua_dir, f"{source.name}.lua")
        module.parent.mkdir(parents=True, exist_ok=True)
        module.write_text(f"return '{source.version}'")
        if source.name in self.broken:
            Path(layout.manifest).unlink(missing_ok=True)
            raise EngineError(f"installing {source.name} failed", detail="  no compiler")
        if os.path.exists(source.file):
            shutil.copy(source.file, rock)
        digest = md5(module.read_bytes()).hexdigest()
        (rock / "rock_manifest").write_text(
            f'rock_manifest = {{\n   lua = {{\n      ["{source.name}.lua"] = "{digest}"\n'
            "   }\n}\n"
        )
        write_index(layout)

    def remove(self, name: str, version: str) -> None:
        """Remove a version, and its module with the last one."""
        layout = self.layout
        self.calls.append(f"remove {name} {version}")
        shutil.rmtree(layout.rock_dir(name, version))
        above = Path(layout.rocks_dir, name)
        if not any(above.iterdir()):
            above.rmdir()
            Path(layout.lua_dir, f"{name}.lua").unlink()
        write_index(layout)


def write_index(layout: Layout) -> None:
    """Write the manifest of what lies in a tree."""
    rocks: dict[str, list[str]] = {}
    for place in sorted(Path(layout.rocks_dir).glob("*/*")):
        rocks.setdefault(place.parent.name, []).append(place.name)
    lines = [
        f'["{name}"]={{'
        + ",".join(f'["{version}"]={{{{arch="installed"}}}}' for version in versions)
        + "}"
        for name, versions in rocks.items()
    ]
    text = f"commands={{}}\nmodules={{}}\nrepository={{{','.join(lines)}}}\n"
    Path(layout.manifest).write_text(text)


def content(root: Path) -> dict[str, tuple[object, ...]]:
    """Return every path below a directory with its mode, its time, and what it holds."""
    return {
        str(path.relative_to(root)): (
            path.lstat().st_mode,
            path.read_bytes() if path.is_file() else None,
        )
        for path in sorted(root.rglob("*"))
    }
