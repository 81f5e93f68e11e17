"""Plans over trees in a root and a server in a directory."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.families import installed
from distrorocks.families.installed import Installed
from distrorocks.install.plan import Planned, planned
from distrorocks.install.plan_request import Request
from distrorocks.install.plan_text import notes, table
from distrorocks.install.removal import NotInstalled
from distrorocks.install.remove import NotRemoved, remove_rocks
from distrorocks.install.request import parse_operands
from distrorocks.install.step import InstallRock, KeepRock, RefuseRock, SuggestPackage
from distrorocks.publish.refresh import refresh
from distrorocks.resolve.conflict import Conflict
from distrorocks.resolve.preference import Preference
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.manifest import tree_manifest
from distrorocks.rocks.manifest_entry import InstalledRock, entry_of
from distrorocks.servers.address import Address
from distrorocks.servers.configured import ServerOptions
from distrorocks.world.candidates import DistroUse
from distrorocks.world.survey import System
from tests.builders import debian
from tests.install.asking import Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A root with leaf 1.0-1 in /one, and a server of rocks that need one another."""
    place = Place(tmp_path)
    place.tree("one", InstalledRock("leaf", "1.0-1", {}, dependencies=()))
    place.server.add("app 1.0-1", "lua >= 5.1", "leaf", "mid").add("mid 1.0-1", "leaf >= 1")
    place.server.add("leaf 1.0-1").add("leaf 2.0-1")
    return place


def told(request: Request) -> list[str]:
    """Return the steps of the plan in short, but for lua."""
    with planned(request) as found:
        return short(found)


def short(found: Planned) -> list[str]:
    """Return steps in short."""
    names = {KeepRock: "keep", InstallRock: "install", SuggestPackage: "suggest"}
    return [
        f"{names[type(step)]} {step.candidate}"
        for step in found.plan.steps
        if step.candidate.name != "lua"
    ]


def test_what_is_in_a_tree_of_the_mode_is_kept(place: Place) -> None:
    """With all of them; with one only what the target has; with none nothing is looked at."""
    rest = ["install mid 1.0-1", "install app 1.0-1"]
    assert told(place.request("app")) == ["keep leaf 1.0-1", *rest]
    assert told(place.request("app", mode="one")) == ["install leaf 2.0-1", *rest]
    assert told(place.request("app", mode="order")) == ["install leaf 2.0-1", *rest]
    assert told(place.request("app", mode="order", tree="/one")) == ["keep leaf 1.0-1", *rest]
    assert told(place.request("app", mode="none")) == ["install app 1.0-1"]


def test_the_target_is_the_last_tree_or_the_one_that_is_named(place: Place) -> None:
    """A tree that nobody listed may be named, too."""
    for word, target in (("", "/two"), ("/one", "/one"), ("/three", "/three")):
        with planned(place.request("app", tree=word)) as found:
            assert found.plan.target == target
            assert {step.tree for step in found.plan.installs} == {target}


def test_preferences_decide(place: Place) -> None:
    """What is there, or the newest."""
    newest = told(place.request("app", preference=Preference.NEWEST))
    assert newest[0] == "install leaf 2.0-1"
    oldest = told(place.request("leaf", preference=Preference.OLDEST))
    assert oldest == ["keep leaf 1.0-1"]


def test_a_named_file_is_what_is_installed(place: Place) -> None:
    """Whatever servers and trees have of that rock; its own needs count."""
    place.server.pack("leaf 3.0-1", "mid", arch="src").pack("leaf 4.0-1", arch="all")
    folder = place.server.directory
    for name, steps in (
        ("leaf-3.0-1.src.rock", ["install mid 1.0-1", "install leaf 3.0-1"]),
        ("leaf-4.0-1.all.rock", ["install leaf 4.0-1"]),
        ("leaf-2.0-1.rockspec", ["install leaf 2.0-1"]),
    ):
        request = place.request(str(folder / name))
        with planned(request) as found:
            assert sorted(short(found)) == sorted(steps)
            step = found.plan.step("leaf")
            assert isinstance(step, InstallRock)
            assert step.candidate.place == str(folder / name)
    with pytest.raises(DistrorocksError, match="both contain the rock leaf"):
        told(
            place.request(str(folder / "leaf-3.0-1.src.rock"), str(folder / "leaf-2.0-1.rockspec"))
        )


