"""What packagers have: settings, control files, substvars, staged trees, files to be merged."""

from __future__ import annotations

import shutil
from pathlib import Path

from distrorocks.errors import DistrorocksError
from distrorocks.families.deb.stanzas import placed_stanzas, with_entry
from distrorocks.families.deb.substvars import add_substvars
from distrorocks.families.names_file import read_shipped_names
from distrorocks.lua.value import to_text
from distrorocks.packaging.build.adoption import SourcePackage, adoption
from distrorocks.packaging.build.stage import Request, stage
from distrorocks.packaging.merge.duplicate_fields import mark_duplicate_fields
from distrorocks.packaging.merge.lines import Labels, merge_lines, split_lines
from distrorocks.packaging.plan.field import SETTINGS
from distrorocks.packaging.plan.observe import checked_maintainer
from distrorocks.packaging.plan.settings import read_settings
from integration.fuzzing.target import Check, Target, plain, with_file
from tests.packaging.build.test_adopt import BY_HAND, CONTROL, DH
from tests.packaging.build.test_stage import BUILT, ROCKSPEC

_CUT = b"\n====\n"
_SETTINGS = b"""summary = "A library"
license = "MIT"
lua_versions = ["5.3", "5.4"]
[deb]
package = "lua-foo"
homepage = "https://example.org"
is_compiled = true
[fedora]
summary = "b"
"""
_SUBSTVARS = b"lua:Depends=lua5.4, lua-lpeg (>= 1)\nlua:Versions=5.4\nmisc:Depends=\n"
_BASE = b"Source: a\nBuild-Depends: b,\n c\n\nPackage: a\nDepends: x\n"


def _settings(root: Path) -> None:
    for form in ("deb", "fedora"):
        read_settings(str(root), form)


def _control(data: bytes) -> None:
    """An entry that is added to a field stands there, and every other field is what it was."""
    text = to_text(data)
    for number, stanza in enumerate(placed_stanzas(text)[:5]):
        for field in ("Provides", "Build-Depends", "Depends"):
            changed = placed_stanzas(with_entry(text, stanza, field, "${lua:Provides}"))[number]
            name = field.lower()
            assert "${lua:Provides}" in changed.fields[name], "the entry is not there"
            others = {key: value for key, value in stanza.fields.items() if key != name}
            assert others.items() <= changed.fields.items(), "another field changed"


def _adoption(data: bytes) -> None:
    control, _, rules = to_text(data).partition(_CUT.decode())
    files = ("foo-1.0-1.rockspec", "debian/lua-lpeg.luarocks")
    source = SourcePackage("1.0.2-2", control, rules, files)
    adoption(source, read_shipped_names("debian"), versions={"lpeg": ("1.0.2-1",)})


def _substvars(root: Path) -> Check:
    path = root / "x.substvars"

    def run(data: bytes) -> None:
        path.write_bytes(data)
        add_substvars(str(path), {"lua:Depends": "lua-x", "lua:Versions": "5.4"})
        once = path.read_bytes()
        assert b"lua:Depends=" in once, "the variable is not there"
        add_substvars(str(path), {"lua:Depends": "lua-x", "lua:Versions": "5.4"})
        assert path.read_bytes() == once, "the second time changes it again"

    return run


def _stage(root: Path) -> Check:
    """Stage files of any names and contents: ``PATH`` and, after a tab, a text or ``-> LINK``."""
    destination, rockspec = root / "staged", root / "foo-scm-1.rockspec"
    rockspec.write_text(ROCKSPEC)
    outside = root / "outside"
    outside.write_text("untouched")

    def run(data: bytes) -> None:
        shutil.rmtree(destination, ignore_errors=True)
        destination.mkdir()
        for line in data.replace(b"\0", b"").split(b"\n")[:60]:
            _put(destination, line)
        request = Request(
            str(destination),
            str(rockspec),
            "1.0-1",
            ("5.1", "5.4"),
            documentation="/usr/share/doc/x",
        )
        stage(request)
        assert outside.read_text() == "untouched", "a file elsewhere was changed"

    return run


def _put(destination: Path, line: bytes) -> None:
    name, _, text = line.decode("utf-8", "surrogateescape").partition("\t")
    parts = [part for part in name.split("/") if part not in ("", ".", "..")]
    if not parts or any(len(part.encode("utf-8", "surrogateescape")) > 250 for part in parts):
        return
    place = destination.joinpath(*parts[:30])
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        if text.startswith("-> "):
            place.symlink_to(text.removeprefix("-> "))
        else:
            place.write_bytes(text.encode("utf-8", "surrogateescape"))
    except OSError:
        return


def _staged_lines() -> bytes:
    files = {path: text.replace("\n", " ") for path, text in BUILT.items()}
    lines = [f"{path}\t{text}" for path, text in files.items()]
    return "\n".join([*lines, "/usr/share/lua/5.4/x.lua\t-> ../../../../outside"]).encode()


def _merge(data: bytes) -> None:
    """A side that did not change gives way; equal sides are no conflict."""
    base, ours, theirs = [to_text(part) for part in (*data.split(_CUT), b"", b"", b"")[:3]]
    merged = merge_lines(base, ours, theirs)
    assert merge_lines(base, ours, base).text == ours, "a side without changes won"
    assert merge_lines(base, base, theirs).text == theirs, "a side without changes won"
    assert not merge_lines(base, ours, ours).conflicts, "equal sides are a conflict"
    assert "".join(split_lines(ours)) == ours, "lines that do not make the text"
    for path in ("debian/control", "x.spec", "PKGBUILD"):
        mark_duplicate_fields(merged, ours, theirs, path, Labels("a", "b", "c"))


def _maintainer(data: bytes) -> None:
    try:
        text = checked_maintainer(to_text(data))
    except DistrorocksError:
        return
    assert "\n" not in text, "a maintainer with lines"


PACKAGING_TARGETS = (
    Target("settings", with_file(SETTINGS, _settings), lambda: (_SETTINGS,)),
    Target("control-edit", plain(_control), lambda: (CONTROL.encode(), _BASE), most_bytes=8192),
    Target(
        "adoption",
        plain(_adoption),
        lambda: [(CONTROL + _CUT.decode() + rules).encode() for rules in (DH, BY_HAND)],
        most_bytes=8192,
        cost=5,
    ),
    Target("substvars", _substvars, lambda: (_SUBSTVARS,), most_bytes=8192),
    Target(
        "staged-tree", _stage, lambda: (_staged_lines(),), most_bytes=8192, seconds=2.0, cost=10
    ),
    Target(
        "merge",
        plain(_merge),
        lambda: (
            _CUT.join((_BASE, _BASE.replace(b"c", b"d"), _BASE.replace(b"x", b"x, y"))),
            _CUT.join((b"a\nb\n", b"a\nc\n", b"a\nd")),
        ),
        most_bytes=2048,
        seconds=1.0,
    ),
    Target("maintainer", plain(_maintainer), lambda: (b"A B <a@b.example>",), most_bytes=2048),
)
