"""Every verb exits with the statuses that ``docs/exit-status.md`` lists."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from distrorocks import exit_status
from distrorocks.cli import main as main_module
from distrorocks.cli.main import main
from distrorocks.cli.verbs import SUMMARIES
from distrorocks.exit_status import DONE, FAILED, FINDINGS, INTERRUPTED, LOCKED, SIGNALLED, USAGE
from distrorocks.publish import hook
from distrorocks.system.files import lock
from distrorocks.world import rock_store
from tests.builders import debian
from tests.install.asking import Place
from tests.rocks_server import SourceServer
from tests.system.files.lock_holders import holding

CHECKOUT = Path(__file__).parents[2]
PAGE = (CHECKOUT / "docs/exit-status.md").read_text()
ROCKSPEC = """package = "foo"
version = "1.0-1"
source = { url = "git://example.org/foo" }
description = { license = "MIT" }
dependencies = { "lua >= 5.1, < 5.2" }
build = { type = "none" }
"""

UNREADABLE: dict[str, tuple[str, ...]] = {
    "add": ("none-1.0-1.rockspec", "--server=."),
    "adopt": ("none",),
    "audit": ("none-1.0-1.linux-x86_64.rock",),
    "build": ("./none.rockspec", "--yes", "--lua-version=5.4"),
    "check": ("--root", "none"),
    "check-require": ("none",),
    "config": ("--root", "none"),
    "config-snippet": ("--root", "none"),
    "doc": ("foo", "--root", "none"),
    "doctor": ("--root", "none"),
    "download": ("foo", "--root", "none"),
    "external-deps": ("none.rockspec",),
    "init": ("--wrapper-dir=none/none/../../../none/none",),
    "install": ("./none.rockspec", "--yes", "--lua-version=5.4"),
    "lint": ("none.rockspec",),
    "list": ("--root", "none"),
    "lua-versions": ("none.rockspec",),
    "make": ("./none.rockspec", "--yes", "--lua-version=5.4"),
    "make-manifest": ("none",),
    "mirror": ("none.rockspec", "--to", "none/none"),
    "new-version": ("none.rockspec",),
    "outdated": ("--root", "none"),
    "pack": ("none.rockspec",),
    "path": ("--lua-version=5.4",),
    "plan": ("./none.rockspec", "--lua-version=5.4"),
    "purge": ("--tree=one", "--yes", "--lua-version=5.4"),
    "refresh": ("--root", "none"),
    "refresh-cache": ("--server=none",),
    "remove": ("foo", "--tree=one", "--yes", "--lua-version=5.4"),
    "rpm-relations": ("build", "none.rockspec", "--lua-version=5.4"),
    "scaffold": ("none.rockspec", "--format=deb"),
    "scan": ("--root", "none"),
    "search": ("foo", "--root", "none"),
    "serve": ("none",),
    "setup": ("--root", "none", "--yes"),
    "show": ("foo", "--root", "none"),
    "stage": ("none",),
    "store": ("list",),
    "survey-archive": ("none", "none"),
    "test": ("./none.rockspec", "--lua-version=5.4"),
    "unpack": ("none-1.0-1.rockspec",),
    "upload": ("none-1.0-1.rockspec", "--dry-run"),
    "verify": ("--root", "none"),
    "which": ("foo", "--root", "none"),
    "why": ("foo", "--root", "none"),
    "write-rockspec": ("none",),
}
"""The words by which each verb is given something that is not there."""

WRONG: dict[str, tuple[str, ...]] = {
    "add": ("foo", "--server=."),
    "build": ("https://example.org/foo",),
    "check-require": (),
    "completion": (),
    "config": ("a", "b", "c"),
    "external-deps": ("",),
    "download": (),
    "install": ("https://example.org/foo",),
    "make": (),
    "make-manifest": ("server", "--root", "/usr"),
    "pack": ("--all", "foo"),
    "plan": ("foo", "--only-server=/x", "--dev"),
    "purge": ("--yes",),
    "refresh-cache": (),
    "upload": ("foo-1.0-1.rockspec", "--api-key=a", "--temp-key=b"),
    "remove": ("foo ~",),
    "rpm-relations": ("build",),
    "scaffold": ("foo", "--update", "--plan"),
    "search": (),
    "serve": (".", "--port=99999"),
    "store": ("list", "--max-size=1"),
    "survey-archive": ("none",),
    "test": (),
    "verify": ("--dry-run",),
    "why": ("a b",),
    "write-rockspec": ("http://example.org/",),
}
"""Words that are wrong together, or mean nothing, which no table of options can tell."""


def left_with(words: list[str]) -> int:
    """Run the command in this process, and return its status."""
    try:
        return main(words)
    except SystemExit as left:
        return int(left.code or DONE)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty directory, with no configuration but that of a place."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(lock, "WAIT_SECONDS", 0.2)


def test_the_page_has_the_names_and_numbers_of_the_code() -> None:
    """Its first table is the constants, its second one has a row for each verb."""
    rows = dict(re.findall(r"^\| (\d+) \| `([A-Z]+)`", PAGE, re.MULTILINE))
    names = {int(number): name for number, name in rows.items()}
    assert names == {
        DONE: "DONE",
        FINDINGS: "FINDINGS",
        USAGE: "USAGE",
        FAILED: "FAILED",
        LOCKED: "LOCKED",
        SIGNALLED + signal.SIGHUP: "SIGNALLED",
        INTERRUPTED: "INTERRUPTED",
        SIGNALLED + signal.SIGPIPE: "SIGNALLED",
        SIGNALLED + signal.SIGTERM: "SIGNALLED",
    }
    assert {name for name in vars(exit_status) if name.isupper()} == set(names.values())
    assert INTERRUPTED == SIGNALLED + signal.SIGINT
    verbs = re.findall(r"^\| `([a-z-]+)` \|", PAGE, re.MULTILINE)
    assert verbs == sorted(SUMMARIES)


@pytest.mark.parametrize("verb", SUMMARIES)
def test_an_unknown_option_is_wrong_usage(verb: str) -> None:
    """For every verb it is status 2."""
    assert left_with([verb, "--frobnicate"]) == USAGE


@pytest.mark.parametrize("verb", WRONG)
def test_meaningless_arguments_are_usage_errors(verb: str) -> None:
    """Where argparse takes them, the verb itself exits with status 2."""
    assert left_with([verb, *WRONG[verb]]) == USAGE


@pytest.mark.parametrize("verb", [it for it in SUMMARIES if it != "completion"])  # reads nothing
def test_what_cannot_be_read_is_a_failure_and_no_finding(
    verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For every verb it is status 3: a script is not told that something is broken."""
    if verb in ("path", "purge", "remove"):  # they name no file
        Path("config.lua").write_text("this is no configuration")
        monkeypatch.setenv("LUAROCKS_CONFIG", str(Path("config.lua").absolute()))
    if verb == "store":
        Path("rocks").write_text("this is no directory")
        monkeypatch.setattr(rock_store, "store_directory", lambda: str(Path("rocks").absolute()))
    assert left_with([verb, *UNREADABLE[verb]]) == FAILED


