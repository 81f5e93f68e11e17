"""Scaffolding, editing, updating: on disk, as a packager works."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError, NegativeError
from distrorocks.packaging.merge.pristine import STORE, PristineError, own_files, read_pristine
from distrorocks.packaging.scaffold.folder import PackagingFile, read_files
from distrorocks.packaging.scaffold.scaffold import Request, scaffolds, write
from distrorocks.packaging.scaffold.update import Unresolved, Updated, edits, update
from distrorocks.system.lua.jail import Jail
from tests.hand_edits import edit_by_hand, lost_edits, silent_conflicts
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
