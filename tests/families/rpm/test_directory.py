"""Where RPM's database is."""

from __future__ import annotations

from pathlib import Path

from distrorocks.families.rpm.directory import database_directory


def test_the_newer_place_of_rpms_database_comes_first(tmp_path: Path) -> None:
    """/var/lib/rpm is then a link to /usr/lib/sysimage/rpm."""
    (tmp_path / "usr/lib/sysimage/rpm").mkdir(parents=True)
    (tmp_path / "usr/lib/sysimage/rpm/Packages").write_text("x")
    (tmp_path / "var/lib").mkdir(parents=True)
    (tmp_path / "var/lib/rpm").symlink_to("../../usr/lib/sysimage/rpm")
    assert database_directory(str(tmp_path)) == "/usr/lib/sysimage/rpm"
