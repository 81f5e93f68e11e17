"""Ten thousand pairs of constraints and package versions: LuaRocks' verdict, dpkg's and rpm's."""

from __future__ import annotations

import random
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from distrorocks.families.deb import versions as deb
from distrorocks.families.rpm import versions as rpm_versions
from distrorocks.families.version_range import accepted, package_version
from distrorocks.rocks.constraint import OPERATORS, parse_constraints, satisfies
from distrorocks.rocks.version import Version

PAIRS = 10_000
WORDS = ("", "", "", "", "rc1", "rc2", "pre1", "beta", "beta3", "alpha1")
Ask = tuple[str, str, str]
Truth = Callable[[Ask], bool]

DPKG = 'while read -r one op other; do dpkg --compare-versions "$one" "$op" "$other"; echo $?; done'
RPM = """
for line in io.lines(FILE) do
  local one, other = line:match('^(%S+) (%S+)$')
  print(rpm.vercmp(one, other) .. ' ')
end
"""


def released(chance: random.Random) -> str:
    """Return a rock version without revision, of up to three small slots."""
    release = ".".join(str(chance.choice((0, 0, 1, 1, 2))) for _ in range(chance.randint(1, 3)))
    return release + (chance.choice(WORDS) if release.strip("0.") else "")


def pairs() -> list[tuple[str, Version]]:
    """Return constraints and rock versions with revisions, always the same ones."""
    chance = random.Random(20_261_125)  # noqa: S311 - a sample, no secret
    found = []
    for _ in range(PAIRS):
        texts = []
        for _ in range(chance.choice((1, 1, 1, 2))):
            operator, version = chance.choice(tuple(OPERATORS)), released(chance)
            if operator != "~>" and chance.random() < 0.3:
                version += f"-{chance.randint(0, 3)}"
            texts.append(f"{operator} {version}")
        found.append(
            (", ".join(texts), Version.parse(f"{released(chance)}-{chance.randint(0, 3)}"))
        )
    return found


def deb_asks(need: str, version: str) -> list[list[Ask]]:
    """Return what dpkg is asked: all of these, in each of them any."""
    return [
        [
            (version, {"<<": "lt", ">=": "ge"}[operator], bound)
            for operator, bound in re.findall(r"\((<<|>=) (\S+)\)", entry)
        ]
        for entry in need.split(", ")
        if "(" in entry
    ]


def rpm_asks(need: str, version: str) -> list[list[Ask]]:
    """Return what rpm is asked: any of these, in it all."""
    spans = need[1:-1].split(" or ") if " or " in need else [need]
    return [
        [(version, op, bound) for op, bound in re.findall(r"(<|>=) ([^\s()]+)", span)]
        for span in spans
    ]


def dpkg_truth(asks: list[Ask]) -> Truth:
    """Return dpkg's own answer to each ask."""
    lines = "".join(f"{' '.join(ask)}\n" for ask in asks)
    done = subprocess.run(
        ["sh", "-c", DPKG], input=lines, capture_output=True, text=True, check=True
    )
    truths = dict(zip(asks, done.stdout.split(), strict=True))
    return lambda ask: truths[ask] == "0"


def rpm_truth(asks: list[Ask], folder: Path) -> Truth:
    """Return rpm's own answer to each ask: versions first, then releases where both have one."""
    split = {text: text.partition("-")[::2] for ask in asks for text in (ask[0], ask[2])}
    compared = sorted(
        {(split[one][part], split[other][part]) for one, _, other in asks for part in (0, 1)}
    )
    compared = [pair for pair in compared if all(pair)]
    (folder / "asks").write_text("".join(f"{one} {other}\n" for one, other in compared))
    script = RPM.replace("FILE", f"'{folder / 'asks'}'")
    done = subprocess.run(
        ["rpm", "--eval", f"%{{lua: {script}}}"], capture_output=True, text=True, check=True
    )
    signs = dict(zip(compared, map(int, done.stdout.split()), strict=True))

    def truth(ask: Ask) -> bool:
        (version, release), (other_version, other_release) = split[ask[0]], split[ask[2]]
        sign = signs[version, other_version]
        if not sign and release and other_release:
            sign = signs[release, other_release]
        return sign < 0 if ask[1] == "<" else sign >= 0

    return truth


@pytest.fixture(scope="module")
def judged() -> list[tuple[str, str, str, bool]]:
    """For each pair: dpkg's need, rpm's need, the package version, LuaRocks' verdict."""
    found = []
    for text, version in pairs():
        wanted = parse_constraints(text)
        spans = accepted(wanted, has_revision=True)
        needs = deb.written_need("x", spans), rpm_versions.written_need("x", spans)
        found.append((*needs, package_version(version), satisfies(version, wanted)))
    return found


def test_dpkg_accepts_what_luarocks_accepts(judged: list[tuple[str, str, str, bool]]) -> None:
    """Asked of dpkg --compare-versions, no pair of ten thousand is judged otherwise."""
    asked = [(deb_asks(need, version), verdict) for need, _, version, verdict in judged]
    truth = dpkg_truth(sorted({ask for need, _ in asked for entry in need for ask in entry}))
    assert [v for need, v in asked if all(any(map(truth, entry)) for entry in need) != v] == []
    assert 0.2 < sum(verdict for _, verdict in asked) / PAIRS < 0.8


def test_rpm_accepts_what_luarocks_accepts(
    judged: list[tuple[str, str, str, bool]], tmp_path: Path
) -> None:
    """Asked of rpm.vercmp, no pair of ten thousand is judged otherwise."""
    asked = [(rpm_asks(need, version), verdict) for _, need, version, verdict in judged]
    truth = rpm_truth(sorted({ask for need, _ in asked for span in need for ask in span}), tmp_path)
    assert [v for need, v in asked if any(all(map(truth, span)) for span in need) != v] == []
