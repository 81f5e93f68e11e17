"""The type check of a rockspec: which fields and variables each format and each mode accepts."""

from __future__ import annotations

import pytest

from distrorocks.lua.read import Chunk, parse
from distrorocks.lua.value import LuaTable
from distrorocks.rocks.rockspec_fault import MOST_FAULTS
from distrorocks.rocks.rockspec_shape import late_misfits, quick_faults, shape_faults

SMALL = 'package = "foo" version = "1.0-1" source = { url = "x" } build = { type = "none" } '


def chunk(more: str = "") -> Chunk:
    """Return the chunk of a small rockspec with more text."""
    return parse((SMALL + more).encode())


def places(more: str, *, strict: bool) -> list[str]:
    """Return the place of each fault."""
    return [fault.path for fault in shape_faults(chunk(more), strict=strict)]


@pytest.mark.parametrize("rockspec_format", ["1.0", "1.1", "3.0", "3.1"])
def test_every_format_is_accepted_by_some_luarocks(rockspec_format: str) -> None:
    """LuaRocks 3.8 reads formats up to 3.0, later versions also 3.1."""
    more = f"rockspec_format = '{rockspec_format}'"
    assert places(more, strict=False) == []
    assert places(more, strict=True) == (["rockspec_format"] if rockspec_format == "3.1" else [])


def test_a_format_after_the_newest_one_is_named_before_all_other_faults() -> None:
    """The newest format depends on the mode; fields are checked against that of it."""
    more = "rockspec_format = '9.0' build_dependencies = 1 other = 1"
    for strict, newest in ((True, "3.0"), (False, "3.1")):
        first, *others = shape_faults(chunk(more), strict=strict)
        assert first.rule == f"'9.0' is newer than {newest}, the newest format that can be read"
        assert [each.path for each in others] == ["build_dependencies", "other"]


def test_an_unknown_older_format_is_not_called_too_new() -> None:
    """2.0 lies between known formats and is none of them."""
    assert shape_faults(chunk("rockspec_format = '2.0'"), strict=True)[0].rule == (
        "'2.0' is not a rockspec format"
    )


def test_a_variable_that_is_a_field_of_the_format_is_no_fault() -> None:
    """LuaRocks compares undefined globals with the fields of the schema."""
    assert places("local x = hooks", strict=True) == []
    assert places("local x = test", strict=True) == ["test"]
    assert places("rockspec_format = '3.0' local x = test", strict=True) == []


def test_the_first_later_format_that_accepts_the_file_is_suggested() -> None:
    """1.1 knows deploy, 3.0 also test; neither knows a misspelled field."""
    deploy = shape_faults(chunk("deploy = { wrap_bin_scripts = true }"), strict=True)
    assert [each.fix for each in deploy] == ['add rockspec_format = "1.1"']
    assert "adding 'rockspec_format = \"1.1\"'" in deploy[0].luarocks
    both = shape_faults(chunk("test = {} deploy = {}"), strict=True)
    assert {each.path: each.fix for each in both} == {
        "test": 'add rockspec_format = "3.0"',
        "deploy": 'add rockspec_format = "1.1"',
    }
    assert all("adding 'rockspec_format = \"3.0\"'" in each.luarocks for each in both)
    newer = shape_faults(chunk("rockspec_format = '3.0' other = 1"), strict=True)
    assert newer[0].luarocks == "Unknown field other (using rockspec format 3.0)"


def test_a_variable_that_a_later_format_has_as_a_field_is_cured_by_it() -> None:
    """LuaRocks says so in its message; earlier formats are not suggested."""
    (fault,) = shape_faults(chunk("local x = test"), strict=True)
    assert fault.luarocks == (
        "Unknown variable: test (using rockspec format 1.0 -- adding "
        "'rockspec_format = \"3.0\"' to the rockspec will fix this)"
    )
    (fault,) = shape_faults(chunk("rockspec_format = '1.1' local x = foo"), strict=True)
    assert fault.luarocks == "Unknown variable: foo (using rockspec format 1.1)"


def test_strict_and_tolerant_types_differ_inside_lists() -> None:
    """Since 3.12 LuaRocks does not check the entries of plain lists."""
    assert places("build.copy_directories = { 1 }", strict=True) == ["build.copy_directories[1]"]
    assert places("build.copy_directories = { 1 }", strict=False) == []
    assert places("build.type = 1", strict=False) == ["build.type"]


def test_a_format_that_is_not_a_string_is_checked_as_the_first_format() -> None:
    """The fault is that of its type, and 3.0's fields are unknown."""
    assert places("rockspec_format = 3 test = {}", strict=True) == ["rockspec_format", "test"]


def test_at_most_a_hundred_faults_of_a_kind_are_reported() -> None:
    """A rockspec is untrusted input; its report stays readable."""
    fields = "".join(f" other{number} = 1" for number in range(MOST_FAULTS + 5))
    names = "".join(f" local l{number} = var{number}" for number in range(MOST_FAULTS + 5))
    assert len(places(fields, strict=True)) == MOST_FAULTS
    assert len(places(names, strict=True)) == MOST_FAULTS


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("other = 1 local x = foo version = 'any'", []),
        ("package = nil", ["package"]),
        ("source.url = nil", ["source.url"]),
        ("source.url = 1", ["source.url"]),
        ("source.file = 1", ["source.file"]),
        ("source.other = 1", []),
        ("version = 5", ["version"]),
        *((f"{name} = 1", [name]) for name in ("build", "dependencies", "build_dependencies")),
        *((f"{name} = 1", [name]) for name in ("test", "hooks", "external_dependencies")),
        ("test_dependencies = 1", ["test_dependencies"]),
        ("rockspec_format = '9.0' package = nil", ["rockspec_format", "package"]),
    ],
)
def test_the_quick_check_is_of_what_the_loader_reads(more: str, expected: list[str]) -> None:
    """All else passes, as LuaRocks loads the rockspecs of a server's directory."""
    assert [each.path for each in quick_faults(chunk(more), strict=True)] == expected


def test_the_quick_check_has_the_newest_format_of_its_mode() -> None:
    """3.1 is too new for 3.8 alone."""
    newer = chunk("rockspec_format = '3.1'")
    assert [each.path for each in quick_faults(newer, strict=True)] == ["rockspec_format"]
    assert quick_faults(newer, strict=False) == []


def test_overrides_are_checked_for_types_only() -> None:
    """A field that only an override adds is not unknown; one of another type is a fault."""
    table: LuaTable = chunk().globals | {"other": 1, "rockspec_format": "3.0"}
    table["build"] = {"type": 1}
    faults = late_misfits(table)
    assert [each.path for each in faults] == ["build.type"]
    assert faults[0].luarocks == (
        "Type mismatch on field build.type: expected a string, got number "
        "(using rockspec format 3.0)"
    )


def test_faults_of_fields_and_variables_follow_that_of_the_format() -> None:
    """All are reported at once."""
    more = "rockspec_format = '9.0' other = 1 local x = foo"
    assert places(more, strict=True) == ["rockspec_format", "foo", "other"]
