"""Plans carried out on trees of this system: rocks are built and deployed, or nothing changes."""

from __future__ import annotations

import hashlib
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.health.why import why_rock
from distrorocks.install import install as job
from distrorocks.install.build.request import BuildError
from distrorocks.install.building import BuildChoice
from distrorocks.install.deploy.deploy import rocks_of
from distrorocks.install.install import Installation, Refused, install_rocks, refuse_plan
from distrorocks.install.plan import Planned, planned
from distrorocks.install.plan_request import Request
from distrorocks.install.removal import NotInstalled
from distrorocks.install.remove import NotRemoved, Removed, remove_rocks
from distrorocks.install.request import parse_operands
from distrorocks.resolve.conflict import Conflict
from distrorocks.rocks.manifest_entry import InstalledRock
from distrorocks.servers import signature
from distrorocks.servers.signature import SignatureError
from distrorocks.system.files.lock import LockError, TreeLock
from distrorocks.system.lua.jail import Jail
from distrorocks.system.trees import transaction
from distrorocks.system.trees.journal import left_journal
from distrorocks.trees.layout import tree_layout
from distrorocks.world.site import site
from tests.install.asking import Place
from tests.rocks_server import SourceServer

BROKEN = 'type = "command", build_command = "echo no compiler; exit 7"'


def content(root: Path) -> dict[str, tuple[object, ...]]:
    """Return every path below a directory with its mode and what it holds."""
    return {
        str(path.relative_to(root)): (
            path.lstat().st_mode,
            path.read_bytes() if path.is_file() else None,
        )
        for path in sorted(root.rglob("*"))
    }


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """This system with two trees below a scratch directory, and a server."""
    place = Place(tmp_path, inside=str(tmp_path))
    place.server = SourceServer(tmp_path / "server")
    place.give_headers()
    place.server.add("app 1.0-1", "lua >= 5.1", "leaf >= 2", "mid").add("mid 1.0-1", "leaf")
    place.server.add("leaf 1.0-1").add("leaf 2.0-1").add("trap 1.0-1", "mid", "bad")
    place.server.add("bad 1.0-1", "leaf", build=BROKEN).add("old 1.0-1", "leaf < 2")
    monkeypatch.setenv("LUAROCKS_CONFIG", str(place.root / "etc/luarocks/config-5.4.lua"))
    monkeypatch.delenv("LUAROCKS_CONFIG_5_4", raising=False)
    monkeypatch.setenv("LUAROCKS_SYSCONFDIR", str(tmp_path / "nowhere"))
    place.root = Path("/")
    yield place
    assert not any(Path(tmp_path).rglob(".distrorocks*"))


def installed(request: Request, *, agreed: bool = True, pins_file: str = "") -> Installation:
    """Install what is asked for, or let it be."""
    return install_rocks(
        request, consent=lambda _: agreed, progress=lambda _: None, pins_file=pins_file
    )


def removed(place: Place, *words: str, force: bool = False, agreed: bool = True) -> Removed:
    """Remove rocks from the last tree."""
    return remove_rocks(
        place.site_request(),
        parse_operands(words),
        is_forced=force,
        consent=lambda *_: agreed,
        progress=lambda _: None,
    )


def rocks(place: Place, tree: str = "two") -> set[str]:
    """Return the rocks of a tree as texts."""
    found = rocks_of(tree_layout(f"{place.above}/{tree}", "5.4"))
    return {f"{name} {version}" for name, version in found}


