"""A rock with all it needs, as folders in their order."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from distrorocks.errors import DistrorocksError
from distrorocks.packaging.scaffold.rock_index import FolderIndex, best_first
from distrorocks.packaging.scaffold.scaffold import Request
from distrorocks.packaging.scaffold.scaffold_closure import (
    ClosureScaffold,
    closures,
    write_closures,
)
from distrorocks.progress import SILENT, Work, listen
from distrorocks.rocks.dependency import Dependency
from distrorocks.system.lua.jail import Jail


def rockspec(folder: Path, name: str, version: str, *needs: str) -> Path:
    """Write a rockspec."""
    path = folder / f"{name}-{version}.rockspec"
    listed = ", ".join(f'"{need}"' for need in needs)
    path.write_text(
        f'package = "{name}"\nversion = "{version}"\n'
        f'source = {{ url = "https://a.example/{name}-1.tar.gz" }}\n'
        'description = { summary = "A thing", license = "MIT" }\n'
        f"dependencies = {{ {listed} }}\n"
        f'build = {{ type = "builtin", modules = {{ ["{name}"] = "x.lua" }} }}\n'
    )
    return path


@pytest.fixture
def rocks(tmp_path: Path) -> Path:
    """Return a folder of rocks, of which topmost is the first."""
    folder = tmp_path / "rocks"
    folder.mkdir()
    rockspec(folder, "topmost", "1.0-1", "lua >= 5.1", "middling ~> 2", "luafilesystem")
    rockspec(folder, "middling", "2.3-1", "lowermost")
    rockspec(folder, "middling", "3.0-1", "nowhere-at-all")
    rockspec(folder, "lowermost", "1.10-1")
    rockspec(folder, "lowermost", "1.9-1")
    rockspec(folder, "lowermost", "scm-1")
    return folder


def run(rocks: Path, out: Path, *words: str) -> int:
    """Scaffold topmost with all it needs."""
    spec = str(rocks / "topmost-1.0-1.rockspec")
    options = ["--recursive", "--rocks", str(rocks), "--format", "deb", "--format", "fedora"]
    return main(["scaffold", spec, *options, "-o", str(out), "--maintainer", "A <a@b.c>", *words])


def test_missing_dependencies_are_packaged_in_order(
    rocks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each rock has its directory, required versions are chosen, a second run writes nothing."""
    out = tmp_path / "out"
    assert run(rocks, out) == 0
    order = (out / "deb/order.txt").read_text()
    assert order == "lua-lowermost\nlua-middling\nlua-topmost\n"
    for package in order.split():
        assert (out / f"deb/{package}/debian/control").exists()
        assert (out / f"fedora/{package}/{package}.spec").exists()
        assert (out / f"deb/obs/{package}/_meta").exists()
    table = json.loads((out / "deb/order.json").read_text())
    assert [each["version"] for each in table["packages"]] == ["1.10-1", "2.3-1", "1.0-1"]
    assert table["rounds"] == [["lua-lowermost"], ["lua-middling"], ["lua-topmost"]]
    assert table["packaged"] == ["luafilesystem"]
    capsys.readouterr()
    assert run(rocks, out, "--json") == 0
    assert json.loads(capsys.readouterr().out)["written"] == []


def test_the_release_of_the_settings_is_that_of_all_packages(rocks: Path, tmp_path: Path) -> None:
    """Those of the output directory, as the command line's is."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "distrorocks.toml").write_text('[deb]\ntarget = "sid"\n')
    rockspec(rocks, "user", "1.0-1", "lua >= 5.1", "lowermost")
    _, (one,) = found(rocks, out, "deb", name="user")
    assert {each.plan.target for each in one.made.values()} == {"sid"}


def test_a_plan_writes_nothing(
    rocks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --plan the order is printed only."""
    assert run(rocks, tmp_path / "out", "--plan") == 0
    assert "lua-topmost: topmost 1.0-1, after lua-middling\n" in capsys.readouterr().out
    assert not (tmp_path / "out").exists()


