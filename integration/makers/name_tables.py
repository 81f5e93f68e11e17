"""Make the shipped tables of names, in distrorocks/data, from tables of observations.

    python -m integration.makers.name_tables MAP CROSS PACKAGES MODULES [VERSIONS ...]

MAP.csv       Debian's packages with Lua modules, a row for each suite: binary_package, rock_name,
              confidence, evidence, compat, note, rockspec_with_same_version
CROSS.csv     a row for each rock, with its package's name in a column for each distribution
PACKAGES.csv  distro, binary_package, rock, confidence: packages that files of packaging make
MODULES.csv   rock, version, modules (parted by spaces): one version of each published rock
VERSIONS.csv  package, version: rockspecs that were seen, any number of files

It writes names/<distribution>.tsv, rock_modules.tsv and rock_versions.tsv, sorted, so that equal
observations are equal bytes. What the observations cannot say stands in SPECIAL below.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from distrorocks.families.name_entry import plain_name

DATA = Path(__file__).parent.parent.parent / "distrorocks" / "data"

# Seen in the packages themselves; each is why the entry is more than a name.
SPECIAL: dict[str, dict[str, Any]] = {
    # Debian's package only recommends what the rock requires; modules of it do not load without.
    "lua-penlight": {"needs": ["lua-filesystem"]},
    # The rock is released once for each Lua version: 20200726.51-0 ... 20200726.54-0.
    "lua-cqueues": {"version": "{upstream}.{lua}-0"},
    # The source at this commit carries a rockspec that says so.
    "lua-cmsgpack": {"versions": {"0.4.0~git20230328.57b1f90": "0.4.0-0"}},
    "lua-vips": {"versions": {"1.1.12": "1.1-12"}},
    # 5.3's file is another one: upstream's second rock.
    "lua-messagepack": {
        "rocks": [
            {"rock": "lua-messagepack", "lua_versions": ["5.1", "5.2"]},
            {"rock": "lua-messagepack-lua53", "lua_versions": ["5.3", "5.4", "5.5"]},
        ]
    },
    "lua-soap": {
        "rocks": [
            {"rock": "luasoap"},
            {"rock": "luasoap-https", "modules": ["soap.client.https"]},
        ]
    },
    "lua-wsapi": {
        "rocks": [{"rock": "wsapi"}, {"rock": "wsapi-xavante", "modules": ["wsapi.xavante"]}]
    },
}
EXTRA_VERSIONS = {"lua-messagepack-lua53": {"0.5.2-1"}}

WHY_NOT = {
    "renamed-modules": "its modules are renamed: resty.* are installed as nginx.*",
    "different-project": "it is another project than the rocks of that name",
    "fork": "it is a fork with its own versions",
    "partial": "it bundles several rocks, not all of them whole",
}

COLUMNS = {
    "fedora": ("fedora", r"(lua-.+)"),
    "opensuse": ("opensuse_tumbleweed_2024", r"luaNN(-.+)"),
    "arch": ("arch", r"(lua-.+)"),
    "alpine": ("alpine", r"lua5\.x(-.+)"),
    "altlinux": ("altlinux", r"lua5\.x(-.+)"),
    "openwrt": ("openwrt", r"(.+)"),
}

_CONFIDENCE = {"high": "medium", "medium": "medium", "low": "low"}

HEADER = """\
# Which rock each of {title}'s packages is: the package, and what names.toml would say, as JSON.
# Made by integration/makers/name_tables.py. Its keys are described in families/name_entry.py.
"""


def rows(path: str) -> list[dict[str, str]]:
    """Return a table's rows."""
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


# What the observations call their sources -> how the shipped map says it.
SOURCES = (
    (r"rockspec in Debian source \([^)]*\): ([^\s;]+).*", r"its source has \1.rockspec"),
    (r"\S+ snapshot 2014 \([^)]*\): ([^\s;]+).*", r"the rock index of 2014 has \1"),
    (r"\S+-dev-mirror \([^)]*\): ([^\s;]+).*", r"the rock index of 2026 has \1"),
    (r"\S+-mirror file \(\w+\): ([^\s;]+).*", r"the rock index has \1"),
    (r"(?:rockspec|upstream \S+) (\S+?-[0-9a-z.]+-[0-9]+)(?:\.rockspec)? .*", r"\1 was seen"),
)


def short_evidence(evidence: str) -> str:
    """Return the first and strongest part of the evidence."""
    for form, said in SOURCES:
        if found := re.fullmatch(form, evidence):
            return found.expand(said)
    return re.sub(r"\s*\([^()]*\)", "", re.split("[;,]", evidence)[0]).strip()


def debian_entry(row: dict[str, str]) -> dict[str, Any]:
    """Return one package's entry."""
    rock, compat = row["rock_name"], row["compat"]
    special = SPECIAL.get(row["binary_package"], {})
    entry: dict[str, Any] = {}
    if rock and "rocks" not in special:
        entry["rock"] = rock
    if compat != "ok":
        entry["publish"] = False
        entry["reason"] = WHY_NOT.get(compat) or row["note"].split(";")[0]
    if row["confidence"] != "high":
        entry["confidence"] = row["confidence"]
    entry["evidence"] = short_evidence(row["evidence"])
    return entry | special


def debian_names(observed: list[dict[str, str]]) -> str:
    """Return Debian's map; the suites agree on everything that it says."""
    return names("debian", {row["binary_package"]: debian_entry(row) for row in observed})


