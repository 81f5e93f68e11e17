"""``build.install``, ``copy_directories`` and documents: which file goes where."""

from __future__ import annotations

import pytest

from distrorocks.install.build.request import BuildError
from distrorocks.install.build.step import InstallFile
from tests.install.build.requests import ENDS, steps, told


def installed(table: str) -> list[str]:
    """Return the steps for a ``build.install`` table."""
    found = steps(f'{{ type = "none", install = {{ {table} }} }}')
    return [
        f"{step.source} -> {step.target}{' x' if step.is_executable else ''}"
        for step in found
        if isinstance(step, InstallFile)
    ]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ('lua = { "src/a.lua" }', "src/a.lua -> lua/a.lua"),
        ('lua = { ["a.b.c"] = "x.lua" }', "x.lua -> lua/a/b/c.lua"),
        ('lua = { ["a.b"] = "x.txt" }', "x.txt -> lua/a/x.txt"),
        ('lib = { ["p.q"] = "fake.so" }', "fake.so -> lib/p/fake.so x"),
        ('lib = { "a/b.so" }', "a/b.so -> lib/b.so x"),
        ('bin = { "tool.lua" }', "tool.lua -> bin/tool.lua x"),
        ('bin = { tool = "src/tool.lua" }', "src/tool.lua -> bin/tool x"),
        ('bin = { ["sub/tool"] = "t" }', "t -> bin/sub/tool x"),
        ('conf = { ["a/b.cfg"] = "c" }', "c -> conf/a/b.cfg"),
        ('conf = { "etc/c/" }', "etc/c/ -> conf/c"),
        ('conf = { ["../etc/x"] = "c" }', "c -> etc/x"),
    ],
)
def test_files_go_where_luarocks_puts_them(table: str, expected: str) -> None:
    """Keys of lua and lib are modules, those of bin and conf paths; only Lua files are renamed."""
    assert installed(table) == [expected]


def test_lists_and_names_may_be_mixed() -> None:
    """Those of the list come first, names by their bytes."""
    assert installed('bin = { b = "3", "1", a = "2" }') == [
        "1 -> bin/1 x",
        "2 -> bin/a x",
        "3 -> bin/b x",
    ]


@pytest.mark.parametrize(
    "table",
    [
        'bin = { ["../../x"] = "y" }',
        'conf = { ["a/../../../x"] = "y" }',
        'lua = { "a/.." }',
        'conf = { ["x/.."] = "y" }',
        'conf = { [".."] = "y" }',
    ],
)
def test_a_target_outside_the_rock_is_refused(table: str) -> None:
    """The error names the entry."""
    with pytest.raises(BuildError, match=r"outside the rock: build\.install"):
        installed(table)


def test_an_entry_is_a_file_name() -> None:
    """Anything else is refused with its place."""
    with pytest.raises(BuildError, match=r"no file name in build\.install\.lua\[1\]"):
        installed("lua = { 7 }")


def test_named_directories_have_to_exist() -> None:
    """Each is copied to its own path, and documents only without any of them."""
    found = told(steps('{ type = "none", copy_directories = { "doc", "./a//b/", "../c" } }'))
    assert found == [
        "InstallFolder | doc | doc | True",
        "InstallFolder | ./a//b/ | a/b | True",
        "InstallFolder | ../c | c | True",
        "InstallDocuments | ('doc', './a//b/', '../c')",
        *ENDS,
    ]


def test_an_empty_list_of_directories_copies_none() -> None:
    """Not even doc, and documents are kept then."""
    found = told(steps('{ type = "none", copy_directories = {} }'))
    assert found == ["InstallDocuments | ()", *ENDS]


def test_a_directory_outside_the_sources_is_refused() -> None:
    """It would be one outside the rock, too."""
    with pytest.raises(BuildError, match="outside its sources"):
        steps('{ type = "none", copy_directories = { "a/../../etc" } }')
