"""A changed rockspec keeps every byte that need not change."""

from __future__ import annotations

import pytest

from distrorocks.lua.read import parse
from distrorocks.lua.value import LuaTable
from distrorocks.project.rockspec_edit import Edited, edited

VERSIONS = {"1.2-1": "1.3-1", "1.2": "1.3"}


def changed(text: str, **source: str) -> Edited:
    """Set the version to 1.3-1 and fields of the source, "" removing one."""
    table = parse(text.encode()).globals
    before = table["source"]
    assert isinstance(before, dict)
    after: LuaTable = dict(before)
    after.update(source)
    wanted: LuaTable = {
        **table,
        "version": "1.3-1",
        "source": {key: value for key, value in after.items() if value != ""},
    }
    result = edited(text.encode(), wanted, lambda each: parse(each).globals, versions=VERSIONS)
    assert parse(result.text).globals == wanted
    return result


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "version='1.2-1' -- a\nsource = {url=[[u]]} --[[b]]\nx = '1.2'",
            'version="1.3-1" -- a\nsource = {url="v"} --[[b]]\nx = \'1.2\'',
        ),
        (
            "local v = '1.2'\nversion = v..'-1'\nsource = {url = 'v'}\n",
            "local v = '1.3'\nversion = v..'-1'\nsource = {url = 'v'}\n",
        ),
        (
            "local v = '1.2'\nversion = v..'-1'\nsource = {url = 'v'}\nx = '1.2'",
            "local v = '1.3'\nversion = v..'-1'\nsource = {url = 'v'}\nx = \"1.2\"",
        ),
        (
            "local v = '1.2-1'\nversion = v\nsource = {url = 'u'}\n",
            "local v = '1.3-1'\nversion = v\nsource = {url = \"v\"}\n",
        ),
    ],
)
def test_text_stays(old: str, new: str) -> None:
    """Constants change in place; a version that is written once changes there."""
    assert changed(old, url="v") == (new.encode(), False)


def test_a_field_that_is_not_there_is_added() -> None:
    """At the end of the file."""
    text = "version = '1.3-1'\nsource = {url = 'u'}\n"
    assert changed(text, dir="d").text.decode() == f'{text}source.dir = "d"\n'


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("local n = '-1'\nversion = '1.' .. '2' .. n\nsource = {url = 'u'}", {}),
        ("local v = '1.2'\nversion = v..'-1'\nsource = {url = 'u'}\nx = 'lua ' .. '1.2'", {}),
        ("version = '1.2-1'\nsource = {url = 'u', dir = 'd'}", {"dir": ""}),
    ],
)
def test_what_cannot_be_edited_is_written_anew(text: str, source: dict[str, str]) -> None:
    """If no change of the text gives what is wanted, and nothing else."""
    assert changed(text, **source).is_anew
