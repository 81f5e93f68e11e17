"""rpm's hooks: what LuaRocks sees is what rpm has installed, after every transaction."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from integration.machines.machine import run
from integration.machines.rocks import LEDGERS, TREE
from integration.machines.roots import Layer, with_packages
from integration.machines.rpm_machine import (
    BROKEN,
    COUNTING,
    LUA_VERSIONS,
    SYSTEMS,
    Hooked,
    RpmSystem,
    made_into,
)
from integration.machines.rpm_packages import FEDORA, built, built_provider, newer
from integration.machines.rpmlint import rpmlint_errors
from integration.machines.scratch import CHECKOUT, live

HOOKS = "distrorocks-hooks"


@pytest.fixture(scope="module")
def rpms() -> dict[str, Path]:
    """The packages of this checkout, by name; "src" is the source package."""
    out = live() / "rpms"
    run(CHECKOUT / "hooks/rpm/build", out)
    found = {path.name.rsplit("-", 2)[0]: path for path in out.glob("*.noarch.rpm")}
    (found["src"],) = out.glob("*.src.rpm")
    return found


@pytest.fixture(scope="module", params=sorted(SYSTEMS))
def layers(
    request: pytest.FixtureRequest, rpms: dict[str, Path]
) -> Iterator[tuple[RpmSystem, Layer, Layer]]:
    """A system without a package, and the same with the hooks and all its Lua packages."""
    system = SYSTEMS[request.param]
    with with_packages("bookworm", ("rpm",)).clone() as machine:
        made_into(machine, system)
        python = machine.path("/usr/bin/python3")
        python.unlink()
        python.write_text(COUNTING)
        python.chmod(0o755)
        machine.path("/usr/share/licenses").mkdir()  # the package filesystem has it there
        bare = machine.freeze()
        with bare.clone() as second:
            hooked = Hooked(second, system)
            hooked.install(rpms[HOOKS], *(built(package) for package in system.packages))
            second.distrorocks("config-snippet", "--apply")
            hooked.refreshes()
            yield system, bare, second.freeze()


@pytest.fixture
def bare(layers: tuple[RpmSystem, Layer, Layer]) -> Iterator[Hooked]:
    """A machine without any package of rpm's."""
    with layers[1].clone() as machine:
        yield Hooked(machine, layers[0])


@pytest.fixture
def hooked(layers: tuple[RpmSystem, Layer, Layer]) -> Iterator[Hooked]:
    """A machine with the hooks and its Lua packages, installed together in one transaction."""
    with layers[2].clone() as machine:
        yield Hooked(machine, layers[0])


def leaving(hooked: Hooked) -> list[str]:
    """Return three packages that are rocks, for some Lua version."""
    return [package.name for package in hooked.system.packages if package.rock][:3]


def test_each_transaction_is_followed_by_one_refresh(hooked: Hooked) -> None:
    """Install, upgrade, erase, install again: each is one refresh and the truth afterwards."""
    packages = hooked.system.packages
    hooked.assert_true()
    hooked.install(*(built(newer(package)) for package in packages), how="-U")
    assert hooked.refreshes() == 1
    hooked.assert_true()
    names = leaving(hooked)
    hooked.erase(*names)
    assert hooked.refreshes() == 1
    hooked.assert_true()
    hooked.install(*(built(package) for package in packages if package.name in names))
    assert hooked.refreshes() == 1
    hooked.assert_true()


def test_hooks_that_come_last_find_what_is_there(hooked: Hooked, rpms: dict[str, Path]) -> None:
    """Packages that were installed before the hooks are published when the hooks come."""
    hooked.erase(HOOKS)
    assert all(not hooked.machine.path(f"{TREE}/rocks-{v}/manifest").exists() for v in LUA_VERSIONS)
    hooked.refreshes()
    hooked.install(rpms[HOOKS])
    assert hooked.refreshes() == 1
    hooked.assert_true()


def test_other_packages_start_nothing(hooked: Hooked) -> None:
    """A transaction that touches no directory of Lua starts no Python at all."""
    hooked.install(built_provider())
    hooked.erase("provider")
    assert hooked.refreshes() == 0


