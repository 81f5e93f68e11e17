"""The public interface does what its docstrings say, and hides nothing that others need."""

from __future__ import annotations

import doctest
import inspect
from pathlib import Path

import pytest

from distrorocks import api
from tests.builders import debian
from tests.install.asking import Place
from tests.serve.folder.folders import rockspec


def test_its_examples_are_true() -> None:
    """The samples of the module and of its functions."""
    assert doctest.testmod(api) == (0, 7)


def test_all_that_is_public_is_documented() -> None:
    """Each name of ``__all__`` has a docstring, and each public function is in ``__all__``."""
    for name in api.__all__:
        assert inspect.getdoc(getattr(api, name)), name
    mine = {
        name
        for name, each in vars(api).items()
        if getattr(each, "__module__", "") == api.__name__ and not name.startswith("_")
    }
    assert mine == set(api.__all__) - {"Error"}


def test_a_rockspec_is_plain_python(tmp_path: Path) -> None:
    """Dependencies are texts, lists are lists, and faults are errors with the file's name."""
    path = tmp_path / "foo-1.0-1.rockspec"
    text = (
        'rockspec_format = "3.0"\npackage = "Foo"\nversion = "1." .. "0-1"\n'
        'source = { url = "file:///x" }\ndependencies = { "lua >= 5.1, < 5.5" }\n'
        'build_dependencies = { "bar" }\n'
        'build = { type = "builtin", modules = { foo = { "a.c", "b.c" } } }\n'
    )
    path.write_text(text)
    found = api.read_rockspec(path)
    assert (found.package, found.name, found.version) == ("Foo", "foo", "1.0-1")
    assert (found.dependencies, found.build_dependencies) == (("lua >= 5.1, < 5.5",), ("bar",))
    assert found.fields["build"] == {"type": "builtin", "modules": {"foo": ["a.c", "b.c"]}}
    assert api.parse_rockspec(text) == found
    other = path.rename(tmp_path / "bar-1.0-1.rockspec")
    with pytest.raises(api.Error, match=r"bar-1\.0-1\.rockspec"):
        api.read_rockspec(other)
    with pytest.raises(api.Error, match="No such file"):
        api.read_rockspec(path)


def test_packages_are_published_and_then_listed(tmp_path: Path) -> None:
    """A dry refresh changes nothing; afterwards the rocks are installed ones."""
    root = str(debian(tmp_path).root)
    planned = api.refresh(root, is_dry=True)
    assert api.installed_rocks("5.3", root=root) == []
    done = api.refresh(root)
    assert done == planned
    assert api.Rock("lpeg", "1.0.2-1", "5.3", "/usr") in done.rocks
    assert any(each.path.endswith("/lpeg-1.0.2-1.rockspec") for each in done.changes)
    assert set(api.installed_rocks(root=root)) == set(done.rocks)


def test_a_plan_has_steps_with_reasons(tmp_path: Path) -> None:
    """And one that is impossible is an error that proves it."""
    place = Place(tmp_path)
    place.server.add("app 1.0-1", "lua >= 5.1", "leaf >= 2").add("leaf 2.0-1")
    place.server.add("bad 1.0-1", "leaf < 2")
    server, root = place.server.publish(), str(place.root)
    found = api.plan(["app"], lua_version="5.4", server=server, root=root)
    assert (found.lua_version, found.tree, found.command) == ("5.4", "/two", "")
    assert [(each.action, each.name, each.version) for each in found.steps] == [
        ("install", "leaf", "2.0-1"),
        ("keep", "lua", "5.4-1"),
        ("install", "app", "1.0-1"),
    ]
    assert found.steps[0].reason == "not installed in any consulted tree"
    with pytest.raises(api.Error, match="leaf"):
        api.plan(["bad"], lua_version="5.4", server=server, root=root)


def test_a_packaging_plan_has_fields_with_their_sources(tmp_path: Path) -> None:
    """Of a rockspec, without writing anything."""
    before = rockspec(tmp_path, "foo")
    found = api.packaging_plan(before, "fedora")
    assert found.format == "fedora"
    assert found.fields["package"].value == "lua-foo"
    assert all(each.source and each.confidence for each in found.fields.values())
    assert all(": " in each for each in found.gaps)
    assert sorted(tmp_path.iterdir()) == [before]
