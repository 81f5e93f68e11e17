"""Called by a link, distrorocks is LuaRocks to scripts: statuses, what they read, and all files.

Each scenario of ``luarocks_scenarios/`` runs with the LuaRocks of a root (3.8 of Debian 12, 3.11 of
sid) and with distrorocks in the same root. It fails for any difference that the scenario does not
list with its reason, and for a listed one that is gone.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from integration.machines.luarocks_scenarios import (
    Scenario,
    differing,
    explained,
    left_by,
    scenarios,
)
from integration.machines.luarocks_world import luarocks_world
from integration.machines.roots import RootError
from integration.machines.scratch import CHECKOUT

SCENARIOS = scenarios(Path(__file__).parent / "luarocks_scenarios")
RELEASES = {"3.8": "bookworm", "3.11": "sid"}
VERBS = {
    *("build", "config", "doc", "download", "help", "init", "install", "lint", "list", "make"),
    *("new_version", "pack", "path", "purge", "remove", "search", "show", "test", "unpack"),
    *("upload", "which", "write_rockspec"),
    *("admin_add", "admin_make_manifest", "admin_refresh_cache", "admin_remove"),
}


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_scripts_find_what_luarocks_leaves(scenario: Scenario, release: str) -> None:
    """The same status, stdout where scripts read it, and files; or a difference with its reason."""
    try:
        world = luarocks_world(RELEASES[release])
    except RootError as refusal:
        pytest.skip(f"the mirror does not serve {RELEASES[release]} now: {refusal}")
    runs = []
    for is_ours in (False, True):
        with world.clone() as machine:
            runs.append(left_by(machine, scenario, is_ours=is_ours))
    theirs, ours = runs
    found = dict(differing(scenario, theirs, ours))
    rest = {where: how for where, how in found.items() if not explained(where, scenario, release)}
    assert not rest, "\n".join(f"{where}: {how}" for where, how in rest.items())
    seen = {each for where in found for each in explained(where, scenario, release)}
    expected = {it for it in scenario.differences if release in (it.releases or (release,))}
    assert expected == seen, f"listed, and not seen: {expected - seen}"


def test_every_verb_has_scenarios() -> None:
    """At least sixty in all, and at least one for each verb of both programs."""
    assert {each.verb for each in SCENARIOS} >= VERBS
    assert len(SCENARIOS) >= 60
    assert len({str(each) for each in SCENARIOS}) == len(SCENARIOS)


def test_every_difference_stands_in_the_docs() -> None:
    """The row that a scenario names is one of the table of differences."""
    page = (CHECKOUT / "docs/differences.md").read_text()
    rows = {row.replace("`", "").strip() for row in re.findall(r"^\| (.*?) \|", page, re.MULTILINE)}
    named = {it.row for each in SCENARIOS for it in each.differences}
    assert named - rows == set()
