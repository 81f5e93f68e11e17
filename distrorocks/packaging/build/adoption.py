"""Decide on the smallest patch that makes a Debian source package ship its rocks.

Build-Depends brings in dh_luarocks; debian/rules calls it where it calls each dh command itself.
Each binary package needs a rockspec: one from the source, if it is of the rock that the
distribution's names map gives for the package, else one generated from debian/control.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Mapping
from functools import lru_cache

from distrorocks.errors import DistrorocksError
from distrorocks.families.deb.stanzas import PlacedStanza, placed_stanzas, with_entry
from distrorocks.families.deb.versions import parse_relation, upstream_version
from distrorocks.families.name_entry import NameEntry
from distrorocks.families.names import find_entry
from distrorocks.families.versions import rock_version
from distrorocks.lua.value import table_of
from distrorocks.lua.write import ROCKSPEC_ORDER, persist
from distrorocks.values import NamedTuple

SEQUENCE = "dh-sequence-luarocks"

_PLACES = ("debian/*.rockspec", "*.rockspec", "rockspecs/*.rockspec", "rockspec/*.rockspec")
_NOT_MODULES = ("-dev", "-doc", "-dbg", "-common-dev")
_SNAPSHOT = re.compile(r"-(?:scm|dev|git|master)-[0-9]+\.rockspec$")
_USES_DH = re.compile(r"^\tdh\s+\$@|^\tdh\s+\$\*|^\tdh ", re.MULTILINE)
_GENCONTROL = re.compile(r"^(?P<indent>\t[-@+]*)dh_gencontrol\b(?P<options>.*)$", re.MULTILINE)


class SourcePackage(NamedTuple):
    """The facts of a source package; ``files`` are its rockspecs and dh_luarocks' files."""

    version: str
    control: str
    rules: str
    files: tuple[str, ...]


class Adoption(NamedTuple):
    """The changed files with their new content, and one note per decision."""

    files: Mapping[str, str]
    notes: tuple[str, ...]


def adoption(
    source: SourcePackage,
    names: Mapping[str, NameEntry],
    *,
    rock: str = "",
    versions: Mapping[str, tuple[str, ...]],
) -> Adoption:
    """Return the patch; ``rock`` names the rock of a package that the names map does not have.

    ``versions`` are the published versions of rocks. Raise ``DistrorocksError`` if no package can
    be adopted.
    """
    found = _stanzas(source.control)
    packages = [each for each in found[1:] if _may_have_modules(each)]
    files: dict[str, str] = {}
    notes: list[str] = []
    control = source.control
    for stanza in reversed(packages):
        name = stanza.fields["package"]
        extra, note, is_rock = _rockspec_for(source, stanza, names, rock, versions)
        files.update(extra)
        notes.insert(0, f"{name}: {note}")
        if is_rock and "${lua:Provides}" not in stanza.fields.get("provides", ""):
            control = with_entry(control, stanza, "Provides", "${lua:Provides}")
    if not any("skip" not in text for text in files.values()) and not any(
        ": its rockspec is " in note for note in notes
    ):
        raise DistrorocksError(
            "no binary package of this source is a known rock",
            detail="\n".join(notes),
            hint="name the rock with --rock NAME, or put its rockspec into debian/",
        )
    if SEQUENCE not in source.control:
        control = with_entry(control, _stanzas(control)[0], "Build-Depends", _dependency(source))
    if control != source.control:
        files["debian/control"] = control
    if not _USES_DH.search(source.rules) and (rules := _called(source.rules)) != source.rules:
        files["debian/rules"] = rules
    return Adoption({path: files[path] for path in sorted(files)}, tuple(notes))


@lru_cache(maxsize=2)
def _stanzas(control: str) -> tuple[PlacedStanza, ...]:
    """Return the stanzas of a control file, which each of its packages asks for."""
    return tuple(placed_stanzas(control))


def _dependency(source: SourcePackage) -> str:
    return SEQUENCE if _USES_DH.search(source.rules) else "dh-luarocks"


def _called(rules: str) -> str:
    """Return debian/rules with a call of dh_luarocks before that of dh_gencontrol."""
    if "dh_luarocks" in rules:
        return rules
    if not _GENCONTROL.search(rules):
        raise DistrorocksError(
            "debian/rules neither uses dh nor calls dh_gencontrol",
            hint="call `distrorocks stage` on the binary package's directory at the end",
        )
    return _GENCONTROL.sub(r"\g<indent>dh_luarocks\g<options>\n\g<0>", rules)


def _may_have_modules(stanza: PlacedStanza) -> bool:
    """Return whether a binary package may contain modules."""
    name = stanza.fields.get("package", "")
    is_empty = stanza.fields.get("section", "").endswith("oldlibs")
    return bool(name) and not name.endswith(_NOT_MODULES) and not is_empty