def other_names(
    cross: list[dict[str, str]], packages: list[dict[str, str]], distribution: str
) -> str:
    """Return another distribution's map: names only, so each is checked against the modules."""
    return names(distribution, other_entries(cross, packages, distribution))


def other_entries(
    cross: list[dict[str, str]], packages: list[dict[str, str]], distribution: str
) -> dict[str, dict[str, Any]]:
    """Return its entries; what nobody verified counts where no file of packaging was read.

    Files of packaging count before the table of rocks, but never doubt what it knows.
    """
    made = package_entries(packages, distribution)
    named = cross_entries(cross, distribution)
    agreed = {name for name, it in made.items() if it["rock"] == named.get(name, it)["rock"]}
    kept = {name: it for name, it in named.items() if it["confidence"] != "low" or not made}
    return kept | {
        name: it
        for name, it in made.items()
        if it["confidence"] != "low" or name not in kept or name not in agreed
    }


def package_entries(observed: list[dict[str, str]], distribution: str) -> dict[str, dict[str, Any]]:
    """Return the entries of the packages that a distribution's own files of packaging make.

    A package for several Luas is one, and one that holds several rocks tells none of their names.
    """
    entries: dict[str, dict[str, Any]] = {}
    for row in observed:
        if row["distro"] != distribution or not row["rock"]:
            continue
        package = plain_package(row["binary_package"])
        entry = {"rock": row["rock"], "confidence": _CONFIDENCE[row["confidence"]]}
        entry |= SPECIAL["lua-cqueues"] if row["rock"] == "cqueues" else {}
        if entries.setdefault(package, entry)["rock"] != row["rock"]:
            raise ValueError(f"{distribution} has {package} for two rocks")
    return entries


def plain_package(name: str) -> str:
    """Return ``lua-X`` for the names of a package for one Lua, or for each: lua5.x-X, luaNN-X."""
    return plain_name(re.sub(r"\Alua(5\.x|NN)-", "lua-", name))


def cross_entries(observed: list[dict[str, str]], distribution: str) -> dict[str, dict[str, Any]]:
    """Return the entries of another distribution's packages by the table of rocks."""
    column, form = COLUMNS[distribution]
    entries: dict[str, dict[str, Any]] = {}
    for row in observed:
        found = re.fullmatch(form, row[column].strip())
        if not found or "*" in row["rock"]:
            continue
        package = found[1] if not found[1].startswith("-") else f"lua{found[1]}"
        seen = distribution != "fedora" or row["fedora_evidence"] == "verified"
        entry = {"rock": row["rock"], "confidence": "medium" if seen else "low"}
        entries[package] = entry | (SPECIAL["lua-cqueues"] if row["rock"] == "cqueues" else {})
    return entries


def names(title: str, entries: dict[str, dict[str, Any]]) -> str:
    """Return the map of a distribution."""
    lines = [
        f"{package}\t{json.dumps(entries[package], ensure_ascii=False)}\n"
        for package in sorted(entries)
    ]
    return HEADER.format(title=title) + "".join(lines)


def rock_modules(observed: list[dict[str, str]]) -> str:
    """Return the table of rocks' modules."""
    lines = [f"{row['rock']}\t{row['version']}\t{row['modules']}" for row in observed]
    return "# rock, one of its versions, its modules\n" + "\n".join(sorted(lines)) + "\n"


def rock_versions(
    names: set[str], seen: Iterable[tuple[str, str]], extra: dict[str, set[str]]
) -> str:
    """Return the highest known revision of each released version of the named rocks."""
    highest: dict[str, dict[str, int]] = defaultdict(dict)
    pairs = [*seen, *((rock, version) for rock in extra for version in extra[rock])]
    for rock, version in pairs:
        found = re.fullmatch(r"([0-9][A-Za-z0-9.]*)-([0-9]{1,3})", version)
        if found and rock in names | set(extra):
            known = highest[rock]
            known[found[1]] = max(known.get(found[1], 0), int(found[2]))
    lines = []
    for rock in sorted(highest):
        versions = sorted(highest[rock].items())
        lines.append(rock + "\t" + " ".join(f"{text}-{revision}" for text, revision in versions))
    return "# rock, its published versions as far as they were seen\n" + "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Write all tables and say how large they are."""
    if len(arguments) < 4:
        print(__doc__)
        return 2
    debian, cross, packages, modules = (rows(path) for path in arguments[:4])
    seen = [(row["package"].lower(), row["version"]) for p in arguments[4:] for row in rows(p)]
    seen += [(row["rock"], row["version"]) for row in modules]
    for row in debian:
        seen += [(row["rock_name"], text) for text in row["rockspec_with_same_version"].split()]
        named = re.findall(rf"\b{re.escape(row['rock_name'])}-([0-9]\S*-[0-9]+)\b", row["evidence"])
        seen += [(row["rock_name"], text) for text in named if row["rock_name"]]
    named_rocks = {row["rock_name"] for row in debian} | {row["rock"] for row in cross}
    written = {
        "names/debian.tsv": debian_names(debian),
        **{f"names/{name}.tsv": other_names(cross, packages, name) for name in COLUMNS},
        "rock_modules.tsv": rock_modules(modules),
        "rock_versions.tsv": rock_versions(named_rocks, seen, EXTRA_VERSIONS),
    }
    for name, text in written.items():
        path = DATA / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"{len(text):8} {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