def test_a_file_whose_needs_are_installed_asks_no_server(place: Place) -> None:
    """As in LuaRocks; who wants the newest, or lacks something, asks it."""
    path = str(place.server.directory / "mid-1.0-1.rockspec")
    request = place.request(path)
    gone = request._replace(servers=ServerOptions(only=(Address("file", "/gone"),)))
    for preference in (Preference.INSTALLED, Preference.NAMED):
        with planned(gone._replace(preference=preference)) as found:
            assert sorted(short(found)) == ["install mid 1.0-1", "keep leaf 1.0-1"]
            assert found.warnings == ()
    newest = "install leaf 2.0-1", "install mid 1.0-1"
    assert sorted(told(request._replace(preference=Preference.NEWEST))) == [*newest]
    place.tree("two", InstalledRock("leaf", "0.1-1", {}, dependencies=()))
    with (
        pytest.raises(Conflict, match="cannot be satisfied"),
        planned(gone._replace(site=place.site_request("", "one"))),
    ):
        pass


@pytest.mark.parametrize(
    ("name", "told_of"),
    [
        ("gone-1-1.rockspec", "cannot read"),
        ("leaf-1-1.sparc.rock", "is built for sparc"),
        ("leaf.rock", "is not the name of a rock file"),
        ("leaf-1-1.all.rock", "not a zip archive"),
    ],
)
def test_a_file_that_is_no_rock_is_reported(place: Place, name: str, told_of: str) -> None:
    """With its name, before anything else is looked at."""
    path = place.server.directory / name
    if not name.startswith("gone"):
        path.write_bytes(b"nothing")
    request = place.request("app")
    request = request._replace(operands=request.operands._replace(files=(str(path),)))
    with pytest.raises(DistrorocksError, match=told_of) as caught:
        told(request)
    assert name in caught.value.brief


def test_a_pin_against_a_need_is_reported(place: Place, tmp_path: Path) -> None:
    """The lock file wins, as with LuaRocks, and a warning says over what."""
    (tmp_path / "luarocks.lock").write_text('return { dependencies = { leaf = "1.0-1" } }\n')
    with planned(place.request("leaf >= 2.0", pins_to=str(tmp_path))) as found:
        assert found.warnings[-1] == (
            "luarocks.lock pins leaf 1.0-1, but the request needs leaf >= 2.0"
        )


def test_a_lock_file_is_obeyed(place: Place, tmp_path: Path) -> None:
    """With --pin that of a directory; beside a rockspec in any case."""
    lock = 'return { dependencies = { leaf = "2.0-1" } }\n'
    (tmp_path / "luarocks.lock").write_text(lock)
    pinned = place.request("app", pins_to=str(tmp_path))
    with planned(pinned) as found:
        assert short(found)[0] == "install leaf 2.0-1"
        assert found.lock_file == f"{tmp_path}/luarocks.lock"
        step = found.plan.step("leaf")
        assert step is not None
        assert step.reason == "luarocks.lock pins it to 2.0-1"
    assert told(place.request("app"))[0] == "keep leaf 1.0-1"
    (place.server.directory / "luarocks.lock").write_text(lock)
    by_file = place.request(str(place.server.directory / "app-1.0-1.rockspec"))
    assert told(by_file)[0] == "install leaf 2.0-1"
    (place.server.directory / "luarocks.lock").write_text("return 1")
    with pytest.raises(DistrorocksError, match=r"luarocks\.lock"):
        told(by_file)


def test_rocks_of_trees_that_need_the_old_version_keep_it(place: Place) -> None:
    """Also where they are in another tree that sees the target."""
    need = (Dependency.parse("x < 2"),)
    place.tree("two", InstalledRock("x", "1.0-1", {}, dependencies=()))
    (place.root / "one/lib/luarocks/rocks-5.4/manifest").unlink()
    (place.root / "one/lib/luarocks/rocks-5.4").rmdir()
    place.tree("one", InstalledRock("y", "1.0-1", {}, dependencies=need))
    place.server.add("x 2.0-1")
    with planned(place.request("x >= 2")) as found:
        (step,) = found.plan.installs
        assert (step.replaces, step.beside) == ((), (("1.0-1", "y 1.0-1"),))
    with planned(place.request("x >= 2", mode="one")) as found:
        assert found.plan.installs[0].replaces == ("1.0-1",)


def test_there_is_no_plan_for_what_cannot_be(place: Place) -> None:
    """The proof leaves as it is."""
    with pytest.raises(Conflict, match="leaf > 7"):
        told(place.request("leaf > 7"))


