"""dpkg's hooks: what LuaRocks sees is what dpkg has installed, after every transaction."""

from __future__ import annotations

import os
import re
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from distrorocks import __version__
from distrorocks.cli.share_files import share_files
from distrorocks.families.deb.family import TRIPLETS
from integration.facts import debian_facts
from integration.machines.dpkg_packages import Debs, downloaded, own, with_files, with_version
from integration.machines.machine import Machine, Outcome, run
from integration.machines.rocks import LEDGERS, TREE, published, stamps
from integration.machines.roots import LUA_VERSIONS, STABLE, Layer, base

HOOKS = "distrorocks-hooks"
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)[^)]*\)")
FAST = ("-qq", "--yes", "-o", "Dpkg::Options::=--force-unsafe-io")
NOTES = ("/var/lib/dpkg/", "/var/lib/apt/", "/var/log/", "/var/cache/", "/srv/")
CODE = "/usr/share/distrorocks/distrorocks"
WARNING = "warning: distrorocks: "
CONFIG_53, CONFIG_54 = "/etc/luarocks/config-5.3.lua", "/etc/luarocks/config-5.4.lua"


class Story(NamedTuple):
    """A suite before any Lua package, and after one transaction that installed them all."""

    suite: str
    debs: Debs
    before: Layer
    hooked: Layer
    told: Outcome
    refreshes: int


@pytest.fixture(scope="module", params=STABLE)
def story(request: pytest.FixtureRequest) -> Iterator[Story]:
    """Install our .debs on a fresh root, then all Lua packages in one transaction of apt."""
    suite: str = request.param
    debs = downloaded(suite)
    with base(suite).clone() as machine:
        install(machine, *own().glob("distrorocks*.deb"))
        bring(machine, *debs.lua)
        before = refreshes(machine)
        told = machine.run("sh", "-c", f"exec apt-get install {' '.join(FAST)} /srv/*.deb")
        count = refreshes(machine) - before
        yield Story(suite, debs, base(suite), machine.freeze(), told, count)


@pytest.fixture
def hooked(story: Story) -> Iterator[Machine]:
    """A machine with the hooks and the Lua packages."""
    with story.hooked.clone() as machine:
        yield machine


def bring(machine: Machine, *packages: Path) -> list[str]:
    """Put .debs where the machine's own apt finds them, and nothing else there."""
    for old in machine.path("/srv").glob("*.deb"):
        old.unlink()
    for each in packages:
        shutil.copy(each, machine.path("/srv"))
    return [f"/srv/{each.name}" for each in packages]


def install(machine: Machine, *packages: Path) -> Outcome:
    """Install .debs in one transaction of apt, without a network."""
    names = bring(machine, *packages)
    return machine.run("apt-get", "install", *FAST, "--reinstall", "--allow-downgrades", *names)


def refreshes(machine: Machine) -> int:
    """Return how often dpkg has called the hook so far, by its own log."""
    log = machine.path("/var/log/dpkg.log").read_text().splitlines()
    return sum(
        f" {verb} {HOOKS}:all " in line for line in log for verb in ("trigproc", "configure")
    )


def disagreements(story: Story, machine: Machine) -> list[object]:
    """Return how LuaRocks' view differs from dpkg's, and what `dpkg --verify` complains of.

    dpkg is asked about all that has to do with Lua: the digests of a whole system take a second.
    """
    installed = machine.packages()
    about_lua = sorted(name for name in installed if "lua" in name or "distrorocks" in name)
    known = {fact.rock for fact in debian_facts(story.suite)}
    found: list[object] = [*machine.run("dpkg", "--verify", *about_lua, status=None).lines]
    for version in LUA_VERSIONS[story.suite]:
        wanted = {
            fact.rock
            for fact in debian_facts(story.suite)
            if fact.rock and fact.package in installed and version in fact.lua_versions
        }
        lines = machine.luarocks(version, "--tree=/usr", "list", "--porcelain").lines
        listed = {(name, number) for name, number, *_ in (line.split("\t") for line in lines)}
        names = {name for name, _ in listed}
        if (names & known, listed) != (wanted, published(machine, version)):
            found.append((version, sorted(names - wanted), sorted(wanted - names)))
    return found