def test_a_directory_is_a_server_too(
    rocks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server's manifest is asked where no folder of rocks is named."""
    listed = {
        path.stem.split("-", 1)[0]: [
            p.stem.split("-", 1)[1]
            for p in rocks.glob("*.rockspec")
            if p.stem.startswith(path.stem.split("-", 1)[0])
        ]
        for path in rocks.glob("*.rockspec")
    }
    entries = ",".join(
        f'["{name}"] = {{'
        + ",".join(f'["{version}"] = {{ {{ arch = "rockspec" }} }}' for version in versions)
        + "}"
        for name, versions in sorted(listed.items())
    )
    (rocks / "manifest-5.4").write_text(
        f"commands = {{}}\nmodules = {{}}\nrepository = {{{entries}}}\n"
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    out = tmp_path / "out"
    words = ["--recursive", "--only-server", str(rocks), "--format", "deb", "-o", str(out)]
    assert main(["scaffold", str(rocks / "topmost-1.0-1.rockspec"), *words]) == 0
    assert (out / "deb/order.txt").read_text() == "lua-lowermost\nlua-middling\nlua-topmost\n"


def test_a_file_of_another_rock_is_skipped(rocks: Path) -> None:
    """A file is used only if its content is the rock of its name."""
    (rocks / "lowermost-9.0-1.rockspec").write_bytes(
        (rocks / "middling-2.3-1.rockspec").read_bytes()
    )
    with Jail() as jail:
        index = FolderIndex(str(rocks), jail)
        found = index.find("lowermost", [Dependency.parse("lowermost")])
    assert found is not None
    assert found.version == "1.10-1"
    assert "it is middling 2.3-1" in index.warnings[0]


def test_versions_without_an_order_in_luarocks_come_as_the_resolver_has_them() -> None:
    """The best of 1.0-1 and 1.0.0-1 is the one that `plan` takes, however they are listed."""
    need = [Dependency.parse("a >= 1")]
    listed = ["scm-1", "1.0-1", "1.0.0-1", "0.9-1"]
    assert best_first(listed, need) == ["1.0.0-1", "1.0-1", "scm-1"]
    assert best_first(reversed(listed), need) == ["1.0.0-1", "1.0-1", "scm-1"]


def found(
    rocks: Path, out: Path, *forms: str, name: str = "topmost"
) -> tuple[Request, list[ClosureScaffold]]:
    """Return the request for a rock with all it needs, and what it leads to."""
    request = Request(str(next(rocks.glob(f"{name}-*.rockspec"))), str(out), formats=forms)
    with Jail() as jail:
        return request, closures(request, FolderIndex(str(rocks), jail), jail)


def test_all_that_is_written_is_told_once(rocks: Path, tmp_path: Path) -> None:
    """Packaging and lists of each format; a dry run tells the same and writes nothing."""
    out = tmp_path / "out"
    request, each = found(rocks, out, "deb", "fedora")
    told = write_closures(each, request, is_dry=True)
    assert not out.exists()
    assert write_closures(each, request) == told
    there = [str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()]
    assert sorted(told) == sorted(there)
    assert write_closures(each, request) == []


def test_the_lists_of_an_order_are_those_of_its_rocks(rocks: Path, tmp_path: Path) -> None:
    """One for people, one for programs, one for Koji, and the project of OBS with its packages."""
    out = tmp_path / "out"
    request, (one,) = found(rocks, out, "fedora")
    write_closures([one], request)
    folder = out / "fedora"
    files = {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*_meta")}
    files |= {path.name: path.read_text() for path in folder.glob("*.*")}
    packages = ("lua-lowermost", "lua-middling", "lua-topmost")
    assert tuple(one.packages.values()) == packages
    assert one.packages == dict(zip(("lowermost", "middling", "topmost"), packages, strict=True))
    metas = {f"obs/{package}/_meta" for package in packages}
    assert set(files) == {"order.txt", "order.json", "chain.txt", "obs/_meta", *metas}
    assert files["order.json"] == json.dumps(one.table, indent=2) + "\n"
    assert files["chain.txt"] == "lua-lowermost : lua-middling : lua-topmost\n"
    project = files["obs/_meta"]
    assert '<project name="fedora-lua-topmost">' in project
    assert "<title>lua-topmost and all it needs</title>" in project
    for package in packages:
        meta = files[f"obs/{package}/_meta"]
        assert f'<package name="{package}" project="fedora-lua-topmost">' in meta
        assert "<title>Thing</title>" in meta


def test_a_rock_that_only_some_luas_bring_is_packaged(rocks: Path, tmp_path: Path) -> None:
    """The package is for all Lua versions of the distribution, and 5.1 has no such module."""
    rockspec(rocks, "user", "1.0-1", "lua >= 5.1", "utf8")
    rockspec(rocks, "utf8", "1.0-1")
    _, (one,) = found(rocks, tmp_path / "out", "deb", name="user")
    assert list(one.made) == ["utf8", "user"]


def test_two_rocks_cannot_be_one_package(rocks: Path, tmp_path: Path) -> None:
    """The message names both, and what to do."""
    rockspec(rocks, "both", "1.0-1", "thing-x", "lua-thing-x")
    rockspec(rocks, "thing-x", "1.0-1")
    rockspec(rocks, "lua-thing-x", "1.0-1")
    with pytest.raises(DistrorocksError) as error:
        found(rocks, tmp_path / "out", "deb", name="both")
    assert sorted(error.value.brief.split(" would ")[0].split()) == [
        *("and", "lua-thing-x", "rocks", "the", "thing-x"),
    ]
    assert error.value.brief.endswith(" would both become the package lua-thing-x")
    assert error.value.hint.startswith("scaffold one of them on its own")


class Heard:
    """What a listener hears of works."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def started(self, work: Work) -> None:
        """Note a work with what there is of it."""
        self.lines.append(f"{work.what}: {work.total} {work.unit}".removesuffix(": None "))

    def advanced(self, work: Work, count: int, step: str | None) -> None:
        """Note a step, or how much is done."""
        self.lines.append(f"{work.what} {step or count}")

    def finished(self, work: Work) -> None:
        """Note the end."""
        self.lines.append(f"{work.what} ends")


def test_each_rock_is_a_step(rocks: Path, tmp_path: Path) -> None:
    """Before it all dependencies are found."""
    heard = Heard()
    listen(heard)
    try:
        found(rocks, tmp_path / "out", "deb")
    finally:
        listen(SILENT)
    assert [line for line in heard.lines if line.startswith(("finding", "packaging"))] == [
        *("finding dependencies", "finding dependencies ends", "packaging: 3 rocks"),
        *("packaging lowermost", "packaging 1", "packaging middling", "packaging 1"),
        *("packaging topmost", "packaging 1", "packaging ends"),
    ]
