"""Spec files: a package for each Lua, as each distribution has them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from distrorocks.packaging.formats.rpm import FEDORA, OPENSUSE, license_tag
from distrorocks.packaging.plan.draft import PackagingPlan
from distrorocks.packaging.plan.field import Value
from distrorocks.packaging.scaffold.scaffold import Request, Scaffold, scaffolds
from distrorocks.packaging.source.facts import Sources
from distrorocks.system.lua.jail import Jail
from tests.packaging.scaffolding import DAY, ROCKSPEC, plan_of, rock_facts


def made(folder: Path, form: str, lua: str) -> Scaffold:
    """Return the packaging of a rock that needs a Lua, in one form."""
    path = folder / "foo-1.0-1.rockspec"
    text = ROCKSPEC.format(version="1.0", summary="A library of foo.")
    path.write_text(text.replace("lua >= 5.1, < 5.4", lua))
    with Jail() as jail:
        (one,) = scaffolds(Request(str(path), str(folder), formats=(form,)), jail)
    return one


def lines(one: Scaffold, path: str = "lua-foo.spec") -> list[str]:
    """Return the lines of one file."""
    return one.outputs[path][0].decode().splitlines()


def test_fedora_has_a_main_package_and_one_for_lua_5_1(tmp_path: Path) -> None:
    """Lua 5.4 is the package itself, 5.1 a subpackage with files and needs of its own."""
    spec = lines(made(tmp_path, "fedora", "lua >= 5.1"))
    for line in (
        "%global luarocks_lua_versions 5.4 5.1",
        "Name:           lua-foo",
        "BuildRequires:  lua-devel",
        "BuildRequires:  compat-lua-devel",
        "BuildRequires:  (lua-socket >= 3 with lua-socket < 3.1~~)",
        "BuildRequires:  (lua5.1-socket >= 3 with lua5.1-socket < 3.1~~)",
        "%package -n lua5.1-foo",
        "%files -f %{luarocks_files}",
        "%files -n lua5.1-foo -f %{luarocks_files}-5.1",
    ):
        assert line in spec, line


def test_a_rock_for_one_lua_has_one_package(tmp_path: Path) -> None:
    """Only 5.4: no subpackage. Only 5.1: nothing but the subpackage, which is the main Lua's."""
    new = lines(made(tmp_path, "fedora", "lua >= 5.4"))
    assert not [line for line in new if "lua5.1" in line or "compat-lua" in line]
    old = lines(made(tmp_path, "fedora", "lua < 5.2"))
    assert [line for line in old if line.startswith("%files")] == [
        "%files -n lua5.1-foo -f %{luarocks_files}"
    ]
    assert "BuildRequires:  lua-devel" not in old


def test_opensuse_builds_a_flavour_for_each_lua(tmp_path: Path) -> None:
    """The spec file is one for all flavours, which _multibuild names."""
    one = made(tmp_path, "opensuse", "lua >= 5.1")
    flavours = [line.strip() for line in lines(one, "_multibuild")[1:-1]]
    assert flavours == [f"<flavor>lua{each}</flavor>" for each in ("51", "53", "54")]
    spec = lines(one)
    for line in (
        "%define flavor @BUILD_FLAVOR@%{nil}",
        "Name:           %{flavor}-%{mod_name}",
        "Requires:       %{flavor}",
        "BuildRequires:  %{flavor}-devel",
        "BuildRequires:  (%{flavor}-luasocket >= 3 with %{flavor}-luasocket < 3.1~~)",
        "%lua_provides",
    ):
        assert line in spec, line


def test_no_supported_lua_version_is_a_gap(tmp_path: Path) -> None:
    """The gap has the dependency and the versions of the distribution."""
    gaps = dict(made(tmp_path, "fedora", "lua == 5.2").plan.gaps)
    said = "no Lua version fits: the rock requires lua 5.2, fedora has 5.1 and 5.4"
    assert gaps["lua_versions"] == said


def test_specs_require_what_the_rockspec_does_not_name(tmp_path: Path) -> None:
    """Each package of a Lua requires the package of its own Lua whose modules the code needs."""
    text = """package = "foo"
version = "1.0-1"
source = { url = "https://example.org/foo-1.0.tar.gz" }
build = { type = "builtin", modules = { foo = "foo.lua" } }
"""
    (tmp_path / "foo-1.0-1.rockspec").write_text(text)
    (tmp_path / "foo.lua").write_text("require 'lfs'\n")
    with Jail() as jail:
        asked = Request(str(tmp_path), str(tmp_path), formats=("fedora", "opensuse"))
        fedora, opensuse = scaffolds(asked, jail)
    spec = "\n".join(lines(fedora))
    main, _, other = spec.partition("%package -n lua5.1-foo")
    assert "\nRequires:       lua-filesystem\n" in main
    assert "\nRequires:       lua5.1-filesystem\n" in other.partition("%description")[0]
    assert "Requires:       %{flavor}-luafilesystem" in lines(opensuse)