@pytest.fixture
def system(tmp_path: Path) -> str:
    """Return a Debian root with modules of packages and no trees yet."""
    (tmp_path / "root").mkdir()
    return str(debian(tmp_path / "root").root)


def rockspec(text: str = ROCKSPEC) -> str:
    """Write a rockspec into the working directory, and return its name."""
    Path("foo-1.0-1.rockspec").write_text(text)
    return "foo-1.0-1.rockspec"


def broken_module() -> list[str]:
    """Return the words that require a module which raises."""
    modules = Path("staged/usr/share/lua/5.4")
    modules.mkdir(parents=True)
    (modules / "foo.lua").write_text("error('what')")
    return ["staged"]


def in_conflict() -> list[str]:
    """Return the words that update packaging which was edited where the rock changed, too."""
    words = ["--format=fedora", "-o", "out"]
    assert left_with(["scaffold", rockspec(), *words]) == DONE
    spec = Path("out/lua-foo.spec")
    spec.write_text(re.sub(r"(?m)^(Version: .*)1.0$", r"\g<1>9.9", spec.read_text()))
    newer = Path("foo-1.1-1.rockspec")
    newer.write_text(ROCKSPEC.replace("1.0-1", "1.1-1"))
    return [str(newer), *words, "--update"]


ANSWERS_OF_NO: dict[str, Callable[[str], list[str]]] = {
    "check": lambda root: ["nothing", "--root", root],
    "check-require": lambda _: broken_module(),
    "config": lambda root: ["nothing", "--root", root, "--lua-version=5.4"],
    "doctor": lambda root: ["--root", root],
    "external-deps": lambda root: [
        rockspec(ROCKSPEC + 'external_dependencies = { NO_SUCH = { header = "no_such.h" } }'),
        "--root",
        root,
        "--lua-version=5.1",
    ],
    "lint": lambda _: [rockspec("what = 1")],
    "lua-versions": lambda _: [rockspec(), "--lua-version=5.4"],
    "scaffold": lambda _: in_conflict(),
    "show": lambda root: ["nothing", "--root", root],
    "verify": lambda root: ["--root", root],
    "which": lambda root: ["nothing", "--root", root],
    "why": lambda root: ["nothing", "--root", root, "--lua-version=5.4"],
}
"""For each verb that can be asked here: the words to which the answer is no."""


@pytest.mark.parametrize("verb", ANSWERS_OF_NO)
def test_findings_have_a_status_of_their_own(verb: str, system: str) -> None:
    """What is found, lacking or not there is status 1, and the same as JSON."""
    words = ANSWERS_OF_NO[verb](system)
    assert left_with([verb, *words]) == FINDINGS
    if verb != "scaffold":
        assert left_with([verb, *words, "--json"]) == FINDINGS