def test_hooks_installed_again_keep_what_is_published(
    hooked: Hooked, rpms: dict[str, Path]
) -> None:
    """Reinstalling the hooks, which removes their older self, leaves metadata as it was."""
    before = hooked.machine.contents(TREE)
    hooked.rpm("--nodeps", "-U", "--force", str(rpms[HOOKS]))
    assert hooked.machine.contents(TREE) == before
    hooked.assert_true()


def test_the_hooks_own_the_manifests(hooked: Hooked) -> None:
    """rpm names the hooks as owner of each manifest, of the ledger and of their directories."""
    paths = [f"{TREE}/rocks-{version}" for version in LUA_VERSIONS]
    paths += [f"{path}/manifest" for path in paths]
    paths += ["/var/lib/distrorocks", "/var/lib/distrorocks/ledger.json"]
    owners = hooked.rpm("-qf", "--queryformat", "%{NAME}\\n", *paths).lines
    assert set(owners) == {HOOKS}
    assert len(owners) == len(paths)


@pytest.mark.parametrize("hooks_first", [False, True], ids=["together", "hooks first"])
def test_erasing_leaves_nothing_behind(
    bare: Hooked, rpms: dict[str, Path], hooks_first: bool
) -> None:
    """Hooks that came and went with the Lua packages leave the files there are without them."""
    packages = [built(package) for package in bare.system.packages]
    names = [package.name for package in bare.system.packages]
    bare.install(*packages)
    with_packages_alone = bare.files()
    bare.erase(*names)
    without_any = bare.files()  # directories that no package of the test owns
    bare.install(rpms[HOOKS], rpms["distrorocks"], *packages)
    assert bare.files() > with_packages_alone
    if hooks_first:
        bare.erase(HOOKS, "distrorocks")
        assert bare.files() == with_packages_alone
        bare.erase(*names)
    else:
        bare.erase(HOOKS, "distrorocks", *names)
    assert bare.files() == without_any


def _no_python(hooked: Hooked) -> None:
    hooked.machine.path("/usr/bin/python3").unlink()


def _failing_python(hooked: Hooked) -> None:
    hooked.machine.write(BROKEN, "exit 3\n")


def _killed_python(hooked: Hooked) -> None:
    hooked.machine.write(BROKEN, "kill -9 $$\n")


def _spoilt_ledger(hooked: Hooked) -> None:
    for ledger in LEDGERS:
        hooked.machine.write(ledger, "{")


def _no_code(hooked: Hooked) -> None:
    shutil.rmtree(hooked.machine.path("/usr/share/distrorocks/distrorocks/publish"))


@pytest.mark.parametrize(
    "fault", [_no_python, _failing_python, _killed_python, _spoilt_ledger, _no_code]
)
def test_a_refresh_that_fails_fails_no_transaction(
    hooked: Hooked, fault: Callable[[Hooked], None]
) -> None:
    """rpm ends with 0 and the package is gone; the hook's warning is there to be read."""
    manifests = {v: hooked.machine.path(f"{TREE}/rocks-{v}/manifest") for v in LUA_VERSIONS}
    before = {v: path.read_bytes() for v, path in manifests.items() if path.exists()}
    fault(hooked)
    names = leaving(hooked)
    told = hooked.erase(*names)
    warnings = [line for line in told.err.splitlines() if "warning" in line]
    assert len(warnings) == 1, told.err
    assert "distrorocks" in warnings[0]
    assert "Traceback" not in told.err
    assert not set(names) & set(hooked.rpm("-qa", "--queryformat", "%{NAME}\\n").lines)
    assert {v: manifests[v].read_bytes() for v in before} == before


def test_the_next_transaction_repairs(hooked: Hooked) -> None:
    """What a failed refresh left undone is done after the next transaction."""
    _failing_python(hooked)
    first, second, _ = leaving(hooked)
    hooked.erase(first)
    hooked.machine.path(BROKEN).unlink()
    hooked.erase(second)
    hooked.assert_true()