def is_configured(machine: Machine) -> bool:
    """Return whether every package is installed, with nothing left to do for dpkg."""
    shown = machine.run("dpkg-query", "-W", "-f", "${db:Status-Abbrev}\\n").lines
    audit = machine.run("dpkg", "--audit")
    return {line.strip() for line in shown} == {"ii"} and not audit.out


def settled(machine: Machine) -> dict[str, str]:
    """Return all that a machine holds, but for the notes that dpkg and apt keep."""
    held = machine.contents()
    return {path: what for path, what in held.items() if not path.startswith(NOTES)}


@contextmanager
def journal(machine: Machine) -> Iterator[list[str]]:
    """Be the machine's syslog; the list has its messages once the block is over."""
    lines: list[str] = []
    folder = os.open(machine.path("/dev"), os.O_DIRECTORY)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
        log.bind(f"/proc/self/fd/{folder}/log")
        log.setblocking(False)
        try:
            yield lines
            while True:
                lines.append(log.recv(4096).decode())
        except BlockingIOError:
            pass
        finally:
            machine.path("/dev/log").unlink()
            os.close(folder)


def trigger(machine: Machine) -> Outcome:
    """Let dpkg run the hook as it does at the end of a transaction."""
    machine.run("dpkg-trigger", f"--by-package={HOOKS}", "--no-await", "/usr/share/lua")
    return machine.run("dpkg", "--triggers-only", "--pending")


def told_lines(outcome: Outcome) -> list[str]:
    """Return the lines that are ours among all that a command said."""
    said = (outcome.out + outcome.err).splitlines()
    return [line for line in said if "distrorocks: " in line]


def test_lintian_has_no_error_and_no_warning() -> None:
    """Debian's own judge accepts the source package and both binary packages."""
    (changes,) = own().glob("*.changes")
    judged = run("lintian", "--allow-root", "--fail-on", "error,warning", changes, status=None)
    assert (judged.status, judged.out) == (0, "")


def test_the_package_has_manual_pages_completion_and_what_its_pages_link_to(
    tmp_path: Path,
) -> None:
    """README.md's links, and those of the pages in docs/, lead to files of the package."""
    (package,) = own().glob("distrorocks_*.deb")
    run("dpkg-deb", "--extract", package, tmp_path)
    share, folder = tmp_path / "usr/share", tmp_path / "usr/share/doc/distrorocks"
    pages = [folder / "README.md", *folder.glob("docs/*.md")]
    links = [(page, it) for page in pages for it in _LINK.findall(page.read_text())]
    assert len(links) > len(pages) > 1
    assert [it for page, it in links if not (page.parent / it).is_file()] == []
    for path in share_files():
        debian = path.replace("zsh/site-functions", "zsh/vendor-completions")
        assert (share / (f"{path}.gz" if path.endswith(".1") else debian)).is_file()


def test_every_directory_of_lua_modules_is_watched() -> None:
    """The triggers name each place, for each architecture, once, plainly and without awaiting."""
    (package,) = own().glob(f"{HOOKS}_*.deb")
    lines = run("dpkg-deb", "--info", package, "triggers").lines
    places = ["/usr/share/lua", "/usr/lib/lua", TREE]
    places += [f"/usr/lib/{triplet}/lua" for triplet in set(TRIPLETS.values())]
    assert sorted(lines) == sorted(f"interest-noawait {place}" for place in places)
    assert not any(set(line) & set("*?[") or line.endswith("/") for line in lines)


def test_one_transaction_of_many_packages_is_one_refresh(story: Story) -> None:
    """apt installs all Lua packages at once: the hook runs once and says one line."""
    assert len(story.debs.lua) >= 30
    assert story.refreshes == 1
    (line,) = told_lines(story.told)
    assert line.startswith("distrorocks: published rocks: ")