def test_a_plan_is_carried_out(place: Place) -> None:
    """Every rock has its rockspec as the server has it, its module, and its entry."""
    told: list[str] = []
    request = place.request("app")
    done = install_rocks(request, consent=lambda _: True, progress=told.append)
    assert done.is_done
    server = place.server.directory
    assert told == [
        "fetching the sources of 3 rocks",
        f"[1/3] building leaf 2.0-1 from {server}",
        f"[2/3] building mid 1.0-1 from {server}",
        f"[3/3] building app 1.0-1 from {server}",
    ]
    assert rocks(place) == {"app 1.0-1", "leaf 2.0-1", "mid 1.0-1"}
    layout = tree_layout(f"{place.above}/two", "5.4")
    kept = Path(layout.rock_dir("leaf", "2.0-1"), "leaf-2.0-1.rockspec")
    assert kept.read_bytes() == (server / "leaf-2.0-1.rockspec").read_bytes()
    assert Path(layout.lua_dir, "leaf.lua").read_text() == "return '2.0-1'\n"


def test_every_rock_can_be_asked_for_a_signature(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of servers and of this machine; one file without a good one, and nothing is installed."""
    asked: list[str] = []

    def stand_in(content: bytes, given: bytes, shown: str) -> str:
        asked.append(os.path.basename(shown))
        if given != hashlib.md5(content).digest():
            raise SignatureError(f"the signature of {shown} is not good")
        return ""

    monkeypatch.setattr(signature, "verify", stand_in)
    server, choice = place.server.directory, BuildChoice(is_verified=True)
    specs = [server / f"{each}-1.rockspec" for each in ("leaf-2.0", "mid-1.0", "app-1.0")]
    for count in range(4):
        for each in specs[:count]:
            beside = each.with_name(f"{each.name}.asc")
            beside.write_bytes(hashlib.md5(each.read_bytes()).digest())
        if count < 3:
            request = place.request("app")
            with pytest.raises(DistrorocksError, match=r"\.asc"):
                install_rocks(
                    request, consent=lambda _: True, progress=lambda _: None, choice=choice
                )
            assert rocks(place) == set()
    request = place.request("app")
    install_rocks(request, consent=lambda _: True, progress=lambda _: None, choice=choice)
    assert rocks(place) == {"app 1.0-1", "leaf 2.0-1", "mid 1.0-1"}
    assert asked[-3:] == [each.name for each in specs]
    trap = place.request(str(server / "bad-1.0-1.rockspec"))
    (server / "bad-1.0-1.rockspec.asc").write_bytes(b"another")
    with pytest.raises(SignatureError, match=r"bad-1\.0-1\.rockspec is not good"):
        install_rocks(trap, consent=lambda _: True, progress=lambda _: None, choice=choice)


def test_variables_of_the_command_line_reach_the_build(place: Place) -> None:
    """As $(NAME) in the texts of the rockspec."""
    build = 'type = "command", install_command = "echo \'return 1\' > $(LUADIR)/$(FLAVOUR).lua"'
    place.server.add("tasty 1.0-1", build=build)
    installed(place.request("tasty", "FLAVOUR=sweet"))
    assert Path(place.above, "two/share/lua/5.4/sweet.lua").exists()


def test_a_build_uses_what_was_built_before(place: Place) -> None:
    """The modules of its dependencies are on Lua's search path, before anything is deployed."""
    command = "lua5.4 -e 'print((require([[leaf]])))' > $(LUADIR)/found.lua"
    build = f'type = "command", install_command = [[{command.replace("[[leaf]]", "chr")}]]'
    build = build.replace("require(chr)", 'require("leaf")')
    place.server.add("user 1.0-1", "leaf >= 2", build=build)
    installed(place.request("user"))
    assert Path(place.above, "two/share/lua/5.4/found.lua").read_text() == "2.0-1\n"


def test_what_a_build_left_is_refused_with_the_name_of_its_rock(place: Place) -> None:
    """Whatever part of distrorocks refuses it: of twenty rocks one is at fault."""
    build = 'type = "command", install_command = "touch $(LUADIR)/a\\27.lua"'
    place.server.add("odd 1.0-1", build=build)
    with pytest.raises(BuildError, match=r"^odd 1\.0-1: .*control characters"):
        installed(place.request("odd"))
    assert rocks(place) == set()


def test_without_consent_nothing_is_done(place: Place) -> None:
    """Not even the tree is made; the plan is there to be looked at."""
    seen: list[Planned] = []

    def refuse(found: Planned) -> bool:
        seen.append(found)
        return False

    done = install_rocks(place.request("app"), consent=refuse, progress=lambda _: None)
    assert not done.is_done
    assert seen[0].plan == done.plan
    assert not os.path.exists(f"{place.above}/two")


def test_a_failure_leaves_everything_as_it_was(place: Place) -> None:
    """What was replaced for it is back."""
    installed(place.request("leaf", "1.0"))
    before = content(Path(place.above, "two"))
    with pytest.raises(BuildError, match=r"bad 1\.0-1: the build failed while building") as caught:
        installed(place.request("trap", "leaf >= 2"))
    assert "no compiler" in caught.value.detail
    assert "no compiler" in Path(caught.value.hint.rpartition(" ")[2]).read_text()
    assert content(Path(place.above, "two")) == before
    with pytest.raises(Conflict):
        installed(place.request("leaf > 5"))
    assert content(Path(place.above, "two")) == before


def test_every_file_is_fetched_before_anything_is_built(place: Place) -> None:
    """A file that the server lost is noticed while the tree is still whole."""
    place.server.pack("far 1.0-1", "leaf", arch="src").add("far 1.0-1", "leaf")
    request = place.request("far")
    lost = place.server.directory / "far-1.0-1.src.rock"

    def lose(_: Planned) -> bool:
        lost.unlink()
        return True

    with pytest.raises(Exception, match=r"far-1\.0-1\.src\.rock"):
        install_rocks(request, consent=lose, progress=lambda _: None)
    assert rocks(place) == set()


def test_a_tree_that_changes_while_the_plan_is_read_is_planned_again(place: Place) -> None:
    """Somebody else installed into it before the answer came: the user sees the new plan."""
    plans: list[int] = []

    def wait(found: Planned) -> bool:
        if not plans:
            installed(place.request("leaf"))
        plans.append(len(found.plan.installs))
        return True

    done = install_rocks(place.request("mid"), consent=wait, progress=lambda _: None)
    assert done.is_done
    assert plans == [2, 1]
    assert rocks(place) == {"leaf 2.0-1", "mid 1.0-1"}


def killed_after_commit(deed: Callable[[], object]) -> None:
    """Do something in a process that is killed when it has changed a tree, before it cleans up."""
    if child := os.fork():
        assert os.waitpid(child, 0)[1] == signal.SIGKILL
        return
    try:
        transaction.completed = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment,attr-defined]
        deed()
    finally:
        os._exit(1)