def test_no_solution_is_a_finding_and_silence_a_failure(tmp_path: Path) -> None:
    """A proof that nothing fits is status 1; where no server could be asked, nothing is proved."""
    place = Place(tmp_path)
    place.server.add("leaf 1.0-1").publish()
    words = ["plan", "leaf > 7", "--root", str(place.root), "--lua-version=5.4", "--distro=never"]
    asked = [*words, f"--only-server={place.server.directory}"]
    assert (left_with(asked), left_with([*asked, "--json"])) == (FINDINGS, FINDINGS)
    silent = [*words, "--only-server=/no/such/server"]
    assert (left_with(silent), left_with([*silent, "--json"])) == (FAILED, FAILED)


@pytest.mark.parametrize(
    "words",
    [
        ["refresh"],
        ["refresh", "--remove"],
        ["verify", "--repair"],
        ["make-manifest", "--local-tree", "--tree=/usr", "--lua-version=5.3"],
    ],
)
def test_a_lock_that_is_held_has_a_status_of_its_own(words: list[str], system: str) -> None:
    """Another program at work on the tree is status 4: a script may try again."""
    assert left_with(["refresh", "--root", system]) == DONE
    (Path(system) / "usr/share/lua/5.3/pl/List.lua").write_text("return {2}")
    for rock in Path(system).glob("usr/lib/luarocks/rocks-*/*/*/rock_manifest"):
        rock.write_text("")
    with holding(Path(system) / "usr/lockfile.lfs"):
        assert left_with([*words, "--root", system]) == LOCKED


@pytest.mark.parametrize("words", [["install", "leaf"], ["remove", "leaf"], ["purge"]])
def test_installing_waits_for_a_lock_too(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither begins on a tree that is locked, and the status is 4."""
    place = Place(tmp_path, inside=str(tmp_path))
    place.server = SourceServer(tmp_path / "server")
    place.server.add("leaf 1.0-1").publish()
    monkeypatch.setenv("LUAROCKS_CONFIG", str(place.root / "etc/luarocks/config-5.4.lua"))
    more = ["--yes", "--lua-version=5.4"]
    if words[0] == "install":
        more += [f"--only-server={place.server.directory}", "--distro=never"]
    else:
        rock = tmp_path / "two/lib/luarocks/rocks-5.4/leaf/1.0-1"
        rock.mkdir(parents=True)
        (rock / "leaf-1.0-1.rockspec").write_text(ROCKSPEC.replace("foo", "leaf"))
        (rock / "rock_manifest").write_text("rock_manifest = {}\n")
        assert left_with(["make-manifest", "--local-tree", f"--tree={tmp_path}/two"]) == DONE
        more += [f"--tree={tmp_path}/two"]
    (tmp_path / "two").mkdir(exist_ok=True)
    with holding(tmp_path / "two/lockfile.lfs"):
        assert left_with([*words, *more]) == LOCKED


def test_a_hook_leaves_with_0_whatever_the_refresh_does(
    system: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A root that is none and a lock that is held are reported, and no failure."""
    monkeypatch.setattr(hook, "LOCK_SECONDS", 0.2)
    assert left_with(["refresh", "--hook", "--root", "none"]) == DONE
    with holding(Path(system) / "usr/lockfile.lfs"):
        assert left_with(["refresh", "--hook", "--root", system]) == DONE
    assert capsys.readouterr().err.count("warning: distrorocks: ") == 2


def test_a_defect_of_ours_is_no_finding() -> None:
    """A traceback ends with status 3, where Python's own would be 1."""
    program = "import sys; from distrorocks.cli import main as it; it._run = None; "
    start = [sys.executable, "-c", program + "sys.exit(it.command())", "scan"]
    done = subprocess.run(
        start, capture_output=True, text=True, check=False, cwd=CHECKOUT, env=dict(os.environ)
    )
    assert (done.returncode, done.stdout) == (FAILED, "")
    assert "TypeError" in done.stderr


def test_a_full_disk_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the system that nobody expected is status 3."""

    def run(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(main_module, "_run", run)
    assert main(["scan"]) == FAILED


@pytest.mark.parametrize(("number", "hint"), [(13, "permit this user"), (5, "fix this and run")])
def test_a_call_that_nobody_expected_to_fail_names_the_file_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: int, hint: str
) -> None:
    """On two lines: the file with the reason, and the hint."""

    def run(*_: object) -> int:
        raise OSError(number, os.strerror(number), "/usr/x")

    monkeypatch.setattr(main_module, "_run", run)
    assert main(["scan"]) == FAILED
    first, second = capsys.readouterr().err.splitlines()
    assert first == f"error: /usr/x: {os.strerror(number)}"
    assert second.startswith("hint: ")
    assert hint in second
