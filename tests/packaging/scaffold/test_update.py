"""Scaffolding, editing, updating: on disk, as a packager works."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError, NegativeError
from distrorocks.packaging.merge.pristine import STORE, PristineError, own_files, read_pristine
from distrorocks.packaging.scaffold import update as update_module
from distrorocks.packaging.scaffold.folder import FileChange, PackagingFile, read_files
from distrorocks.packaging.scaffold.scaffold import Request, scaffolds, write
from distrorocks.packaging.scaffold.update import (
    Unresolved,
    Updated,
    as_update,
    edits,
    update,
)
from distrorocks.system.lua.jail import Jail
from tests.hand_edits import edit_by_hand, lost_edits, silent_conflicts
from tests.packaging.scaffolding import plan_of, rock_facts
from tests.rock_pairs import Pair, rock_pair

STORED = f"debian/{STORE}deb"


class Packaging:
    """One packaging for Debian in a folder."""

    def __init__(self, tmp_path: Path, seed: int = 1) -> None:
        self.place = tmp_path / "packaging"
        self.pair: Pair = rock_pair(tmp_path, 1, random.Random(seed))  # noqa: S311 - made again
        self.request = Request(
            str(self.pair.old), str(self.place), formats=("deb",), maintainer="A B <a@b.example>"
        )
        self.make()

    def make(self) -> list[str]:
        """Scaffold it."""
        with Jail() as jail:
            return write(scaffolds(self.request, jail), self.request)

    def update(self) -> Updated:
        """Bring it to the rock's next version."""
        with Jail() as jail:
            (one,) = update(self.request._replace(path=str(self.pair.new)), jail)
        return one

    def files(self) -> dict[str, PackagingFile]:
        """Return its files without the stored render."""
        return read_files(str(self.place), own_files(str(self.place), "debian"))

    def pristine(self) -> dict[str, PackagingFile]:
        """Return the stored render."""
        return dict(read_pristine(str(self.place), STORED)[0].files)


@pytest.fixture
def packaging(tmp_path: Path) -> Packaging:
    """Return packaging that was just made."""
    return Packaging(tmp_path)


def test_new_packaging_has_no_edits(packaging: Packaging) -> None:
    """Right after scaffolding there are no edits, and scaffolding again writes nothing."""
    assert packaging.files() == packaging.pristine()
    assert not edits(packaging.request)
    assert packaging.make() == []


def test_edits_are_kept_and_shown(packaging: Packaging) -> None:
    """An edit survives the update, and is what the difference shows before and after."""
    rules = packaging.place / "debian/rules"
    rules.write_text(rules.read_text() + "\n# mine\n")
    (packaging.place / "debian/patches").mkdir()
    (packaging.place / "debian/patches/series").write_text("a.patch\n")
    before = edits(packaging.request)
    assert "+# mine\n" in before
    assert "+++ b/debian/patches/series\n" in before
    found = packaging.update()
    assert not found.merge.conflicts
    assert rules.read_text().endswith("# mine\n")
    assert edits(packaging.request) == before
    history = (packaging.place / "debian/changelog").read_text()
    assert history.index("New upstream release.") < history.index("Initial release.")
    assert not packaging.update().merge.changes


def test_the_same_version_again_changes_nothing(packaging: Packaging) -> None:
    """An update to what was rendered is none, and one to a next version is so only once."""
    with Jail() as jail:
        (same,) = update(packaging.request, jail)
    assert not same.merge.changes
    assert packaging.update().merge.changes
    before = (packaging.place / STORED).read_bytes()
    assert not packaging.update().merge.changes
    assert (packaging.place / STORED).read_bytes() == before


def test_an_older_version_is_refused(packaging: Packaging) -> None:
    """An update to an older version changes nothing; back at the newer one, all is as it was."""
    packaging.update()
    before = packaging.files(), packaging.pristine()
    with Jail() as jail, pytest.raises(NegativeError, match="is older than"):
        update(packaging.request, jail)
    assert (packaging.files(), packaging.pristine()) == before
    assert not packaging.update().merge.changes


def test_a_version_that_the_packager_sets_may_be_of_an_older_rock(packaging: Packaging) -> None:
    """Where upstream counts anew, the version in the settings stands on top of the changelog."""
    packaging.update()
    (packaging.place / "distrorocks.toml").write_text('version = "1.2+really1.1"\n')
    with Jail() as jail:
        update(packaging.request, jail)
    assert "(1.2+really1.1-1)" in (packaging.place / "debian/changelog").read_text().split("\n")[0]


