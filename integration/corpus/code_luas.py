"""``python -m integration.corpus.code_luas ROCKS [TRUTH]``: which Luas sources are not for.

Each rock is built by LuaRocks for every Lua, and what it installs is loaded there. A version that
the sources were said not to be for, and that builds and loads, is a false one; a version that
fails, and of which nothing was said, is a missed one. Rocks that are built for no Lua do not count.
What was measured is kept in the file TRUTH and not measured again.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from distrorocks.errors import DistrorocksError
from distrorocks.packaging.code.removed_calls import VERSIONS
from distrorocks.packaging.source.rock_input import read_rock_input
from distrorocks.system.lua.jail import Jail
from integration.corpus.chosen_rocks import Chosen, rocks_of
from integration.machines.build_libraries import LIBRARIES
from integration.machines.loading import refused
from integration.machines.luarocks_builds import TREE, versions_built
from integration.machines.machine import Machine
from integration.machines.source_packages import build_root


def measured(machine: Machine, rock: Path) -> dict[str, str]:
    """Return why a rock does not work, by Lua version; "" where it builds and loads."""
    found = {}
    for version in VERSIONS:
        if not versions_built(machine, rock, [version]):
            found[version] = "LuaRocks does not build it"
        else:
            found[version] = next(refused(machine, machine.path(TREE)), "")
    return found


def truths(rocks: Sequence[Path], kept: Path | None) -> dict[str, dict[str, str]]:
    """Return what was measured of each rock, by its name."""
    if kept and kept.exists():
        found: dict[str, dict[str, str]] = json.loads(kept.read_text())
        return found
    with build_root("bookworm", LIBRARIES).clone() as machine:
        found = {rock.name: measured(machine, rock) for rock in rocks}
    if kept:
        kept.write_text(json.dumps(found, indent=1))
    return found


def main(words: Sequence[str]) -> int:
    """Compare what sources say with what was measured, and print both kinds of fault."""
    right = false = missed = 0
    with tempfile.TemporaryDirectory() as scratch, Jail() as jail:
        rocks = rocks_of(Path(words[0]), Path(scratch), Chosen())
        truth = truths(rocks, Path(words[1]) if len(words) > 1 else None)
        for rock in rocks:
            real = truth[rock.name]
            if all(real.values()):
                continue
            try:
                said = read_rock_input(str(rock), jail=jail).facts.unfit_lua_versions
            except DistrorocksError:
                continue
            for version in VERSIONS:
                right += bool(real[version] and version in said)
                if version in said and not real[version]:
                    false += 1
                    print(f"false: {rock.name} {version}: {said[version]}")
                if real[version] and version not in said:
                    missed += 1
                    print(f"missed: {rock.name} {version}: {real[version]}")
    print(f"{right} versions ruled out rightly, {false} wrongly, {missed} missed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
