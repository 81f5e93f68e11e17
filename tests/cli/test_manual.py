"""There is a manual page for each verb, and all that its parser declares is on it."""

from __future__ import annotations

import re
import shutil
import subprocess
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from distrorocks.cli.declared import declared
from distrorocks.cli.manual import FINDINGS, LOCKING, RELEASED
from distrorocks.cli.roff import pages, text
from distrorocks.cli.share_files import write_share_files
from distrorocks.cli.verbs import SUMMARIES

TOP = Path(__file__).parents[2]
PAGES = pages()
STATUSES = (TOP / "docs/exit-status.md").read_text()


def section(page: str, title: str) -> str:
    """Return one section of a page without its fonts, in one line; "" if it has none."""
    found = re.search(rf"^\.SH {title}\n(.*?)(?=^\.SH|\Z)", page, re.MULTILINE | re.DOTALL)
    plain = re.sub(r"\\f[BIR]|^\\&", "", found[1] if found else "", flags=re.MULTILINE)
    return " ".join(plain.split())


def test_each_verb_has_a_page() -> None:
    """And the program has one that refers to them all."""
    assert set(PAGES) == {"distrorocks.1", *(f"distrorocks-{verb}.1" for verb in SUMMARIES)}
    for verb in SUMMARIES:
        assert rf"distrorocks\-{text(verb)}(1)" in section(PAGES["distrorocks.1"], "COMMANDS")


@pytest.mark.parametrize("verb", SUMMARIES)
def test_a_page_has_every_argument(verb: str) -> None:
    """Its options and operands, their values and their explanations."""
    page = PAGES[f"distrorocks-{verb}.1"]
    rows = {it.strip() for it in section(page, "OPTIONS").split(".TP")}
    for each in declared(verb):
        term = filter(None, (", ".join(each.options), each.value, each.about.replace("`", "")))
        assert text(" ".join(term)) in rows
        assert all(text(it) in section(page, "SYNOPSIS") for it in each.options[:1])


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_the_sections_of_a_page(name: str) -> None:
    """In the order of man-pages(7), each with something in it."""
    usual = ("NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "EXIT STATUS", "FILES")
    titles = re.findall(r"^\.SH (.*)$", PAGES[name], re.MULTILINE)
    assert titles == [each for each in (*usual, "SEE ALSO") if each in titles]
    assert {"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "SEE ALSO"} <= set(titles)
    assert all(section(PAGES[name], title) for title in titles)
    for other in re.findall(r"(distrorocks[a-z-]*)\(1\)", section(PAGES[name], "SEE ALSO")):
        assert f"{other}.1" in PAGES


def test_exit_statuses_are_those_of_the_documentation() -> None:
    """What 1 and 4 mean for each verb is told alike on both."""
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*?) ?\| (.*?) ?\|$", STATUSES, re.MULTILINE)
    assert {verb: one for verb, one, _ in rows if one} == FINDINGS
    assert {verb for verb, _, four in rows if four} == set(LOCKING)


def test_the_date_is_that_of_the_release() -> None:
    """The one in Debian's changelog, so that builds on other days are the same."""
    changelog = (TOP / "hooks/dpkg/debian/changelog").read_text()
    (newest, *_) = re.findall(r"^ -- .*>  (.*)$", changelog, re.MULTILINE)
    assert parsedate_to_datetime(newest).date().isoformat() == RELEASED


def test_nothing_in_a_text_is_a_request() -> None:
    """Backslashes, quotes and hyphens are printed as they are."""
    assert text(r"it's a \fB -x") == r"it\(aqs a \efB \-x"
    unusual = re.compile(r"^'|^\.(?!TH |SH |TP$|PP$|ad l$|nh$)", re.MULTILINE)
    assert not [name for name, page in PAGES.items() if unusual.search(page)]


def test_groff_finds_no_fault(tmp_path: Path) -> None:
    """With all of its warnings, over every page."""
    if not shutil.which("groff"):
        pytest.skip("no groff here")
    written = [str(tmp_path / it) for it in write_share_files(str(tmp_path)) if it.endswith(".1")]
    command = ("groff", "-ww", "-man", "-Tutf8", "-z", *written)
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert len(written) == len(PAGES)
