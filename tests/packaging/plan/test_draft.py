"""A draft gathers the fields of a plan; what the packager set comes before what was found."""

from __future__ import annotations

import pytest

from distrorocks.packaging.plan.draft import Draft, Gap, PackagingPlan, Team
from distrorocks.packaging.plan.field import HIGH, LOW, SETTINGS, Field
from distrorocks.packaging.plan.fields import Fields


def test_what_the_packager_set_stands_instead_and_leaves_nothing_open() -> None:
    """Its source is the file of settings, whatever was not known."""
    draft = Draft({"license": "MIT", "is_compiled": False})
    draft.put(Fields.license, "ISC", "a guess", LOW, "no licence is known")
    draft.put(Fields.is_compiled, True)
    draft.put(Fields.summary, "Foo", "a guess", LOW, "it is short")
    assert draft.fields["license"] == Field("license", "MIT", SETTINGS, HIGH, "")
    assert draft.is_compiled is False
    assert draft.fields["summary"] == Field("summary", "Foo", "a guess", LOW, "it is short")


def test_a_doubt_is_a_gap_of_what_was_set_too() -> None:
    """Nothing else of the field changes."""
    draft = Draft({"license": "MIT"})
    draft.put(Fields.license, "ISC")
    draft.doubt("license", "it is of 1999")
    assert draft.fields["license"] == Field("license", "MIT", SETTINGS, HIGH, "it is of 1999")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\nc ", "a b c"),
        ("a\x1b[31mb\u202ec\x00", "a[31mbc"),
        ("\n\n", ""),
        ("", ""),
    ],
)
def test_texts_of_rocks_are_single_lines_that_print(text: str, shown: str) -> None:
    """Each item of a list as well."""
    draft = Draft({})
    draft.put(Fields.summary, text)
    draft.put(Fields.description, (text, "b"))
    assert (draft.summary, draft.description) == (shown, (shown, "b"))


def test_only_items_of_lists_are_indented() -> None:
    """As lines of a description are; no text ends with a blank."""
    draft = Draft({})
    draft.put(Fields.summary, "  Foo ")
    draft.put(Fields.description, ("  - foo ", "\tbar"))
    assert (draft.summary, draft.description) == ("Foo", ("  - foo", " bar"))


def plan(settings: dict[str, str] | None = None) -> PackagingPlan:
    """Return a plan of two fields."""
    draft = Draft(dict(settings or {}))
    draft.put(Fields.license, "MIT", gap="which?")
    draft.put(Fields.summary, "Foo")
    return PackagingPlan("deb", draft.fields)


def test_the_gaps_of_a_plan_are_those_of_its_fields() -> None:
    """In their order, and only of those that leave something open."""
    assert plan().gaps == (Gap("license", "which?"),)


def test_a_default_changes_only_what_was_decided_and_not_set() -> None:
    """The plan before it stays as it was; a field that it does not have stays away."""
    before = plan()
    after = before.with_default(Fields.license, "ISC", "the team")
    assert after.fields["license"] == Field("license", "ISC", "the team", HIGH, "")
    assert (before.license, after.summary, list(after.fields)) == (
        "MIT",
        "Foo",
        ["license", "summary"],
    )
    assert before.with_default(Fields.homepage, "https://x", "the team") is before
    chosen = plan({"license": "Zlib"})
    assert chosen.with_default(Fields.license, "ISC", "the team") is chosen
    draft = Draft({}, Team("/t.toml", {"license": "Zlib"}))
    draft.put(Fields.license, "MIT")
    teams = PackagingPlan("deb", draft.fields)
    assert teams.with_default(Fields.license, "ISC", "an update") is teams
