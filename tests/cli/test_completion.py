"""Shells complete verbs, options and values from what the verbs declare."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from distrorocks.cli.completion import script
from distrorocks.cli.declared import declared
from distrorocks.cli.main import main
from distrorocks.cli.verbs import SUMMARIES

DRIVE = (
    '. ./script; complete -p distrorocks >/dev/null || exit 9; COMP_WORDS=("$@"); '
    'COMP_CWORD=$(($# - 1)); _distrorocks; printf "%s\\n" "${COMPREPLY[@]}"'
)


@cache
def bash_script() -> str:
    """Return the script for bash."""
    return script("bash")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a file, a directory, and the script for bash."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "script").write_text(bash_script())
    (tmp_path / "a b.rockspec").touch()
    (tmp_path / "aside").mkdir()
    return tmp_path


def completed(folder: Path, *words: str) -> set[str]:
    """Return what a real bash offers for the last of these words."""
    done = subprocess.run(
        ["bash", "--norc", "-c", DRIVE, "bash", "distrorocks", *words],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return set(done.stdout.splitlines()) - {""}


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["refr"], {"refresh", "refresh-cache"}),
        (["check"], {"check", "check-require"}),
        (["refresh", "--mo"], {"--mode"}),
        (["refresh", "--mode", ""], {"complete", "minimal", "protected"}),
        (["refresh", "--mode", "="], {"complete", "minimal", "protected"}),
        (["refresh", "--mode", "=", "p"], {"protected"}),
        (["list", "--lua-version", "5."], {"5.1", "5.2", "5.3", "5.4", "5.5"}),
        (["store", "p"], {"path", "prune"}),
        (["completion", ""], {"bash", "zsh", "fish"}),
        (["lint", "a"], {"a b.rockspec", "aside"}),
        (["refresh", "--root", "a"], {"aside"}),
        (["refresh", "--distribution", "a"], set()),
        (["make_manifest", "--ur"], {"--url"}),
        (["--tree", "x", "list", "--outd"], {"--outdated"}),
        (["frobnicate", "--mo"], set()),
    ],
)
def test_bash_completes(folder: Path, words: list[str], offered: set[str]) -> None:
    """Verbs, options, values behind a blank or an equals sign, paths, and nothing else."""
    assert completed(folder, *words) == offered


@pytest.mark.parametrize("verb", SUMMARIES)
def test_bash_offers_every_option_of_a_verb(folder: Path, verb: str) -> None:
    """All that its parser declares."""
    options = {it for each in declared(verb) for it in each.options}
    assert completed(folder, verb, "-") == options


@pytest.mark.parametrize("shell", ["bash", "fish", "zsh"])
def test_a_script_names_every_verb_and_option(shell: str) -> None:
    """Fish writes options without their hyphens."""
    lines = script(shell)
    for verb in SUMMARIES:
        assert verb in lines
        for option in (it for each in declared(verb) for it in each.options):
            assert (option.lstrip("-") if shell == "fish" else option) in lines


@pytest.mark.parametrize("shell", ["bash", "fish", "zsh"])
def test_a_script_is_valid(shell: str, folder: Path) -> None:
    """Each shell that is installed here reads its own."""
    if not shutil.which(shell):
        pytest.skip(f"no {shell} here")
    (folder / "script").write_text(script(shell))
    done = subprocess.run([shell, "-n", "script"], cwd=folder, capture_output=True, check=True)
    assert done.stderr == b""


def test_the_verb_prints_the_script(capsys: pytest.CaptureFixture[str]) -> None:
    """Byte for byte what packages install."""
    assert main(["completion", "zsh"]) == 0
    assert capsys.readouterr().out == script("zsh")