def test_a_killed_run_is_completed_also_where_nothing_is_to_be_installed(place: Place) -> None:
    """What it had kept goes, and the user is told; without consent it stays."""
    installed(place.request("leaf", "1.0"))
    killed_after_commit(lambda: installed(place.request("leaf", "2.0")))
    assert left_journal(tree_layout(f"{place.above}/two", "5.4"))
    installed(place.request("leaf"), agreed=False)
    assert left_journal(tree_layout(f"{place.above}/two", "5.4"))
    told: list[str] = []
    install_rocks(place.request("leaf"), consent=lambda _: True, progress=told.append)
    assert told[0] == "an earlier run was killed while it changed the tree: it is completed now"
    assert rocks(place) == {"leaf 2.0-1"}
    assert not list(Path(place.above, "two").rglob("1.0-1"))


def test_a_lock_of_a_dead_run_goes_also_where_nothing_is_to_be_installed(place: Place) -> None:
    """A run can be killed between its last change and its lock; one at work is not waited for."""
    request = place.request("leaf", "1.0")
    installed(request)
    lock = Path(tree_layout(f"{place.above}/two", "5.4").lock)
    with TreeLock(str(lock)):
        assert not installed(request).plan.installs
        assert lock.is_symlink()
    lock.symlink_to(f"distrorocks-{2**22 + 1}")
    assert not installed(request).plan.installs
    assert not lock.is_symlink()


