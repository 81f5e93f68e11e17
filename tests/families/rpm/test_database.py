"""Packages with Lua files, out of what rpm answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.families.package import Packages
from distrorocks.families.rpm import database as rpm_database
from distrorocks.families.rpm.database import database_directory, read_packages
from distrorocks.system.processes.command import Output

FIELD, ITEM, RECORD = "\x1f", "\x1d", "\x1e"


def record(name: str, files: Sequence[tuple[int, str]], *, epoch: str = "") -> str:
    """Return one package as rpm answers the query."""
    single = [name, epoch, "1.1.0", "5.fc40", "x86_64", "lua-src-1.1.0-5.fc40.src.rpm"]
    texts = ["summary", "Line one\nLine two.", "(none)", "MIT"]
    requires = f"lua(abi) = 5.4{ITEM}lua-a >= 1{ITEM}lua-a >= 1{ITEM}"
    listed = "".join(f"{flags}{ITEM}{path}{ITEM}" for flags, path in files)
    return RECORD + FIELD.join([*single, *texts, requires, "", listed])


class Rpm:
    """Stands for the rpm program: it owns all files and says what it was given."""

    def __init__(self, *records: str, owners: str = f"{RECORD}7\n", status: int = 0) -> None:
        self.records = "".join(records)
        self.owners = owners
        self.status = status
        self.calls: list[Sequence[str]] = []

    def __call__(self, argv: Sequence[str], *, timeout: float) -> Output:
        """Answer as rpm does to its two questions."""
        assert timeout > 0
        self.calls.append(argv)
        text = self.owners if "-qf" in argv else self.records
        return Output(self.status, text.encode("utf-8", "surrogateescape"), b"rpm: no")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a root with an RPM database and a few Lua files."""
    for path in (
        "usr/share/lua/5.4/re.lua",
        "usr/lib64/lua/5.4/lpeg.so",
        "usr/share/lua/jit/x.lua",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x")
    (tmp_path / "var/lib/rpm").mkdir(parents=True)
    (tmp_path / "var/lib/rpm/rpmdb.sqlite").write_text("x")
    return tmp_path


def read_with(monkeypatch: pytest.MonkeyPatch, root: Path, rpm: Rpm) -> Packages:
    """Return the packages that this rpm tells of."""
    monkeypatch.setattr(rpm_database, "run", rpm)
    return read_packages(str(root))


def test_a_package_is_told_with_all_its_fields(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Version with epoch and release, requirements once, existing files that matter."""
    files = [
        (0, "/usr/share/lua/5.4/re.lua"),
        (0, "/usr/lib64/lua/5.4/lpeg.so"),
        (0, "/usr/share/lua/5.4/missing.lua"),
        (2, "/usr/share/doc/lua-lpeg/README"),
    ]
    rpm = Rpm(record("lua-lpeg", files, epoch="2:"))
    (package,) = read_with(monkeypatch, root, rpm).packages
    assert (package.family, package.name, package.version) == ("rpm", "lua-lpeg", "2:1.1.0-5.fc40")
    assert (package.source, package.homepage, package.license) == ("lua-src", "", "MIT")
    assert package.relations == ("lua(abi) = 5.4", "lua-a >= 1")
    assert package.files == ("/usr/lib64/lua/5.4/lpeg.so", "/usr/share/lua/5.4/re.lua")
    assert package.recorded == {}
    assert list(rpm.calls[0][-2:]) == ["/usr/lib64/lua/5.4/lpeg.so", "/usr/share/lua/5.4/re.lua"]
    assert list(rpm.calls[0][:2]) == ["rpm", "--dbpath"]


def test_ghost_files_alone_make_no_package(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a package only lays claim to it did not install."""
    rpm = Rpm(record("lua-lpeg", [(64, "/usr/share/lua/5.4/re.lua")]))
    assert read_with(monkeypatch, root, rpm).packages == ()


def test_files_that_no_package_owns_ask_no_more(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """rpm says so on its output and with its status; that is no error."""
    rpm = Rpm(owners="file /usr/share/lua/5.4/re.lua is not owned by any package\n", status=1)
    assert read_with(monkeypatch, root, rpm) == ((), ())
    assert len(rpm.calls) == 1


def test_an_rpm_that_cannot_read_is_an_error(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own words are the detail."""
    with pytest.raises(DistrorocksError, match="rpm cannot read its database") as raised:
        read_with(monkeypatch, root, Rpm(owners="", status=1))
    assert raised.value.detail == "rpm: no"


@pytest.mark.parametrize(
    "answer", [f"{RECORD}only a name", record("../../evil", [(0, "/usr/share/lua/5.4/re.lua")])]
)
def test_a_malformed_answer_is_passed_over(
    root: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    """With a warning, and the others are still told."""
    rpm = Rpm(answer, record("lua-lpeg", [(0, "/usr/share/lua/5.4/re.lua")]))
    result = read_with(monkeypatch, root, rpm)
    assert [package.name for package in result.packages] == ["lua-lpeg"]
    assert len(result.warnings) == 1


def test_without_a_database_or_lua_files_rpm_is_not_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Most machines pay nothing."""
    rpm = Rpm()
    assert read_with(monkeypatch, tmp_path, rpm).packages == ()
    (tmp_path / "var/lib/rpm").mkdir(parents=True)
    (tmp_path / "var/lib/rpm/Packages").write_text("x")
    assert read_with(monkeypatch, tmp_path, rpm).packages == ()
    assert rpm.calls == []


def test_flags_that_are_no_number_of_rpm_are_passed_over(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More digits than Python reads are none of a file's flags; other files still count."""
    path = "/usr/share/lua/5.4/re.lua"
    rpm = Rpm(record("lua-lpeg", [(int("9" * 40), "/usr/share/lua/5.4/x.lua"), (0, path)]))
    rpm.records = rpm.records.replace("9" * 40, "9" * 5000)
    assert read_with(monkeypatch, root, rpm).packages[0].files == (path,)


def test_the_newer_place_of_rpms_database_comes_first(tmp_path: Path) -> None:
    """/var/lib/rpm is then a link to /usr/lib/sysimage/rpm."""
    (tmp_path / "usr/lib/sysimage/rpm").mkdir(parents=True)
    (tmp_path / "usr/lib/sysimage/rpm/Packages").write_text("x")
    (tmp_path / "var/lib").mkdir(parents=True)
    (tmp_path / "var/lib/rpm").symlink_to("../../usr/lib/sysimage/rpm")
    assert database_directory(str(tmp_path)) == "/usr/lib/sysimage/rpm"