@pytest.mark.parametrize(
    ("build", "needs"),
    [
        ('{ type = "make" }', ("make",)),
        ('{ type = "command", build_command = "make" }', ("make",)),
        ('{ type = "builtin", modules = { foo = "foo.lua" } }', ()),
        ('{ type = "builtin", modules = { foo = "foo.c" } }', ("gcc", "make")),
        ('{ type = "builtin", modules = { foo = "foo.cpp" } }', ("gcc", "gcc-c++", "make")),
        ('{ type = "cmake" }', ("gcc", "gcc-c++", "make", "cmake")),
        (
            '{ type = "command", build_command = "cmake -E make_directory b; cd b; make" }',
            ("gcc", "gcc-c++", "make", "cmake"),
        ),
    ],
)
def test_a_build_asks_for_the_tools_that_it_may_run(build: str, needs: tuple[str, ...]) -> None:
    """Also for Lua alone: Fedora's builders have neither make nor a compiler."""
    text = (
        f'package = "foo" version = "1.0-1" source = {{ url = "x" }} build = {build} '
        'description = { license = "MIT" }'
    )
    sources = Sources(("foo.lua", "Makefile"), {"foo.lua": ""})
    known = rock_facts(text, sources)
    plan = plan_of(known, "fedora")
    assert plan.build_needs == needs


def plan(
    settings: Mapping[str, Value] = MappingProxyType({}), path: str = "foo.lua"
) -> PackagingPlan:
    """Return Fedora's plan of a rock of one module, with settings."""
    text = (
        'package = "foo" version = "1.0-1" source = { url = "https://example.org/foo.zip" } '
        f'build = {{ type = "builtin", modules = {{ foo = "{path}" }} }}'
    )
    known = rock_facts(text, Sources((path,)))
    return plan_of(known, "fedora", settings=settings)


@pytest.mark.parametrize(
    ("expression", "distribution", "tag"),
    [
        ("LicenseRef-Public-Domain", "fedora", "LicenseRef-Fedora-Public-Domain"),
        ("LicenseRef-Public-Domain", "opensuse", "SUSE-Public-Domain"),
        ("LicenseRef-Public-Domain", "other", "LicenseRef-Public-Domain"),
        ("MIT OR (LicenseRef-Public-Domain)", "opensuse", "MIT OR (SUSE-Public-Domain)"),
        ("LicenseRef-Public-Domain-x", "fedora", "LicenseRef-Public-Domain-x"),
        ("x.LicenseRef-Public-Domain", "fedora", "x.LicenseRef-Public-Domain"),
        ("MIT AND Zlib", "fedora", "MIT AND Zlib"),
    ],
)
def test_a_license_tag_is_spdx(expression: str, distribution: str, tag: str) -> None:
    """But for the public domain, where it is a whole name."""
    assert license_tag(expression, distribution) == tag


@pytest.mark.parametrize(
    ("settings", "key", "value"),
    [
        ({"package": "lua-a-lua-b"}, "stem", "a-lua-b"),
        ({"package": "a-lua-b"}, "stem", "a-lua-b"),
        ({"date": str(DAY)}, "changelog_date", "Wed Jan 01 2020"),
        ({"date": ""}, "changelog_date", "Thu Jan 01 1970"),
        ({}, "release", "1"),
        ({}, "changes", ("Initial packaging",)),
        ({}, "is_noarch", True),
        ({"is_compiled": True}, "is_noarch", False),
        (
            {"documents": ("a", "LICENSE", "b"), "license_files": ("LICENSE",)},
            "doc_files",
            ("a", "b"),
        ),
        (
            {"external_requires": ("z", "m"), "build_requires": ("m", "b")},
            "build_needs",
            ("z", "m", "b"),
        ),
        (
            {"requires": ("a", "b"), "upstream_tests_requires": ("b", "c")},
            "check_needs",
            ("a", "b", "c"),
        ),
    ],
)
def test_what_only_spec_files_have(settings: Mapping[str, Value], key: str, value: Value) -> None:
    """Each is made of other fields, and nothing stands twice in a list."""
    assert plan(settings).values[key] == value


def test_tools_come_before_what_a_build_depends_on() -> None:
    """In one list, each once."""
    settings = {"external_requires": ("make", "z"), "build_requires": ("b",)}
    assert plan(settings, "foo.c").build_needs == ("gcc", "make", "z", "b")


def test_each_distribution_has_its_luas() -> None:
    """And names for packages and for formats; both can ask for .pc files."""
    assert (FEDORA.name, FEDORA.distribution) == ("fedora", "fedora")
    assert (OPENSUSE.name, OPENSUSE.distribution) == ("opensuse", "opensuse")
    assert (FEDORA.lua_versions, OPENSUSE.lua_versions) == (("5.1", "5.4"), ("5.1", "5.3", "5.4"))
    for form in (FEDORA, OPENSUSE):
        assert (form.has_pkg_config, form.is_split, form.leaves_out) == (True, True, False)
    assert FEDORA.name_rule("luasocket") == "lua-socket"
    assert OPENSUSE.name_rule("luasocket") == "lua-luasocket"