def test_luarocks_sees_what_dpkg_installed(story: Story, hooked: Machine) -> None:
    """For each Lua version LuaRocks lists the rocks of the packages, and dpkg has no complaint."""
    assert disagreements(story, hooked) == []
    assert hooked.faults() == []
    assert published(hooked, "5.4")
    assert is_configured(hooked)


def test_each_kind_of_transaction_is_one_refresh(
    story: Story, hooked: Machine, tmp_path: Path
) -> None:
    """Reinstalled, upgraded, downgraded, removed, purged, installed again: LuaRocks agrees."""
    (say,) = (each for each in story.debs.lua if each.name.startswith("lua-say_"))
    newer = with_version(say, "9.9-1", tmp_path)
    words = ("apt-get", *FAST)
    steps: dict[str, Callable[[], Outcome]] = {
        "reinstall": lambda: install(hooked, say),
        "upgrade": lambda: install(hooked, newer),
        "downgrade": lambda: install(hooked, say),
        "remove": lambda: hooked.run(*words, "remove", "lua-say", "lua-penlight"),
        "purge": lambda: hooked.run(*words, "purge", "lua-zlib", "lua-cjson"),
        "again": lambda: install(hooked, say),
    }
    for name, step in steps.items():
        before = refreshes(hooked)
        step()
        assert refreshes(hooked) - before == 1, name
        assert disagreements(story, hooked) == [], name
        if name == "upgrade":
            assert ("say", "9.9-0") in published(hooked, "5.4")


def test_a_transaction_without_lua_does_not_refresh(hooked: Machine, tmp_path: Path) -> None:
    """Other packages cost nothing."""
    before = refreshes(hooked)
    install(hooked, with_files("other", {"/usr/lib/other/x": "x"}, tmp_path))
    assert refreshes(hooked) == before


def test_hooks_and_packages_may_come_together_or_in_any_order(story: Story) -> None:
    """In one transaction, and with the hooks after all others, everything is published."""
    nothing: tuple[Path, ...] = ()
    for first in (nothing, story.debs.lua):
        with story.before.clone() as machine:
            rest = [*own().glob("distrorocks*.deb"), *(() if first else story.debs.lua)]
            if first:
                install(machine, *first)
            install(machine, *rest)
            assert disagreements(story, machine) == []
            assert is_configured(machine)


def test_the_hooks_themselves_are_reinstalled_and_upgraded(hooked: Machine, tmp_path: Path) -> None:
    """A new version of the hooks leaves every file in the trees untouched."""
    before = hooked.stamps(TREE)
    install(hooked, *own().glob("distrorocks*.deb"))
    install(hooked, with_version(next(own().glob(f"{HOOKS}_*.deb")), f"{__version__}+b1", tmp_path))
    files = {path: stamp for path, stamp in before.items() if hooked.path(path).is_file()}
    assert files.items() <= hooked.stamps(TREE).items()
    assert hooked.faults() == []


def test_removing_the_hooks_takes_all_back_and_purging_the_rest(story: Story) -> None:
    """After a removal only the conffile is left, after a purge no file: as never installed."""
    with story.before.clone() as machine:
        install(machine, *story.debs.lua)
        untouched = settled(machine)
        install(machine, *own().glob("distrorocks*.deb"))
        said = machine.run("apt-get", *FAST, "remove", HOOKS)
        assert set(settled(machine)) - set(untouched) == {f"/etc/default/{HOOKS}"}
        assert "not empty" not in said.err
        install(machine, *own().glob("distrorocks*.deb"))
        assert disagreements(story, machine) == []
        machine.run("apt-get", *FAST, "purge", HOOKS)
        assert settled(machine) == untouched


