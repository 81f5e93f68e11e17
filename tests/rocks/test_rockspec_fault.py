"""Faults of rockspecs as text: rule, fix, and the message of LuaRocks 3.8."""

from __future__ import annotations

import pytest

from distrorocks.rocks.rockspec_fault import (
    Fault,
    RockspecError,
    faults_of_misfits,
    faults_of_variables,
    luarocks_suffix,
    said,
    too_new_format,
    unknown_format,
)
from distrorocks.rocks.schema import DEPENDENCY_MEANING, STRICT, VERSION_PATTERN, Misfit, Path

SHAPE = STRICT["3.0"]
USING = " (using rockspec format 3.0)"


def path(*keys: str | int) -> Path:
    """Return the path of nested keys."""
    found: Path = ()
    for each in keys:
        found = (found, each)
    return found


def fault(misfit: Misfit) -> Fault:
    """Return the fault of one violation of format 3.0 that no later format accepts."""
    return faults_of_misfits([misfit], SHAPE, (), "3.0")[0]


@pytest.mark.parametrize(
    ("misfit", "rule", "fix", "luarocks"),
    [
        (
            Misfit(path("source", "uri"), "unknown"),
            "is not a field of rockspec format 3.0",
            "did you mean 'url'?",
            "Unknown field uri",
        ),
        (
            Misfit(path("build", "install", "luas"), "unknown"),
            "is not a field of rockspec format 3.0",
            "did you mean 'lua'?",
            "Unknown field luas",
        ),
        (
            Misfit(path("zzz"), "unknown"),
            "is not a field of rockspec format 3.0",
            "remove it",
            "Unknown field zzz",
        ),
        (
            Misfit(path("version"), "missing"),
            "is missing",
            'add version = "1.0-1"',
            "Mandatory field version is missing.",
        ),
        (
            Misfit(path("source", "url"), "missing"),
            "is missing",
            "add source.url",
            "Mandatory field source.url is missing.",
        ),
        (
            Misfit(path("package"), "type", "string", "number"),
            "must be a string, but is a number",
            "write it as a string, in quotes",
            "Type mismatch on field package: expected a string, got number",
        ),
        (
            Misfit(path("build"), "type", "table", "string"),
            "must be a table, but is a string",
            "write it as a table, in braces",
            "Type mismatch on field build: expected a table",
        ),
        (
            Misfit(path("deploy", "wrap_bin_scripts"), "type", "boolean", "string"),
            "must be a boolean, but is a string",
            "write true or false, without quotes",
            "Type mismatch on field deploy.wrap_bin_scripts: expected boolean",
        ),
        (
            Misfit(path("version"), "text", VERSION_PATTERN, "1.0"),
            "'1.0' is not a version with a revision",
            "write letters, digits and dots, a dash and a number, such as '1.0-1'",
            "Type mismatch on field version: invalid value '1.0' does not match '[%w.]+-[%d]+'",
        ),
        (
            Misfit(path("dependencies", 2), "text", DEPENDENCY_MEANING, "/"),
            "'/' is not a dependency",
            "write 'name' or 'name >= 1.0, < 2.0'; 'namespace/name' needs rockspec format 3.0",
            (
                "Type mismatch on field dependencies[2]: invalid value '/' does not match "
                "a valid dependency string"
            ),
        ),
    ],
)
def test_each_violation_has_a_rule_a_fix_and_luarocks_message(
    misfit: Misfit, rule: str, fix: str, luarocks: str
) -> None:
    """The message is LuaRocks' own, so that it can be searched for."""
    found = fault(misfit)
    assert found == Fault(misfit.place, rule, fix, luarocks + USING)
    assert str(found) == f"{misfit.place}: {rule}"


@pytest.mark.parametrize(
    ("keys", "fix"),
    [
        (("build", "modules", "typ"), "remove it"),
        (("dependencies", "platforms", "linux", "uri"), "remove it"),
        (("source", "platforms", "linux", "uri"), "did you mean 'url'?"),
        (("source", "url", "uri"), "remove it"),
        (("packag" + "e" * 34,), "did you mean 'package'?"),
        (("packag" + "e" * 35,), "remove it"),
    ],
)
def test_a_misspelled_field_is_compared_with_the_fields_beside_it(
    keys: tuple[str, ...], fix: str
) -> None:
    """Names of more than 40 characters are not compared, since that takes quadratic time."""
    expected = fix if len(keys[-1]) < 20 else "remove it"
    assert fault(Misfit(path(*keys), "unknown")).fix == expected


def test_the_first_later_format_without_the_violation_is_the_fix() -> None:
    """Each violation has its own; LuaRocks names the first format without any violation."""
    one, other = Misfit(path("a"), "unknown"), Misfit(path("b"), "unknown")
    later = [("1.1", {other}), ("3.0", frozenset[Misfit]())]
    faults = faults_of_misfits([one, other], SHAPE, later, "1.0")
    assert [each.fix for each in faults] == [
        'add rockspec_format = "1.1"',
        'add rockspec_format = "3.0"',
    ]
    assert all(each.luarocks.endswith(luarocks_suffix("1.0", "3.0")) for each in faults)
    (fault,) = faults_of_misfits([one], SHAPE, [("1.1", {one})], "1.0")
    assert fault.luarocks.endswith(luarocks_suffix("1.0", None))


def test_variables_share_one_message_of_luarocks() -> None:
    """It lists all of them, in the plural if there are several."""
    assert faults_of_variables(["a"], "!")[0].luarocks == "Unknown variable: a!"
    both = faults_of_variables(["a", "b"], "!")
    assert [each.path for each in both] == ["a", "b"]
    assert {each.luarocks for each in both} == {"Unknown variables: a, b!"}


def test_formats_are_named_in_their_faults() -> None:
    """What can be written instead is in the fix."""
    assert unknown_format("2.0").fix == "write one of 1.0, 1.1, 3.0, 3.1"
    assert '"3.0"' in too_new_format("9.0", "3.0").fix


def test_a_message_that_is_too_long_is_left_out() -> None:
    """Two thousand characters are the limit."""
    assert said("x" * 2000) == "x" * 2000
    assert said("x" * 2001) == ""


def test_the_error_lists_each_fault_with_its_fix() -> None:
    """The brief names the file and the count."""
    faults = [Fault("a\x1b", "is wrong", "mend it"), Fault("", "the file is wrong")]
    error = RockspecError(faults, "foo.rockspec")
    assert error.brief == "foo.rockspec has 2 faults"
    assert error.detail == "  a\\x1b: is wrong\n    mend it\n  the file is wrong"
    assert RockspecError(faults[:1], None).brief == "the rockspec has a fault"


@pytest.mark.parametrize(
    ("name", "example"),
    [
        ("package", 'package = "name"'),
        ("source", 'source = { url = "https://..." }'),
        ("build", 'build = { type = "builtin" }'),
    ],
)
def test_a_missing_field_has_an_example(name: str, example: str) -> None:
    """As it can be written."""
    assert fault(Misfit(path(name), "missing")).fix == f"add {example}"