def _rockspec_for(
    source: SourcePackage,
    stanza: PlacedStanza,
    names: Mapping[str, NameEntry],
    rock: str,
    versions: Mapping[str, tuple[str, ...]],
) -> tuple[dict[str, str], str, bool]:
    """Return the files that give a package its rockspec, a note, and whether it is a rock."""
    package = stanza.fields["package"]
    taken = found_by_dh(source, package)
    listing = f"debian/{package}.luarocks"
    if listing in source.files or taken == f"debian/{package}.rockspec":
        setter = listing if listing in source.files else taken
        return {}, f"its rockspec is set by {setter}", True
    entry = find_entry(names, package)
    if entry and not entry.publish:
        files = {f"debian/{package}.luarocks": "skip = yes\n"} if taken else {}
        return files, f"not a rock: {entry.reason or 'the names map says so'}", False
    name = entry.rocks[0].rock if entry and entry.rocks else rock
    if not name:
        if not taken:
            return {}, "the names map has no rock for it", False
        return {}, f"its rockspec is {taken}", True
    best = _best([path for path in source.files if _is_of(path, name)], source.version)
    if best and best == taken:
        return {}, f"its rockspec is {best}", True
    if best:
        text = f"rockspec = {best}\n"
        return {f"debian/{package}.luarocks": text}, f"its rockspec is {best}", True
    made = _made(source, stanza, names, name, versions)
    return {f"debian/{package}.rockspec": made}, f"a rockspec of {name} is generated", True


@lru_cache(maxsize=2)
def _own_rockspecs(control: str) -> frozenset[str]:
    """Return the rockspecs that are for one binary package of a control file each."""
    binaries = {each.fields.get("package", "") for each in _stanzas(control)}
    return frozenset(f"debian/{name}.rockspec" for name in binaries)


def found_by_dh(source: SourcePackage, package: str) -> str:
    """Return the rockspec that dh_luarocks uses by default, "" if none."""
    if f"debian/{package}.rockspec" in source.files:
        return f"debian/{package}.rockspec"
    others = _own_rockspecs(source.control)
    for place in _PLACES:
        depth = place.count("/")
        found = [
            path
            for path in sorted({*source.files} - others)
            if path.count("/") == depth and fnmatch.fnmatchcase(path, place)
        ]
        if len(found) == 1:
            return found[0]
        if best := _best(found, source.version, is_strict=True):
            return best
    return ""


def _best(paths: list[str], version: str, *, is_strict: bool = False) -> str:
    """Return the rockspec of the upstream version, else that of a snapshot, else the last."""
    upstream = re.sub(r"[+~](?:dfsg|ds|repack).*$", "", upstream_version(version))
    fitting = [path for path in paths if re.search(rf"-{re.escape(upstream)}-[0-9]+\.rocksp", path)]
    fitting = fitting or [path for path in paths if _SNAPSHOT.search(path)]
    fitting = fitting or ([] if is_strict else paths)
    return max(fitting, default="")


def _is_of(path: str, rock: str) -> bool:
    """Return whether a file name is that of a rockspec of ``rock``."""
    return bool(
        re.fullmatch(rf"{re.escape(rock)}-[^-]+-[0-9]+\.rockspec", path.rpartition("/")[2].lower())
    )


def _made(
    source: SourcePackage,
    stanza: PlacedStanza,
    names: Mapping[str, NameEntry],
    rock: str,
    versions: Mapping[str, tuple[str, ...]],
) -> str:
    """Return a rockspec generated from debian/control; dh_luarocks updates its version."""
    fields = stanza.fields
    home = _stanzas(source.control)[0].fields.get("homepage", "")
    summary, _, detailed = fields.get("description", "").partition("\n")
    text = re.sub(r"\n\.(?=\n|$)", "\n", detailed).strip()
    description = {"summary": summary, "detailed": text, "homepage": home}
    version = rock_version(upstream_version(source.version), versions.get(rock, ())).text
    needs = ["lua >= 5.1", *_needs(fields.get("depends", ""), names)]
    rockspec = persist(
        {
            "package": rock,
            "version": version,
            "source": {"url": home or f"file:///usr/share/doc/{fields['package']}"},
            "description": {key: value for key, value in description.items() if value},
            "dependencies": table_of(needs),
            "build": {"type": "none"},
        },
        order=ROCKSPEC_ORDER,
    )
    return rockspec.decode("utf-8", "surrogateescape")


def _needs(depends: str, names: Mapping[str, NameEntry]) -> list[str]:
    """Return the dependencies on rocks in a Depends field."""
    needs = []
    for text in re.sub(r"\$\{[^}]*\}", "", depends).replace("\n", " ").split(","):
        for relation in parse_relation(text)[:1]:
            entry = names.get(relation.name)
            if entry and entry.publish and entry.rocks:
                needs.append(f"{entry.rocks[0].rock} {relation.constraint}".strip())
    return needs