def test_purging_takes_our_lines_out_of_luarocks_configuration(hooked: Machine) -> None:
    """A file that is otherwise as shipped becomes so again; one with other changes is named."""
    shipped = {path: hooked.path(path).read_bytes() for path in (CONFIG_53, CONFIG_54)}
    hooked.run("distrorocks", "config-snippet", "--apply")
    with hooked.path(CONFIG_53).open("a") as file:
        file.write('lua_interpreter = "lua5.3"\n')
    mode = hooked.path(CONFIG_54).stat().st_mode
    said = hooked.run("apt-get", *FAST, "purge", "distrorocks", HOOKS).err
    assert hooked.path(CONFIG_54).read_bytes() == shipped[CONFIG_54]
    assert hooked.path(CONFIG_54).stat().st_mode == mode
    assert b"begin distrorocks" in hooked.path(CONFIG_53).read_bytes()
    assert f"{CONFIG_53} has other changes too: take out the lines" in said
    assert CONFIG_54 not in said
    assert sorted(hooked.path("/etc/luarocks").glob("config-5.[34].lua*")) == [
        hooked.path(CONFIG_53),
        hooked.path(CONFIG_54),
    ]


@pytest.mark.parametrize("way", [(), ("--force-script-chrootless",)], ids=["chroot", "chrootless"])
def test_dpkg_may_work_from_outside(story: Story, hooked: Machine, way: tuple[str, ...]) -> None:
    """`dpkg --root` of another system installs and removes, and the hook works in that root."""
    (say,) = (each for each in story.debs.lua if each.name.startswith("lua-say_"))
    dpkg = ("dpkg", f"--root={hooked.root}", "--force-unsafe-io", "--force-depends", *way)
    for words in (("--remove", "lua-say"), ("--install", say)):
        run(*dpkg, *words)
        assert disagreements(story, hooked) == [], words
    run(*dpkg, "--purge", "distrorocks", HOOKS)
    assert published(hooked, "5.4") == set()


def test_the_command_sees_what_the_hook_did(hooked: Machine) -> None:
    """/usr/bin/distrorocks runs on the hooks' code, lists the rocks, and has nothing to change."""
    listed = hooked.run("distrorocks", "list", "--json").out
    assert '"penlight"' in listed
    told = hooked.run("distrorocks", "refresh").out
    assert told.startswith("published rocks: ")
    assert told.endswith("; changed no files and directories\n")


def test_a_second_architecture_changes_nothing_that_luarocks_sees(
    story: Story, hooked: Machine
) -> None:
    """The native architecture's modules are the rock's, before and after."""
    before = hooked.contents(TREE)
    hooked.run("dpkg", "--add-architecture", "i386")
    (package,) = bring(hooked, story.debs.second)
    hooked.run("dpkg", "--force-depends", "--install", package)
    assert hooked.path("/usr/lib/i386-linux-gnu/lua/5.3/lfs.so").exists()
    assert hooked.contents(TREE) == before
    assert disagreements(story, hooked) == []


def test_a_package_with_its_own_metadata_comes_and_goes(
    story: Story, hooked: Machine, tmp_path: Path
) -> None:
    """What a package ships is listed and never changed, and its removal is not complained of."""
    files = {
        "/usr/share/lua/5.4/shipped.lua": "return {}\n",
        f"{TREE}/rocks-5.4/shipped/1.0-1/rock_manifest": (
            'rock_manifest = {\n   lua = {\n      ["shipped.lua"] = "x"\n   }\n}\n'
        ),
    }
    install(hooked, with_files("lua-shipped", files, tmp_path))
    assert ("shipped", "1.0-1") in published(hooked, "5.4")
    assert disagreements(story, hooked) == []
    said = hooked.run("apt-get", *FAST, "remove", "lua-shipped")
    assert "not empty" not in said.err
    assert disagreements(story, hooked) == []
    assert not hooked.path(f"{TREE}/rocks-5.4/shipped").exists()


def test_no_variable_of_the_caller_reaches_the_hook(story: Story, hooked: Machine) -> None:
    """Lua's and Python's variables, a broken locale and a closed standard input do no harm."""
    strange = ["LUA_INIT=error()", "LUA_PATH=/none", "PYTHONPATH=/none", "PYTHONHOME=/none"]
    strange += ["LC_ALL=xx_YY.none", "PYTHONSTARTUP=/none", "PYTHONUTF8=0"]
    said = hooked.run("env", *strange, "sh", "-c", "dpkg --force-depends -r lua-say <&-")
    assert WARNING not in said.err
    assert disagreements(story, hooked) == []