def test_a_tree_that_cannot_be_locked_is_left_to_its_owner(place: Place) -> None:
    """A user whose request is satisfied is told of root's unfinished run, and has no error."""
    installed(place.request("leaf", "1.0"))
    killed_after_commit(lambda: installed(place.request("leaf", "2.0")))
    request = place.request("leaf")
    told: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(job, "recover", refuse)
        install_rocks(request, consent=lambda _: True, progress=told.append)
    tree = f"{place.above}/two"
    assert told == [f"another run has not finished its work in {tree}: cannot be locked"]
    install_rocks(request, consent=lambda _: True, progress=told.append)


def refuse(*_: object, **__: object) -> None:
    """Be a lock that this user cannot take."""
    raise LockError("cannot be locked")


def test_what_a_rock_of_packages_needs_may_be_unknown(tmp_path: Path) -> None:
    """A minimal tree has no rockspecs: a warning for each rock would hide all others."""
    place = Place(tmp_path)
    place.configure('rocks_trees = { "/usr", "/two" }\n')
    place.tree("usr", InstalledRock("a", "1-1", {}))
    place.tree("two", InstalledRock("b", "1-1", {}))
    with Jail() as jail:
        found, warnings = site(place.site_request(), jail).rocks()
    assert sorted(str(each.candidate) for each in found) == ["a 1-1", "b 1-1"]
    assert [text.rpartition(",")[2] for text in warnings] == [
        " so the dependencies of b 1-1 are unknown"
    ]


def test_missing_external_dependencies_are_reported_before_anything_is_built(place: Place) -> None:
    """For all rocks of the plan at once, with what LuaRocks' variables would say."""
    needs = 'external_dependencies = { NOSUCHLIB = { library = "nosuchlib" } }'
    place.server.add("near 1.0-1", "far", more=needs).add("far 1.0-1", more=needs)
    with pytest.raises(DistrorocksError, match="missing") as caught:
        installed(place.request("near"))
    assert "near 1.0-1 needs NOSUCHLIB" in caught.value.detail
    assert "far 1.0-1 needs NOSUCHLIB" in caught.value.detail
    assert not os.path.exists(f"{place.above}/two")


def test_old_versions_go_unless_they_are_kept(place: Place) -> None:
    """As LuaRocks does it, but only where nobody needs them; --keep keeps them all."""
    installed(place.request("leaf", "1.0"))
    installed(place.request("leaf >= 2", keeps_versions=True))
    assert rocks(place) == {"leaf 1.0-1", "leaf 2.0-1"}
    removed(place, "leaf", "2.0")
    installed(place.request("old"))
    installed(place.request("leaf >= 2"))
    assert rocks(place) == {"leaf 1.0-1", "leaf 2.0-1", "old 1.0-1"}
    removed(place, "leaf 2.0")
    installed(place.request("leaf >= 2", is_forced=True))
    assert rocks(place) == {"leaf 2.0-1", "old 1.0-1"}


def test_only_what_a_rock_needs(place: Place) -> None:
    """The rock itself is left out."""
    done = installed(place.request("app", only_dependencies=True))
    assert done.plan.left_out == ("app",)
    assert rocks(place) == {"leaf 2.0-1", "mid 1.0-1"}


def test_force_installs_what_is_there_again(place: Place) -> None:
    """In the same version, from the server."""
    installed(place.request("leaf"))
    assert installed(place.request("leaf")).plan.installs == ()
    module = Path(place.above, "two/share/lua/5.4/leaf.lua")
    module.unlink()
    installed(place.request("leaf", is_forced=True))
    assert module.exists()


def test_pins_are_written_and_hold(place: Place, tmp_path: Path) -> None:
    """With LuaRocks' bytes; the next one who installs gets the same versions."""
    lock = tmp_path / "luarocks.lock"
    installed(place.request("old"), pins_file=str(lock))
    assert lock.read_text() == 'return {\n   dependencies = {\n      leaf = "1.0-1"\n   },\n}\n'
    removed(place, "old", "leaf")
    done = installed(place.request("mid", pins_to=str(tmp_path)))
    assert [str(step.candidate) for step in done.plan.installs] == ["leaf 1.0-1", "mid 1.0-1"]


