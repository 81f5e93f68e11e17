"""Which sandbox is used, and how that is reported."""

from __future__ import annotations

import pytest

from distrorocks.system.sandbox.choice import CHOICES, Choice, Probed, SandboxError, choose
from distrorocks.system.sandbox.confined import Backend

BWRAP = Backend("bwrap", "/usr/bin/bwrap", "", "")
UNSHARE = Backend("unshare", "/usr/bin/unshare", "", "")
PLAIN = Backend("none", "", "", "")
NO_BWRAP = Probed(BWRAP._replace(program=""), "bwrap is not installed")
NO_UNSHARE = Probed(UNSHARE, "unshare failed: Operation not permitted")


@pytest.mark.parametrize("choice", ["auto", "require"])
def test_the_first_that_works_is_used(choice: Choice) -> None:
    """bubblewrap before unshare, which serves where bubblewrap is missing."""
    both = (Probed(BWRAP, ""), Probed(UNSHARE, ""))
    assert choose(choice, both, PLAIN, is_root=True) == (
        BWRAP,
        "builds run in a sandbox of bubblewrap as nobody",
    )
    assert choose(choice, (NO_BWRAP, Probed(UNSHARE, "")), PLAIN, is_root=False) == (
        UNSHARE,
        "builds run in a sandbox of util-linux unshare",
    )


def test_without_any_the_report_says_what_is_open_and_what_to_install() -> None:
    """With "auto" builds run all the same."""
    backend, sentence = choose("auto", (NO_BWRAP, NO_UNSHARE), PLAIN, is_root=True)
    assert backend == PLAIN
    assert sentence == (
        "builds run without a sandbox (bubblewrap: bwrap is not installed; util-linux unshare: "
        "unshare failed: Operation not permitted): builds can read what nobody can, use the "
        "network, and start processes that stay; install the package bubblewrap"
    )


def test_who_requires_one_gets_an_error() -> None:
    """It has the fault of each, and what to do."""
    with pytest.raises(SandboxError) as caught:
        choose("require", (NO_BWRAP, NO_UNSHARE), PLAIN, is_root=False)
    assert str(caught.value) == (
        "no sandbox is available for builds\n"
        "bubblewrap: bwrap is not installed\n"
        "util-linux unshare: unshare failed: Operation not permitted\n"
        "hint: install the package bubblewrap, or take --build-sandbox auto"
    )


def test_what_is_installed_is_not_to_be_installed() -> None:
    """Where bubblewrap is there and fails, the machine forbids namespaces."""
    broken = Probed(BWRAP, "No permissions to create new namespace")
    with pytest.raises(SandboxError) as caught:
        choose("require", (broken, NO_UNSHARE), PLAIN, is_root=False)
    assert "install" not in caught.value.hint
    assert "allow user namespaces" in caught.value.hint


def test_off_is_off_whatever_works() -> None:
    """The report says what builds can do."""
    backend, sentence = choose("off", (Probed(BWRAP, ""),), PLAIN, is_root=False)
    assert backend == PLAIN
    assert sentence.startswith(
        "builds run without a sandbox, as was asked: builds can read what you"
    )


def test_these_are_the_choices() -> None:
    """As the option of the command line has them."""
    assert CHOICES == ("auto", "require", "off")