@pytest.mark.parametrize(
    ("known", "version"),
    [("scm-1", "0.1-1"), ("1.0-1", "1.1scm-1"), ("1.0rc1-1", "1.0-1"), ("1.0-2", "1.0-3")],
)
def test_a_release_is_newer_than_the_branch_before_it(
    packaging: Packaging, known: str, version: str
) -> None:
    """A first release follows a branch, a branch of the next version a release."""
    text, old = packaging.pair.old.read_text(), packaging.pair.old.name.rpartition("-1.1-1")[0]
    for each in (known, version):
        rockspec = packaging.pair.old.with_name(f"{old}-{each}.rockspec")
        rockspec.write_text(text.replace('"1.1-1"', f'"{each}"'))
        request = packaging.request._replace(
            path=str(rockspec), directory=str(packaging.place.with_name("other"))
        )
        with Jail() as jail:
            if each == known:
                write(scaffolds(request, jail), request)
            else:
                update(request, jail)


def test_scaffolding_over_edits_is_refused(packaging: Packaging) -> None:
    """What a packager wrote is never written over."""
    control = packaging.place / "debian/control"
    control.write_text("mine\n")
    with pytest.raises(DistrorocksError, match="already contains packaging"):
        packaging.make()
    assert control.read_text() == "mine\n"


def test_a_conflict_has_to_be_resolved(packaging: Packaging) -> None:
    """While there are conflict markers, updates are refused."""
    rockspec = next((packaging.place / "debian").glob("*.rockspec"))
    rockspec.write_text(rockspec.read_text().replace("version = ", "version = 'x' -- "))
    found = packaging.update()
    assert [place.path for place in found.merge.conflicts] == [f"debian/{packaging.pair.new.name}"]
    before = packaging.files()
    with pytest.raises(Unresolved) as error:
        packaging.update()
    assert f"debian/{packaging.pair.new.name}:" in error.value.detail
    assert packaging.files() == before


@pytest.mark.parametrize("content", [None, "", "damaged\n"])
def test_without_a_stored_render_nothing_is_changed(
    packaging: Packaging, content: str | None
) -> None:
    """A missing or damaged store stops the update with a hint."""
    store = packaging.place / STORED
    if content is None:
        store.unlink()
    else:
        store.write_text(content)
    before = packaging.files()
    with pytest.raises(PristineError) as error:
        packaging.update()
    assert "scaffold the version" in error.value.hint
    assert packaging.files() == before


SPEC = """package = "foo"
version = "1.0-1"
source = { url = "https://example.org/foo-1.0.tar.gz" }
description = { summary = "Does foo.", license = "MIT" }
build = { type = "builtin", modules = { foo = "foo.lua" } }
"""


def scaffolded(folder: Path, *forms: str, place: Path | None = None) -> Request:
    """Scaffold the rock in a folder, there or elsewhere; return the request that names none."""
    folder.mkdir()
    (folder / "foo-1.0-1.rockspec").write_text(SPEC)
    (folder / "foo.lua").write_text("return 1")
    request = Request(str(folder), str(place or folder), formats=forms, maintainer="A B <a@b.c>")
    with Jail() as jail:
        write(scaffolds(request, jail), request)
    return request._replace(formats=())


def test_packaging_without_the_sources_is_not_updated_from_itself(tmp_path: Path) -> None:
    """Its rockspec alone is no source, and what the sources state would be lost."""
    place = tmp_path / "packaging"
    request = scaffolded(tmp_path / "foo", "deb", "fedora", place=place)
    assert (place / "foo-1.0-1.rockspec").exists()
    (place / "debian/mine").write_text("mine")
    with Jail() as jail:
        with pytest.raises(DistrorocksError, match="contains packaging but no sources") as error:
            update(request._replace(path=str(place)), jail)
        assert error.value.hint == "name the rock after --update"
        assert len(update(request, jail)) == 2  # the rock is elsewhere
        (place / "foo.lua").write_text("return 1")
        assert len(update(request._replace(path=str(place)), jail)) == 2


def test_packaging_among_the_sources_is_updated_from_them(tmp_path: Path) -> None:
    """All that is there belongs to one of both; the stored render comes last and says why."""
    request = scaffolded(tmp_path / "foo", "deb")
    spec = tmp_path / "foo/foo-1.0-1.rockspec"
    spec.write_text(SPEC.replace("Does foo.", "Does more."))
    with Jail() as jail:
        (one,) = update(request, jail)
    assert one.merge.changes[-1][::3] == (STORED, "the new stored render")
    assert "Description: Does more\n" in (tmp_path / "foo/debian/control").read_text()


