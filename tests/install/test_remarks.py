"""A plan tells what its rocks share with others, before they are installed."""

from __future__ import annotations

from pathlib import Path

from distrorocks.install.plan import planned
from distrorocks.rocks.manifest_entry import InstalledRock
from tests.install.asking import Place


def test_a_plan_warns_of_a_module_that_another_rock_has(tmp_path: Path) -> None:
    """Of a server's rock and of a file alike; a rockspec that cannot be read is left out."""
    place = Place(tmp_path)
    place.tree("one", InstalledRock("socket", "3.0-1", {"new": "new.lua"}, dependencies=()))
    place.server.add("new 1.0-1")
    rockspec = place.server.directory / "new-1.0-1.rockspec"
    build = 'build = { type = "builtin", modules = { new = "new.lua" } }'
    text = "\n".join(line for line in rockspec.read_text().split("\n") if "build" not in line)
    rockspec.write_text(f"{text}\n{build}\n")
    expected = ("new 1.0-1 brings the module new, also in socket 3.0-1 in /one",)
    for word in ("new", str(rockspec)):
        with planned(place.request(word)) as found:
            assert found.warnings == expected
