"""Several rocks in one run."""

from __future__ import annotations

from pathlib import Path

from distrorocks.packaging.scaffold.scaffold import Batched, Request, scaffold_batch
from distrorocks.system.lua.jail import Jail
from tests.packaging.scaffolding import packed, rockspec


def batch(folder: Path, *paths: str, is_dry: bool = False) -> list[Batched]:
    """Return what became of each input."""
    request = Request("", str(folder / "out"), formats=("deb", "fedora"))
    with Jail() as jail:
        return list(scaffold_batch(request, paths, jail, is_dry=is_dry))


def test_each_rock_has_a_directory_and_a_failure_stops_no_other(tmp_path: Path) -> None:
    """An unreadable rock is reported; the others are written in each format."""
    broken = tmp_path / "broken-1-1.rockspec"
    broken.write_text("package =")
    other = Path(rockspec(tmp_path / "other"))
    other.write_text(other.read_text().replace('"Foo"', '"bar"'))
    first, second, third = batch(tmp_path, packed(tmp_path), str(broken), str(other))
    assert "deb/lua-foo/debian/control" in first.written
    assert "fedora/lua-foo/lua-foo.spec" in first.written
    assert str(broken) in str(second.error)
    assert second.written == ()
    assert (tmp_path / "out/fedora/lua-bar/lua-bar.spec").exists()
    assert third.error is None


def test_two_rocks_cannot_become_one_package(tmp_path: Path) -> None:
    """The second is refused and nothing of it is written; a repeated input counts once."""
    path = packed(tmp_path)
    first, second = batch(tmp_path, path, rockspec(tmp_path / "b", "2.0"), path)
    assert first.error is None
    assert path in str(second.error)
    assert batch(tmp_path, path)[0].written == ()


def test_settings_of_a_package_apply_to_it_only(tmp_path: Path) -> None:
    """Those in the output directory apply to all rocks, those of a package to it."""
    own = tmp_path / "out/deb/lua-foo"
    own.mkdir(parents=True)
    (own / "distrorocks.toml").write_text('summary = "Mine"')
    (one,) = batch(tmp_path, packed(tmp_path), is_dry=True)
    assert [each.plan.summary for each in one.made] == ["Mine", "Library of foo"]
    assert not (own / "debian").exists()