@pytest.mark.parametrize(
    ("form", "values"),
    [
        ("deb", {"changes": ("New upstream release.",), "bug_closed": ""}),
        ("fedora", {"changes": ("New upstream release.",), "release": "1"}),
        ("opensuse", {"changes": ("Update to version 1.0",)}),
    ],
)
def test_the_changelog_of_an_update_is_of_a_new_version(
    form: str, values: dict[str, object]
) -> None:
    """It closes no bug that asks for the package, and counts releases anew; settings stay."""
    plan = as_update(plan_of(rock_facts(SPEC), form), "0.9")
    assert {key: plan.fields[key].value for key in values} == values
    assert {plan.fields[key].source for key in values} == {"an update from 0.9"}
    chosen = plan_of(rock_facts(SPEC), form, settings={"changes": ("Mine.",)})
    assert as_update(chosen, "0.9").changes == ("Mine.",)


def test_a_conflict_is_told_by_its_first_line_in_each_file(tmp_path: Path) -> None:
    """All files are told before anything is changed."""
    request = scaffolded(tmp_path / "foo", "deb")
    marks = "<<<<<<< yours\na\n=======\nb\n>>>>>>> rendered for 1.0-1\n"
    for name in ("rules", "control"):
        (tmp_path / "foo/debian" / name).write_text(f"x\n{marks}x\n{marks}")
    with Jail() as jail, pytest.raises(Unresolved) as error:
        update(request, jail)
    assert error.value.detail.splitlines() == [
        "debian/control:2: unresolved conflict",
        "debian/rules:2: unresolved conflict",
    ]
    assert error.value.hint == "resolve them, remove the markers, and run the command again"


def test_packaging_among_the_sources_is_no_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it says of licences is what the sources say: read as one of them, it would grow."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1577880000")
    request = scaffolded(tmp_path / "foo", "deb")
    with Jail() as jail:
        (same,) = update(request, jail)
        assert not same.merge.changes
        request = request._replace(formats=("deb",))
        assert write(scaffolds(request, jail), request) == []


def test_stored_renders_are_written_after_all_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So an update that was interrupted is begun anew; a dry one writes nothing."""
    place = tmp_path / "packaging"
    request = scaffolded(tmp_path / "foo", "deb", "fedora", place=place)
    spec = tmp_path / "foo/foo-1.0-1.rockspec"
    spec.write_text(SPEC.replace("Does foo.", "Does more."))
    written: list[str] = []

    def noted(directory: str, changes: Sequence[FileChange]) -> None:
        assert directory == str(place)
        written.extend(change.path for change in changes)

    monkeypatch.setattr(update_module, "apply_changes", noted)
    with Jail() as jail:
        update(request, jail, is_dry=True)
        assert written == []
        update(request, jail)
    assert set(written[-2:]) == {STORED, f"{STORE}fedora"}
    assert {"debian/control", "lua-foo.spec", "foo-1.0-1.rockspec"} <= set(written[:-2])


def test_edits_of_all_formats_are_shown(tmp_path: Path) -> None:
    """One after the other; those of one format, where it is asked for."""
    place = tmp_path / "packaging"
    request = scaffolded(tmp_path / "foo", "deb", "fedora", place=place)
    for name in ("debian/control", "lua-foo.spec"):
        (place / name).write_text((place / name).read_text() + "# mine\n")
    assert sorted(line for line in edits(request).splitlines() if line.startswith("+++")) == [
        "+++ b/debian/control",
        "+++ b/lua-foo.spec",
    ]
    assert "debian" not in edits(request._replace(formats=("fedora",)))
    with pytest.raises(PristineError, match="the stored render for arch in "):
        edits(request._replace(formats=("arch",)))


@pytest.mark.parametrize("seed", range(6))
def test_no_hand_edit_is_lost(tmp_path: Path, seed: int) -> None:
    """A sample of `python -m integration.corpus.update_edits`: none lost, none joined silently."""
    packaging = Packaging(tmp_path, seed)
    was = packaging.pristine()
    folder = packaging.files()
    made = edit_by_hand(folder, was, random.Random(seed), 12)  # noqa: S311 - made again
    for path in set(was) - set(folder):
        (packaging.place / path).unlink()
    for path, file in folder.items():
        (packaging.place / path).parent.mkdir(exist_ok=True)
        (packaging.place / path).write_bytes(file.content)
    found = packaging.update()
    new, after = packaging.pristine(), packaging.files()
    places = {place.path for place in found.merge.conflicts}
    assert not list(lost_edits(made, was, new, after))
    assert not list(silent_conflicts(made, new, after, places))
    assert list(lost_edits(made, was, new, new)), "the judge sees what is lost"
