"""A wheel of this checkout carries all that distrorocks needs, hooks and templates too."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from distrorocks.cli.share_files import share_files
from distrorocks.cli.verbs import SUMMARIES
from integration.machines.machine import RUN_MAIN, run
from integration.machines.scratch import CHECKOUT

ASK = (
    "from distrorocks.system.files.shipped_files import shipped_directory;"
    "print(shipped_directory({!r}))"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where a wheel of this checkout is installed, apart from the checkout itself."""
    wheels = tmp_path_factory.mktemp("wheels")
    pip = (sys.executable, "-m", "pip", "--quiet")
    run(*pip, "wheel", "--no-deps", "--wheel-dir", wheels, CHECKOUT)
    (wheel,) = wheels.glob("distrorocks-*.whl")
    target: Path = tmp_path_factory.mktemp("site")
    run(*pip, "install", "--no-deps", "--target", target, wheel)
    return target


def run_installed(site: Path, program: str, *words: str) -> str:
    """Run a Python program with that folder and the standard library alone."""
    setting = f"import sys; sys.path.insert(0, {str(site)!r})"
    return run(sys.executable, "-I", "-S", "-B", "-c", f"{setting}; {program}", *words).out


@pytest.mark.parametrize("name", ["hooks", "packaging-templates"])
def test_a_wheel_brings_its_folders(site: Path, name: str) -> None:
    """From an installed wheel a shipped folder is found inside it, the same as in the checkout."""
    found = Path(run_installed(site, ASK.format(name)).strip())
    assert found.is_relative_to(site)
    theirs = {path.relative_to(found) for path in found.rglob("*")}
    ours = {path.relative_to(CHECKOUT / name) for path in (CHECKOUT / name).rglob("*")}
    assert theirs == ours


def test_a_wheel_brings_manual_pages_and_completion(site: Path) -> None:
    """Below its own ``share`` stand the files that its parsers make."""
    made = share_files()
    assert len(made) > len(SUMMARIES)
    for path, text in made.items():
        assert (site / "share" / path).read_text() == text


def test_a_wheel_runs(site: Path) -> None:
    """The installed command line answers without anything of the checkout."""
    assert "refresh" in run_installed(site, RUN_MAIN, "--help")