def test_nothing_is_installed_if_the_pins_cannot_be_kept(place: Place, tmp_path: Path) -> None:
    """A run that fails leaves the tree as it was."""
    with pytest.raises(DistrorocksError, match=r"cannot write to .*/nowhere"):
        installed(place.request("old"), pins_file=str(tmp_path / "nowhere/luarocks.lock"))
    assert not Path(place.above, "two/share").exists()


def test_a_named_file_is_read_once(place: Place) -> None:
    """What is built is what was resolved, whatever is written into the file meanwhile."""
    path = place.server.directory / "leaf-1.0-1.rockspec"
    before = path.read_bytes()
    request = place.request(str(path))

    def change(_: Planned) -> bool:
        path.write_text("package = 'other'")
        return True

    install_rocks(request, consent=change, progress=lambda _: None)
    layout = tree_layout(f"{place.above}/two", "5.4")
    kept = Path(layout.rock_dir("leaf", "1.0-1"), path.name)
    assert kept.read_bytes() == before


def test_the_packages_tree_is_left_alone(place: Place) -> None:
    """It is refused after the plan was shown."""
    shown: list[Planned] = []

    def see(found: Planned) -> bool:
        shown.append(found)
        return True

    request = place.request("leaf", tree="/usr")
    with pytest.raises(Refused, match="the tree /usr belongs to packages: leaf") as caught:
        install_rocks(request, consent=see, progress=lambda _: None)
    assert "--tree" in caught.value.hint
    assert shown[0].plan.refusals


def test_several_reasons_have_a_line_each(place: Place) -> None:
    """One line of all would be longer than any terminal; the hints are said once."""
    with planned(place.request("leaf", tree="/usr")) as found:
        refused = next(iter(found.plan.refusals))
        steps = tuple(refused._replace(reason=f"reason {it}", hint="do it") for it in (1, 2, 1))
        with pytest.raises(Refused) as caught:
            refuse_plan(found._replace(plan=found.plan._replace(steps=steps)))
    assert caught.value.brief == "3 rocks cannot be installed in /usr"
    assert caught.value.detail == "  reason 1\n  reason 2"
    assert caught.value.hint == "do it"


def test_removing(place: Place) -> None:
    """What others need stays unless it is forced, what is not there is an error."""
    installed(place.request("app"))
    with pytest.raises(NotRemoved) as caught:
        removed(place, "leaf")
    assert "app 1.0-1" in caught.value.detail
    assert "mid 1.0-1" in caught.value.detail
    assert not removed(place, "app", agreed=False).is_done
    assert "app 1.0-1" in rocks(place)
    assert removed(place, "leaf", force=True).is_done
    assert rocks(place) == {"app 1.0-1", "mid 1.0-1"}
    with pytest.raises(NotInstalled):
        removed(place, "leaf")
    assert removed(place, "app", "mid-1.0-1.all.rock").is_done
    assert rocks(place) == set()
    with pytest.raises(NotInstalled):
        remove_rocks(
            place.site_request("/usr"),
            parse_operands(["app"]),
            is_forced=True,
            consent=lambda *_: True,
            progress=lambda _: None,
        )


def test_why(place: Place) -> None:
    """Who needs a rock is read from the trees, what else would do from the server."""
    installed(place.request("app"))
    place.server.add("leaf 2.1-1")
    request = place.request("app")
    answer = why_rock(place.site_request(), "leaf", servers=request.servers).why
    (reason,) = answer.reasons
    assert [str(each.candidate) for each in reason.required_by] == ["app 1.0-1", "mid 1.0-1"]
    assert {f"{each.version} {each.place}" for each in reason.alternatives} == {
        f"2.1-1 {place.server.directory}"
    }
