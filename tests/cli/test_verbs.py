"""Every verb can be told of, whatever is installed beside Python, and costs nothing until named."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from distrorocks.cli.verbs import SUMMARIES

CHECKOUT = Path(__file__).parents[2]
START = (
    f"import sys; sys.path.insert(0, {str(CHECKOUT)!r})\n"
    "from distrorocks.cli.main import main\n"
    "try: main(sys.argv[1:])\n"
    "except SystemExit: pass\n"
    "print(*(name for name in sys.modules if name.startswith('distrorocks')), file=sys.stderr)"
)


def started(*words: str) -> tuple[str, set[str]]:
    """Return what a verb says where no library of others is there, and our modules it imported."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", START, *words],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout, set(done.stderr.split())


def test_the_table_of_verbs_is_the_files_there_are() -> None:
    """Each file of a verb has its line in the overview and each line its file, in one order."""
    files = (CHECKOUT / "distrorocks/cli/verbs").glob("[!_]*.py")
    assert list(SUMMARIES) == sorted(path.stem.replace("_", "-") for path in files)


def test_the_overview_needs_the_standard_library_alone() -> None:
    """`distrorocks --help` names each verb where no library of others is there."""
    told, _ = started("--help")
    for verb in SUMMARIES:
        assert verb in told


@pytest.mark.parametrize("words", [["--help"], ["--version"]])
def test_the_overview_and_the_version_import_no_verb(words: list[str]) -> None:
    """Neither imports a verb's file, a job, or what jobs decide with."""
    _, imported = started(*words)
    rooms = {name.split(".")[1] for name in imported if "." in name}
    assert rooms <= {"cli", "errors", "exit_status", "rocks", "system", "values"}
    assert not [name for name in imported if name.startswith("distrorocks.cli.verbs.")]


@pytest.mark.parametrize("words", [["--help"], ["foo", "--tree=x", "--help"], ["foo", "-yh"]])
def test_help_has_the_whole_usage_wherever_it_is_asked(words: list[str]) -> None:
    """Usage is written for help alone, also after operands and among short options."""
    told, _ = started("install", *words)
    usage = told.partition("\n\n")[0]
    assert usage.startswith("usage: distrorocks install [-h]")
    assert all(option in usage for option in ("--tree", "--recover", "--yes"))


def test_a_verb_imports_no_other() -> None:
    """The help of one verb imports the file of that verb alone."""
    _, imported = started("lint", "--help")
    verbs = {name for name in imported if name.startswith("distrorocks.cli.verbs.")}
    assert verbs == {"distrorocks.cli.verbs.lint"}


def test_no_verb_imports_a_client_of_http_before_it_asks_a_server() -> None:
    """Planning, scaffolding and reading dnf's lists do without urllib.request, ssl and email."""
    modules = (
        "distrorocks.install.install",
        "distrorocks.packaging.scaffold.scaffold_closure",
        "distrorocks.families.rpm.repositories",
        "distrorocks.serve.search",
    )
    unwanted = {"urllib.request", "http.client", "ssl", "email", "xml.sax"}
    program = f"import sys, {', '.join(modules)}; print(*({unwanted!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=CHECKOUT
    )
    assert done.stdout.split() == []