def test_a_transaction_without_triggers_is_caught_up(hooked: Hooked) -> None:
    """What `rpm --notriggers` did is in the metadata after the next transaction."""
    first, second, _ = leaving(hooked)
    hooked.rpm("--nodeps", "--notriggers", "--erase", first)
    assert hooked.refreshes() == 0
    hooked.erase(second)
    hooked.assert_true()


def test_hooks_erased_without_scripts_come_back_and_clean_up(
    hooked: Hooked, rpms: dict[str, Path]
) -> None:
    """After `rpm -e --noscripts`, installing the hooks again and erasing them leaves no file."""
    hooked.rpm("--nodeps", "--noscripts", "--erase", HOOKS)
    assert not hooked.machine.path("/var/lib/distrorocks/ledger.json").exists()
    hooked.install(rpms[HOOKS])
    hooked.assert_true()
    hooked.erase(HOOKS)
    files = {path for path, held in hooked.machine.contents(TREE).items() if held[0] != "d"}
    assert files <= hooked.owned()


def test_the_administrator_has_options(hooked: Hooked) -> None:
    """OPTIONS in /etc/sysconfig reach the refresh: --guess publishes what a name suggests."""
    settings = "/etc/sysconfig/distrorocks-hooks"
    hooked.machine.write(settings, 'OPTIONS="--guess --mode minimal"\n')
    guessed = next(package for package in FEDORA if not package.rock)
    hooked.install(built(newer(guessed)), how="-U")
    assert guessed.name.removeprefix("lua-") in {name for name, _ in hooked.machine.rocks("5.4")}
    assert not list(hooked.machine.path(f"{TREE}/rocks-5.4/lpeg").glob("*/*.rockspec"))
    hooked.machine.write(settings, 'OPTIONS="unfinished\n')
    hooked.erase(guessed.name)
    hooked.assert_true(altered=settings)


def test_the_command_works(hooked: Hooked, rpms: dict[str, Path]) -> None:
    """The package distrorocks brings a command that runs on the code of the hooks."""
    hooked.install(rpms["distrorocks"])
    told = hooked.machine.run("distrorocks", "refresh", "--dry-run")
    assert "would change no files" in told.out
    assert hooked.faults() == []


def test_dnf_transactions_too(bare: Hooked, rpms: dict[str, Path], tmp_path: Path) -> None:
    """dnf installs all from a repository, upgrades, removes: one refresh each, and the truth."""
    repository = tmp_path / "repository"
    (tmp_path / ".rpmmacros").write_text(f"%_dbpath {bare.system.database}\n")

    def offer(*files: Path) -> None:
        repository.mkdir(exist_ok=True)
        for file in files:
            shutil.copy(file, repository)
        run("createrepo_c", "--quiet", repository)

    def dnf(*words: str) -> None:
        place = ("--installroot", bare.machine.root, "--repofrompath", f"local,{repository}")
        options = ("reposdir=/nonexistent", f"cachedir={tmp_path}/cache", "gpgcheck=0")
        settings = [f"--setopt={option}" for option in options]
        run(
            "dnf",
            "-y",
            "--refresh",
            *place,
            "--releasever=1",
            *settings,
            *words,
            HOME=str(tmp_path),
        )

    def assert_one_refresh() -> None:
        assert bare.refreshes() == 1
        bare.assert_true()

    packages = bare.system.packages
    offer(*rpms.values(), built_provider(), *(built(package) for package in packages))
    bare.install(*(built(package) for package in packages))
    bare.machine.distrorocks("config-snippet", "--apply")
    bare.erase(*(package.name for package in packages))
    before = bare.files()
    dnf("install", "distrorocks", *(package.name for package in packages))
    assert_one_refresh()
    offer(*(built(newer(package)) for package in packages))
    dnf("upgrade")
    assert_one_refresh()
    dnf("remove", *leaving(bare))
    assert_one_refresh()
    dnf("remove", "distrorocks-hooks", "lua*", "provider")
    assert bare.files() == before


def test_rpmlint_finds_no_error(rpms: dict[str, Path]) -> None:
    """rpmlint has no error to tell of, with what Fedora's configuration leaves out left out."""
    spec = CHECKOUT / "hooks/rpm/distrorocks.spec"
    assert rpmlint_errors((*rpms.values(), spec)) == ()