def test_packages_are_suggested_or_required(tmp_path: Path) -> None:
    """What Debian's package has is a note, a step, or nothing; where only it has it, a step."""
    place = Place(tmp_path)
    debian(tmp_path / "debian")
    offered = tmp_path / "debian/var/lib/apt/lists"
    offered.mkdir(parents=True)
    (offered / "deb_dists_x_main_binary-amd64_Packages").write_text(
        "Package: lua-socket\nArchitecture: amd64\nVersion: 3.0.0-1\n"
        "Lua-Versions: 5.4\nDescription: the socket thing\n\n"
    )
    place.root.joinpath("etc/luarocks").rename(tmp_path / "debian/etc/luarocks")
    place.root = tmp_path / "debian"
    place.server.add("luasocket 3.1-1")
    with planned(place.request("luasocket", distro=DistroUse.SUGGEST)) as found:
        step = found.plan.step("luasocket")
        assert isinstance(step, InstallRock)
        assert step.packages == ("lua-socket",)
    with planned(place.request("luasocket", distro=DistroUse.REQUIRE)) as found:
        step = found.plan.step("luasocket")
        assert isinstance(step, SuggestPackage)
        assert step.command == "apt install lua-socket"
        assert found.plan.needed_command == "apt install lua-socket && distrorocks refresh"
        assert any("deps_mode all does not search for /two" in one for one in found.warnings)
    config = place.root / "etc/luarocks/config-5.4.lua"
    config.write_text(config.read_text().replace('"/one"', '"/usr", "/one"'))
    with planned(place.request("luasocket", distro=DistroUse.REQUIRE)) as found:
        assert not found.warnings
    (place.server.directory / "luasocket-3.1-1.rockspec").unlink()
    with planned(place.request("luasocket", distro=DistroUse.SUGGEST)) as found:
        assert isinstance(found.plan.step("luasocket"), SuggestPackage)
    with pytest.raises(Conflict):
        told(place.request("luasocket", distro=DistroUse.NEVER))


def test_a_rock_that_is_there_for_another_lua_is_not_unknown(place: Place) -> None:
    """Neither in a tree nor in a package."""
    other = place.root / "one/lib/luarocks/rocks-5.1"
    other.mkdir(parents=True)
    rock = InstalledRock("lgi", "0.9.2-1", {}, dependencies=())
    (other / "manifest").write_bytes(tree_manifest([entry_of(rock)]))
    with pytest.raises(Conflict) as caught:
        told(place.request("lgi"))
    assert "lgi is only available for Lua 5.1, not for 5.4" in str(caught.value)


def test_an_older_version_for_this_lua_says_why(place: Place) -> None:
    """The newest is for another Lua."""
    place.server.add("datex 1.0-1").add("datex 2.1-1", "lua >= 5.1, < 5.4")
    with planned(place.request("datex")) as found:
        assert short(found) == ["install datex 1.0-1"]
        assert found.warnings == (
            "datex 2.1-1 is there for Lua 5.1, but not for 5.4, so datex 1.0-1 is taken",
        )


def test_a_package_in_a_tree_that_is_not_listed_is_no_advice(tmp_path: Path) -> None:
    """The configuration has to list it first."""
    place = Place(tmp_path)
    machine = debian(tmp_path / "debian")
    version = "3.0.0-1"
    machine.install(
        "lua-socket",
        {"/usr/share/lua/5.4/socket.lua": "return {}"},
        version=version,
        fields="Lua-Versions: 5.4\n",
    )
    place.root.joinpath("etc/luarocks").rename(tmp_path / "debian/etc/luarocks")
    place.root = tmp_path / "debian"
    offered = place.root / "var/lib/apt/lists"
    offered.mkdir(parents=True)
    (offered / "deb_dists_x_main_binary-amd64_Packages").write_text(
        f"Package: lua-socket\nArchitecture: all\nVersion: {version}\n"
        "Lua-Versions: 5.4\nDescription: the socket thing\n\n"
    )
    refresh(System(root=str(place.root)))
    place.server.add("luasocket 3.1-1")
    with planned(place.request("luasocket", mode="one", distro=DistroUse.SUGGEST)) as found:
        step = found.plan.step("luasocket")
        assert isinstance(step, InstallRock)
        assert step.packages == ()
        assert found.plan.other_command == ""
        assert step.reason.endswith("`distrorocks config-snippet --apply`, and use --deps-mode=all")
    with planned(place.request("luasocket", mode="all", distro=DistroUse.SUGGEST)) as found:
        step = found.plan.step("luasocket")
        assert isinstance(step, InstallRock)
        assert step.reason.endswith(
            "in /usr, which rocks_trees does not list: `distrorocks config-snippet --apply`"
        )


