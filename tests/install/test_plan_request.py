"""What a request means for the tree, and how packages of the distribution are tried for it."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from distrorocks.install.plan_request import OwnBuild, Request, is_deployed, uses
from distrorocks.install.request import parse_operands
from distrorocks.resolve.preference import Preference
from distrorocks.trees.target import User, Wish
from distrorocks.world.candidates import DistroUse
from distrorocks.world.site import SiteRequest

SITE = SiteRequest(User("/root", is_superuser=True), Wish(), "5.4")


def request(**fields: Any) -> Request:
    """Return a request to install a rock."""
    return Request(SITE, parse_operands(["a"]), **fields)


def test_by_default_a_rock_is_taken_as_it_is() -> None:
    """What is installed is kept, packages are suggested, pins are those beside rockspecs."""
    asked = request()
    assert (asked.preference, asked.distro) == (Preference.INSTALLED, DistroUse.SUGGEST)
    assert (asked.own_build, asked.pins_to, asked.branch) == (None, "", "")
    assert not any(
        (
            *(asked.is_offline, asked.keeps_versions, asked.is_forced),
            *(asked.only_dependencies, asked.is_project),
        )
    )


@pytest.mark.parametrize(
    ("own_build", "changes"),
    [
        (None, True),
        (OwnBuild(), True),
        (OwnBuild("/here"), True),
        (OwnBuild(is_deployed=False), False),
    ],
)
def test_the_tree_changes_unless_rocks_are_only_built(
    own_build: OwnBuild | None, changes: bool
) -> None:
    """As `build --pack-binary-rock` does."""
    assert is_deployed(request(own_build=own_build)) is changes


def test_by_default_a_build_fetches_its_sources_and_follows_pins() -> None:
    """`make` names a folder, and `--pin` writes new ones."""
    own = OwnBuild()
    assert (own.folder, own.ignores_pins, own.is_deployed) == ("", False, True)


@pytest.mark.parametrize("preference", Preference)
@pytest.mark.parametrize("distro", DistroUse)
def test_packages_are_tried_as_the_user_says(preference: Preference, distro: DistroUse) -> None:
    """Never means never; who prefers them requires them; else they are so where all else fails."""
    tried = uses(request(preference=preference, distro=distro))
    if distro is DistroUse.NEVER:
        assert tried == (DistroUse.NEVER,)
    elif distro is DistroUse.REQUIRE or preference is Preference.DISTRO:
        assert tried == (DistroUse.REQUIRE,)
    else:
        assert tried == (DistroUse.SUGGEST, DistroUse.REQUIRE)


def test_every_request_is_tried_once_in_each_way() -> None:
    """At least in one."""
    for preference, distro in product(Preference, DistroUse):
        tried = uses(request(preference=preference, distro=distro))
        assert len(tried) == len(set(tried)) > 0
