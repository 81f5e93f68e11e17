"""The table of fields, and what is made from it."""

from __future__ import annotations

import re
from pathlib import Path

import jinja2
import jinja2.meta
import pytest

from distrorocks.packaging.formats.known import FORMATS
from distrorocks.packaging.formats.templates import FILTERS
from distrorocks.packaging.plan.draft import Draft
from distrorocks.packaging.plan.field import (
    ALL_FORMATS,
    HIGH,
    LOW,
    MEDIUM,
    FieldTypeError,
    MissingFieldError,
    Value,
)
from distrorocks.packaging.plan.fields import DEFINITIONS, Fields
from distrorocks.packaging.source.rock_input import read_rock_input
from distrorocks.system.lua.jail import Jail
from integration.makers.field_reference import PAGE, reference
from tests.packaging.scaffolding import packed, plan_of

TEMPLATES = Path(__file__).parent.parent.parent.parent / "packaging-templates"


def template_fields(form: str) -> set[str]:
    """Return the names that the templates of a format use, in their paths too."""
    environment = jinja2.Environment(autoescape=True)
    environment.filters.update(FILTERS)
    used: set[str] = set()
    for path in (TEMPLATES / form).rglob("*"):
        used |= set(re.findall(r"\[(\w+)\]", path.name))
        if path.is_file():
            used |= jinja2.meta.find_undeclared_variables(environment.parse(path.read_text()))
    return used - {"item"}


def keys_of(form: str) -> set[str]:
    """Return the keys that the table has for a format."""
    return {key for key, each in DEFINITIONS.items() if form in each.formats}


def test_the_table_knows_all_formats() -> None:
    """Each format has fields, and no field has a format that is not there."""
    assert set(ALL_FORMATS) == set(FORMATS)
    assert {form for each in DEFINITIONS.values() for form in each.formats} == set(FORMATS)


@pytest.mark.parametrize("form", ALL_FORMATS)
def test_a_plan_has_the_fields_of_its_format(tmp_path: Path, form: str) -> None:
    """A plan has exactly the fields that the table has for its format, each of its type."""
    with Jail() as jail:
        facts = read_rock_input(packed(tmp_path), jail=jail).facts
    plan = plan_of(facts, form)
    assert set(plan.fields) == keys_of(form)
    for key, value in plan.values.items():
        assert getattr(plan, key) == value


@pytest.mark.parametrize("form", ALL_FORMATS)
def test_templates_use_fields_of_their_format(form: str) -> None:
    """Every name that a shipped template uses is a field that the plans of its format have."""
    assert template_fields(form)
    assert template_fields(form) <= keys_of(form)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("license", ("MIT",)),
        ("license", True),
        ("lua_versions", "5.4"),
        ("lua_versions", ("5.4", 5)),
        ("is_compiled", "yes"),
    ],
)
def test_a_value_of_another_type_is_an_error(key: str, value: Value) -> None:
    """A field takes and gives values of its own type only, wherever they come from."""
    with pytest.raises(FieldTypeError, match=key):
        DEFINITIONS[key].checked(value)
    defaults: dict[type, Value] = {str: "MIT", tuple: ("5.4",), bool: True}
    with pytest.raises(FieldTypeError, match=key):
        Draft({key: value}).put(DEFINITIONS[key], defaults[DEFINITIONS[key].kind])  # type: ignore[misc]
    with pytest.raises(FieldTypeError, match=key):
        Draft({}).put(DEFINITIONS[key], value)  # type: ignore[misc]


def test_a_field_that_is_not_decided_is_an_error() -> None:
    """A draft has no value of a field before it is put."""
    draft = Draft({})
    with pytest.raises(MissingFieldError, match="license"):
        _ = draft.license
    draft.put(Fields.license, "MIT")
    assert draft.license == "MIT"


def test_a_field_has_the_source_of_the_table_by_default() -> None:
    """Who decides a field names its source only where it is another than the table's."""
    draft = Draft({})
    draft.put(Fields.rock, "foo")
    draft.put(Fields.modules, (), "a guess")
    assert draft.fields["rock"].source == "rockspec: package"
    assert draft.fields["modules"].source == "a guess"


def test_fields_that_are_read_cannot_be_set() -> None:
    """distrorocks.toml cannot change what the rock and the tables say, such as the rock's name."""
    assert {key for key, each in DEFINITIONS.items() if not each.is_settable} == {
        *("rock", "rock_version", "rockspec_name", "build_type", "license_evidence"),
        *("is_packaged", "packaged_version", "name_sources"),
        *("requires_missing", "build_requires_missing"),
    }


def test_the_reference_page_is_of_the_table() -> None:
    """docs/packaging-fields.md is what its maker writes."""
    assert PAGE.read_text() == reference()


def test_how_sure_a_plan_is_is_one_of_three_words() -> None:
    """Reports and programs have them as they stand."""
    assert (HIGH, MEDIUM, LOW) == ("high", "medium", "low")
    assert ALL_FORMATS == ("deb", "fedora", "opensuse", "arch", "alpine")
