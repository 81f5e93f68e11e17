"""Dependencies are taken out of the text of a rockspec, and nothing else is changed."""

from __future__ import annotations

import pytest

from distrorocks.packaging.scaffold.rockspec_text import without_dependencies


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (
            'dependencies = {\n  "lua >= 5.1",\n  "a >= 1", -- for tests\n  "b",\n}\n',
            'dependencies = {\n  "lua >= 5.1",\n  "b",\n}\n',
        ),
        ("dependencies = {\n  'lua',\n  'a'\n}\n", "dependencies = {\n  'lua',\n}\n"),
        ('dependencies = { "lua", "a ~> 1", "b" }', 'dependencies = { "lua", "b" }'),
        ('dependencies = { "lua", "a" }', 'dependencies = { "lua", }'),
        ('dependencies = { "a"; [[b]] }', "dependencies = { [[b]] }"),
        ('dependencies = { "b", "a",\n "c" }', 'dependencies = { "b", \n "c" }'),
        ('dependencies = { "b", "a", --[[ x\n ]] "c" }', 'dependencies = { "b", --[[ x\n ]] "c" }'),
        ('dependencies = { "a", "c", "a >= 2" }', 'dependencies = { "c", }'),
        ('dependencies = { "ab" }', 'dependencies = { "ab" }'),
        ('dependencies = { "a" .. x }', 'dependencies = { "a" .. x }'),
        ('dependencies = { 1, "" }', 'dependencies = { 1, "" }'),
        ('test_dependencies = { "a" }', 'test_dependencies = { "a" }'),
        ('if x then dependencies = { "a" } end', 'if x then dependencies = { "a" } end'),
        ('dependencies = { "a', 'dependencies = { "a'),
        ('package = "\udcff"\ndependencies = { "a" }', 'package = "\udcff"\ndependencies = { }'),
    ],
)
def test_a_dependency_goes_with_its_line_and_remark(text: str, left: str) -> None:
    """The rest is as upstream wrote it; what is computed stays."""
    assert without_dependencies(text, ("a",)) == left


def test_without_a_rock_to_leave_out_the_text_stays() -> None:
    """It is not even read."""
    assert without_dependencies('dependencies = { "a" }', ()) == 'dependencies = { "a" }'