def test_a_package_whose_tree_does_not_count_is_not_installed_again(tmp_path: Path) -> None:
    """It is there and refreshed: only another deps_mode makes LuaRocks see it."""
    place = Place(tmp_path)
    machine = debian(tmp_path / "debian")
    offered = machine.root / "var/lib/apt/lists"
    offered.mkdir(parents=True)
    (offered / "deb_dists_x_main_binary-amd64_Packages").write_text(
        "Package: lua-lpeg\nArchitecture: amd64\nVersion: 1.0.2-2\n"
        "Lua-Versions: 5.3 5.4\nDescription: the lpeg thing\n\n"
    )
    place.root.joinpath("etc/luarocks").rename(machine.root / "etc/luarocks")
    place.root = machine.root
    place.configure('rocks_trees = { "/one", "/usr", "/two" }\ndeps_mode = "one"\n')
    refresh(System(str(machine.root)))
    place.server.add("lpeg 1.0.2-1")
    request = place.request("lpeg", distro=DistroUse.SUGGEST)
    for mode in ("one", "order"):
        with planned(place.request("lpeg", distro=DistroUse.SUGGEST, mode=mode)) as found:
            step = found.plan.step("lpeg")
            assert isinstance(step, InstallRock)
            assert "`" not in "\n".join([*table(found.plan), *notes(found.plan)])
            assert step.reason.endswith(
                "the package lua-lpeg has lpeg 1.0.2-1 in /usr, where deps_mode "
                f"{mode} does not look: use --deps-mode=all"
            )
    with planned(request._replace(distro=DistroUse.REQUIRE, preference=Preference.DISTRO)) as found:
        step = found.plan.step("lpeg")
        assert isinstance(step, RefuseRock)
        assert step.hint == "use --deps-mode=all"
        assert not found.warnings
    assert told(place.request("lpeg", mode="all"))[0] == "keep lpeg 1.0.2-1"


def test_removing_what_a_package_owns_is_the_package_managers(tmp_path: Path) -> None:
    """The hint is a command that works: --tree=/usr would be refused."""
    place = Place(tmp_path)
    machine = debian(tmp_path / "debian")
    place.root.joinpath("etc/luarocks").rename(machine.root / "etc/luarocks")
    place.root = machine.root
    refresh(System(str(machine.root)))
    rock = machine.root / "usr/lib/luarocks/rocks-5.4/own/1-1"
    rock.mkdir(parents=True)
    (rock / "own-1-1.rockspec").write_text('package="own" version="1-1"')
    (rock / "rock_manifest").write_text("rock_manifest = {}")
    refresh(System(str(machine.root)))
    by_luarocks = "luarocks remove --lua-version=5.4 --tree=/usr own 1-1"
    for name, hint, elsewhere in (
        ("lpeg", "apt remove lua-lpeg", NotInstalled),
        ("own", by_luarocks, NotInstalled),
    ):
        for tree, kind in (("", elsewhere), ("/usr", NotRemoved)):
            with pytest.raises(kind) as caught:
                remove_rocks(
                    place.site_request(tree),
                    parse_operands([name]),
                    is_forced=False,
                    consent=lambda *_: True,
                    progress=lambda _: None,
                )
            assert hint in caught.value.hint
            assert "--tree" not in caught.value.hint.replace(by_luarocks, "")


def test_a_rock_in_a_tree_that_does_not_count_is_not_nobodys(place: Place) -> None:
    """The proof says where it is, and which deps_mode looks there."""
    place.tree("three", InstalledRock("rare", "1.0-1", {}, dependencies=()))
    place.configure('rocks_trees = { "/three", "/two" }\ndeps_mode = "one"\n')
    with pytest.raises(Conflict) as caught:
        told(place.request("rare"))
    text = "rare 1.0-1 is in /three, where deps_mode does not look (--deps-mode=all does)"
    assert text in caught.value.detail
    assert told(place.request("rare", mode="all")) == ["keep rare 1.0-1"]


def test_a_plan_reads_no_list_of_packages_that_it_has_no_use_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a coming module that is where packages install modules needs them: they may own it."""
    read: list[str] = []

    def read_installed(root: str) -> Installed:
        read.append(root)
        return Installed((), frozenset(), "lib", ("deb",), ())

    monkeypatch.setattr(installed, "read_installed", read_installed)
    place = Place(tmp_path)
    debian(tmp_path / "debian")
    place.root.joinpath("etc/luarocks").rename(tmp_path / "debian/etc/luarocks")
    place.root = tmp_path / "debian"
    place.server.add("app 1.0-1", build='type = "builtin", modules = { app = "app.lua" }')
    assert told(place.request("app", distro=DistroUse.NEVER)) == ["install app 1.0-1"]
    assert read == []
    (place.root / "usr/share/lua/5.4").mkdir(parents=True, exist_ok=True)
    (place.root / "usr/share/lua/5.4/app.lua").touch()
    told(place.request("app", distro=DistroUse.NEVER))
    assert read == [str(place.root)]
