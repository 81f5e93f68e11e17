"""The same attacks with the distrorocks of our .deb, and inside real transactions of dpkg.

The file layer is preloaded for every program of a Debian 12; see ``faults/machine_runs.py``.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from integration.faults import refresh_cases, rock_cases
from integration.faults.attack import FAMILIES, SIGNALS, Attack, Found
from integration.faults.choice import chosen, is_every, packaged
from integration.faults.content import Content, content, is_temporary, without_cache
from integration.faults.layer import CALLER, HOLD, KILL, SIGNAL, Call, Control, Fault
from integration.faults.machine_runs import MachineRunner, preload, run_until_struck
from integration.faults.pool import table
from integration.machines.dpkg_packages import downloaded, own, with_files
from integration.machines.machine import Machine
from integration.machines.roots import Layer, base

HOOK = "/usr/share/distrorocks/refresh-hook"
SUITE = "bookworm"
PLACES = ("/usr/lib/luarocks", "/var/lib/distrorocks", "/var/cache/distrorocks")
TRANSACTION = ("dpkg", "--force-unsafe-io", "-i", "/srv/made.deb")
SAMPLES = 40


@pytest.fixture(scope="module")
def layer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Layer]:
    """Debian 12 with our .debs, some Lua packages, and one more package to install."""
    with base(SUITE).clone() as machine:
        packages = [*own().glob("distrorocks*.deb"), *downloaded(SUITE).lua]
        for each in packages:
            shutil.copy(each, machine.path("/srv"))
        words = ("install", "-qq", "--yes", "-o", "Dpkg::Options::=--force-unsafe-io")
        machine.run("apt-get", *words, *(f"/srv/{each.name}" for each in packages))
        for each in packages:
            machine.path(f"/srv/{each.name}").unlink()
        files = {f"/usr/share/lua/{version}/fresh.lua": "return 1\n" for version in ("5.1", "5.4")}
        made = with_files("lua-fresh", files, tmp_path_factory.mktemp("made"))
        shutil.copy(made, machine.path("/srv/made.deb"))
        machine.write("/etc/distrorocks/names.toml", '[lua-fresh]\nrock = "fresh"\n')
        yield machine.freeze()


class Transaction(NamedTuple):
    """What a transaction that nobody disturbs does in our places, and what they hold after it."""

    calls: list[Call]
    after: dict[str, Content]


@pytest.fixture(scope="module")
def undisturbed(layer: Layer) -> Transaction:
    """The calls of one transaction."""
    with layer.clone() as machine:
        control = preload(machine)
        assert run_until_struck(machine, control, Fault(), PLACES, *TRANSACTION) == 0
        return Transaction(control.calls, held(machine))


def held(machine: Machine) -> dict[str, Content]:
    """Return what our places hold, but for cache and stamp, which differ with every inode."""
    found = {place: without_cache(content(machine.path(place))) for place in PLACES}
    found[PLACES[2]] = dict.fromkeys(found[PLACES[2]], ("", b"", 0))
    return found


def sampled(calls: list[Call], count: int) -> list[int]:
    """Return the numbers of some of these calls, spread over all, or all if they are asked for."""
    if is_every():
        return list(range(1, len(calls) + 1))
    return sorted({1 + number * len(calls) // count for number in range(count)})


def disturbed(machine: Machine, control: Control, fault: Fault) -> list[str]:
    """Attack the transaction, let dpkg and the hook mend it, and return what is wrong then."""
    run_until_struck(machine, control, fault, PLACES, *TRANSACTION)
    assert control.fired, f"{fault} did not strike"
    found = machine.run("dpkg", "--force-unsafe-io", "--configure", "-a").err.splitlines()
    audit = machine.run("dpkg", "--audit").out
    machine.run(HOOK)
    strays = [
        f"/{path.relative_to(machine.root)}"
        for top in ("usr", "var", "etc")
        for path in machine.path(top).rglob(".distrorocks-*")
    ]
    return [*found, *audit.splitlines(), *strays]


@pytest.mark.parametrize("whom", ["the hook", "dpkg and all"])
def test_killed_inside_a_transaction(layer: Layer, undisturbed: Transaction, whom: str) -> None:
    """kill -9 at a call of the hook: `dpkg --configure -a` and the next hook make all exact."""
    losses: list[str] = []
    numbers = sampled(undisturbed.calls, SAMPLES)
    for number in numbers:
        with layer.clone() as machine:
            control = preload(machine)
            fault = Fault(KILL, number, whom=CALLER if whom == "the hook" else HOLD)
            wrong = disturbed(machine, control, fault)
            if held(machine) != undisturbed.after:
                wrong.append("not exact")
            losses += [f"call {number}: {each}" for each in wrong]
    print(f"\nfaults: kill of {whom} in dpkg's run: {len(numbers)} tried, {len(losses)} losses")
    assert losses == []


@pytest.mark.parametrize("signal", SIGNALS)
def test_signalled_inside_a_transaction(
    layer: Layer, undisturbed: Transaction, signal: int
) -> None:
    """A signal to the hook at a call: dpkg is content, and the next hook makes all exact."""
    losses: list[str] = []
    numbers = sampled(undisturbed.calls, SAMPLES // 3)
    for number in numbers:
        with layer.clone() as machine:
            control = preload(machine)
            wrong = disturbed(machine, control, Fault(SIGNAL, number, signal))
            if held(machine) != undisturbed.after:
                wrong.append("not exact")
            losses += [f"call {number}: {each}" for each in wrong]
    print(f"\nfaults: signal {signal} in dpkg's run: {len(numbers)} tried, {len(losses)} losses")
    assert losses == []


@pytest.fixture(scope="module")
def runner(layer: Layer) -> Iterator[MachineRunner]:
    """The program of the .deb, to attack."""
    with layer.clone() as machine:
        yield MachineRunner(machine)


def judge(tried: list[Attack], found: list[Found]) -> None:
    """Print the figures; fail where anything was wrong, or where a fault at a call did not come."""
    lines = table(found)
    print("", *(f"faults: .deb, {found[0].scenario}: {line}" for line in lines), sep="\n")
    assert not [each for each in found if each.problems], "\n".join(lines)
    assert not [str(a) for a, each in zip(tried, found, strict=True) if not (a.late or each.call)]


@pytest.mark.parametrize("scenario", refresh_cases.SCENARIOS, ids=lambda each: each.name)
def test_the_packaged_refresh_under_attack(
    runner: MachineRunner, scenario: refresh_cases.Scenario
) -> None:
    """Some of every family of attacks; what must hold is what holds for the checkout."""
    cases = refresh_cases.RefreshCases(runner, scenario)
    tried = [each for family in FAMILIES for each in chosen(cases, family, packaged("refresh"))]
    found = [cases.try_one(each) for each in tried]
    judge(tried, found)


@pytest.mark.parametrize("scenario", rock_cases.SCENARIOS, ids=lambda each: each.name)
def test_the_packaged_install_and_remove_under_attack(
    runner: MachineRunner, scenario: rock_cases.Scenario
) -> None:
    """Some of every family of attacks; what must hold is what holds for the checkout."""
    cases = rock_cases.RockCases(runner, scenario)
    families = [each for each in FAMILIES if each != "withdrawals"]
    tried = [each for family in families for each in chosen(cases, family, packaged("rocks"))]
    found = [cases.try_one(each) for each in tried]
    judge(tried, found)


def test_nothing_temporary_is_in_the_layer(layer: Layer) -> None:
    """The machines begin clean, so what is found later was left by an attack."""
    with layer.clone() as machine:
        paths = (path for place in PLACES for path in machine.paths(place))
        assert [str(path) for path in paths if is_temporary(str(path))] == []
