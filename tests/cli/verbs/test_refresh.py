"""``distrorocks refresh`` for people and for package managers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from distrorocks.publish import hook, refresh as refresh_job
from distrorocks.system.trees import ledger_file
from tests.builders import debian

CHECKOUT = Path(__file__).parents[3]
START = (
    f"import sys; sys.path.insert(0, {str(CHECKOUT)!r}); "
    "from distrorocks.cli.main import main; sys.exit(main())"
)
UP_TO_DATE = "warning: distrorocks: LuaRocks' view of the installed packages is not up to date: "


def hooked(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Run the verb as a hook does; return its exit status and both outputs."""
    status = main(["refresh", "--hook", *words])
    told = capsys.readouterr()
    return status, told.out, told.err


def shell(redirections: str, root: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the verb as a hook does in a process of its own, started by a shell."""
    command = f'"$0" -I -S -c "$1" refresh --hook --root "$2" {redirections}'
    return subprocess.run(
        ["/bin/sh", "-c", command, sys.executable, START, root],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=variables,
    )


def test_a_hook_prints_one_line_if_something_changed(
    root: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line counts rocks and files."""
    (tmp_path / "usr/lib/luarocks/rocks-5.4/manifest").unlink()
    line = "distrorocks: published rocks: 2 for Lua 5.3, 1 for Lua 5.4; changed 1 file or directory"
    assert hooked(capsys, "--root", root) == (0, f"{line}\n", "")


def test_a_hook_prints_nothing_if_nothing_changed(
    root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Warnings that a person reads after each refresh are not repeated at each transaction."""
    assert hooked(capsys, "--root", root) == (0, "", "")


@pytest.mark.parametrize(
    ("spoiled", "told"),
    [
        ((ledger_file.PATH, ledger_file.COPY), "the ledger "),
        (("/etc/distrorocks/names.toml",), ""),
    ],
)
def test_a_failing_hook_prints_one_line_and_exits_with_0(
    root: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    spoiled: tuple[str, ...],
    told: str,
) -> None:
    """The same fault ends a person's refresh with 1; of a ledger, both copies must be spoiled."""
    for path in spoiled:
        place = tmp_path / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"[\xff")
    assert main(["refresh", "--root", root]) == 3
    capsys.readouterr()
    status, out, err = hooked(capsys, "--root", root)
    assert (status, out, err.count("\n")) == (0, "", 1)
    assert err.startswith(f"{UP_TO_DATE}{told}")


def test_a_hook_takes_no_offence_at_a_root_that_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing root and a root without a package database are reported in one line."""
    for where in (tmp_path / "none", tmp_path):
        status, _, err = hooked(capsys, "--root", str(where))
        assert (status, err.count("\n")) == (0, 1)


def test_a_hook_waits_for_a_held_tree_no_longer_than_its_bound(
    root: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where another program holds the tree past the bound, a line says so and dpkg goes on."""
    assert 0 < hook.LOCK_SECONDS <= 60
    monkeypatch.setattr(hook, "LOCK_SECONDS", 0.1)
    (tmp_path / "usr/lib/luarocks/rocks-5.4/manifest").unlink()
    (tmp_path / "usr/lockfile.lfs").symlink_to("lock")
    status, out, err = hooked(capsys, "--root", root)
    assert (status, out, err.count("\n")) == (0, "", 1)
    assert "is in use by another program" in err


def test_a_bug_is_reported_without_a_traceback(
    root: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What nobody foresaw is one line too."""
    monkeypatch.setattr(refresh_job, "observe", None)
    status, out, err = hooked(capsys, "--root", root)
    bug = "a fault in distrorocks: TypeError: 'NoneType' object is not callable"
    assert (status, out, err) == (0, "", f"{UP_TO_DATE}{bug}\n")


def test_the_standard_streams_may_be_closed_or_full(root: str, tmp_path: Path) -> None:
    """Whatever the three streams are, the work is done and the exit status is 0."""
    manifest = tmp_path / "usr/lib/luarocks/rocks-5.4/manifest"
    right = manifest.read_bytes()
    for redirections in ("<&- >&- 2>&-", "<&-", ">/dev/full 2>/dev/full", ">&-", "2>&-"):
        manifest.unlink()
        done = shell(redirections, root)
        assert (done.returncode, done.stderr) == (0, ""), redirections
        assert manifest.read_bytes() == right, redirections


def test_no_variable_changes_what_is_done(root: str, tmp_path: Path) -> None:
    """Lua's, Python's and the locale's variables and an empty PATH have no effect."""
    manifest = tmp_path / "usr/lib/luarocks/rocks-5.4/manifest"
    right = manifest.read_bytes()
    manifest.unlink()
    done = shell(
        "",
        root,
        PATH="",
        LUA_PATH="/none/?.lua",
        LUA_INIT="error('x')",
        PYTHONPATH="/none",
        PYTHONSTARTUP="/none",
        LC_ALL="xx_YY.none",
        HOME="/none",
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert manifest.read_bytes() == right


def test_remove_takes_everything_back_and_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """People can see first what would go; afterwards the root is as it was."""
    machine = debian(tmp_path)
    before = machine.files()
    words = ["refresh", "--root", str(tmp_path)]
    assert main(words) == 0
    capsys.readouterr()
    assert main([*words, "--remove", "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert "remove /usr/lib/luarocks/rocks-5.3/manifest: distrorocks wrote it" in told
    assert told.endswith("would remove 17 files and directories\n")
    assert main([*words, "--remove"]) == 0
    assert capsys.readouterr().out == "removed 17 files and directories\n"
    assert hooked(capsys, "--remove", "--root", str(tmp_path)) == (0, "", "")
    assert machine.files() == before


@pytest.mark.parametrize(
    ("written", "is_told"),
    [("debain", True), ("Kali", True), ("Debian", False), ("opensuse-microos", False), ("", False)],
)
def test_a_distribution_that_nobody_knows_is_told_once(
    root: str, capsys: pytest.CaptureFixture[str], written: str, is_told: bool
) -> None:
    """It may be a derivative, or a slip: the hint has the known ones, and the run goes on."""
    words = ["refresh", "--dry-run", "--root", root, "--distribution", written]
    assert main(words) == 0
    said = capsys.readouterr().err
    assert said.count(f"warning: no distribution {written} is known") == is_told
    assert ("hint: known are alpine, altlinux, arch, archarm, " in said) == is_told