@pytest.mark.parametrize(
    ("broken", "text"),
    [
        (LEDGERS[0], '{"format": 1, "files"'),
        ("/etc/distrorocks/names.toml", "["),
        (f"{CODE}/world/provided.py", "import nothing\n"),
        (f"{CODE}/cli/main.py", "import nothing\n"),
        (f"/etc/default/{HOOKS}", "OPTIONS='--none"),
        (f"/etc/default/{HOOKS}", "OPTIONS=--none"),
        ("/usr/bin/python3", "#!/none\n"),
        ("/usr/share/distrorocks/start-hook", "import os; os.kill(os.getpid(), 9)\n"),
    ],
    ids=["ledger", "names", "bug", "code", "options file", "options", "python", "killed"],
)
def test_a_fault_of_ours_stops_no_transaction(
    story: Story, hooked: Machine, broken: str, text: str
) -> None:
    """apt leaves with 0 and all is configured; one warning says it, the log too; then it heals."""
    (zlib,) = (each for each in story.debs.lua if each.name.startswith("lua-zlib_"))
    hooked.run("apt-get", *FAST, "remove", "lua-zlib")
    place, aside = hooked.path(broken), hooked.path("/srv/aside")
    place.parent.mkdir(exist_ok=True)
    if os.path.lexists(place):
        place.rename(aside)
    place.write_text(text)
    if broken in LEDGERS:  # one of them is enough
        hooked.path(LEDGERS[1]).write_text(text)
    with journal(hooked) as lines:
        said = install(hooked, zlib)
    assert "Traceback" not in said.err
    assert [line.startswith(WARNING) for line in said.err.splitlines()].count(True) == 1, said.err
    assert [" distrorocks" in line for line in lines] == [True]
    assert is_configured(hooked)
    place.unlink()
    if os.path.lexists(aside):
        aside.rename(place)
    trigger(hooked)
    assert disagreements(story, hooked) == []


def test_a_usr_that_is_read_only_is_told_in_one_line(hooked: Machine) -> None:
    """dpkg runs the trigger on a read-only /usr: one warning, and every package configured."""
    before = stamps(hooked)
    usr = hooked.path("/usr")
    run("mount", "--bind", usr, usr)
    try:
        run("mount", "-o", "remount,ro,bind", usr)
        (line,) = told_lines(trigger(hooked))
    finally:
        run("umount", "--lazy", usr)
    assert line.startswith(WARNING)
    assert "Read-only file system" in line
    assert is_configured(hooked)
    assert {p: s for p, s in stamps(hooked).items() if not p.startswith("/var")} == {
        p: s for p, s in before.items() if not p.startswith("/var")
    }


def test_a_full_disk_is_told_in_one_line_and_nothing_is_half_written(hooked: Machine) -> None:
    """Where no rock can be written none is, the ledger is as before, and dpkg is content."""
    tree, ledger = hooked.path(TREE), hooked.path(LEDGERS[0])
    before = ledger.read_bytes()
    run("mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", tree)
    try:
        (line,) = told_lines(trigger(hooked))
        left = list(tree.rglob("*"))
    finally:
        run("umount", "--lazy", tree)
    assert line.startswith(WARNING)
    assert "No space left on device" in line
    assert (left, ledger.read_bytes()) == ([], before)
    assert is_configured(hooked)


def test_removing_hooks_with_a_broken_ledger_still_removes_them(hooked: Machine) -> None:
    """The package goes without an error; what the ledger alone knew is told of and stays."""
    for ledger in LEDGERS:
        hooked.path(ledger).write_text("{")
    said = hooked.run("apt-get", *FAST, "purge", HOOKS)
    assert any(WARNING in line for line in told_lines(said))
    assert HOOKS not in hooked.packages()
    assert not hooked.path("/var/lib/distrorocks").exists()
