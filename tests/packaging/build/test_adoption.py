"""Which rockspec each binary package of a Debian source gets, and what else is changed for it."""

from __future__ import annotations

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.families.name_entry import HeldRock, NameEntry
from distrorocks.lua.read import parse
from distrorocks.packaging.build.adoption import Adoption, SourcePackage, adoption, found_by_dh
from tests.effort import little_time

DH = "%:\n\tdh $@\n"
BY_HAND = "binary:\n\tdh_strip\n\t-@dh_gencontrol -i -- -x\n"
NAMES = {
    "lua-foo": NameEntry((HeldRock("foo"),)),
    "lua-bar": NameEntry((HeldRock("bar"),)),
    "lua-not": NameEntry((HeldRock("not"),), publish=False, reason="its modules are renamed"),
    "lua-other": NameEntry((HeldRock("other"),), publish=False),
}
VERSIONS = {"foo": ("1.0-1", "1.2-4")}


def control(*packages: str, build: str = "dh-lua", more: str = "") -> str:
    """Return a control file of these binary packages."""
    parts = [f"Source: lua-foo\nBuild-Depends: {build}\nHomepage: https://example.org/foo\n"]
    parts += [f"Package: {each}\nArchitecture: all\n{more}Description: foo\n" for each in packages]
    return "\n".join(parts)


def adopted(
    *files: str, text: str = "", rules: str = DH, version: str = "1.2-1", rock: str = ""
) -> Adoption:
    """Return the patch of a source that has files; it has the package lua-foo if no other."""
    source = SourcePackage(version, text or control("lua-foo"), rules, files)
    return adoption(source, NAMES, rock=rock, versions=VERSIONS)


@pytest.mark.parametrize(
    ("files", "taken"),
    [
        (("debian/lua-foo.rockspec", "foo-1.2-1.rockspec"), "debian/lua-foo.rockspec"),
        (("debian/x.rockspec", "foo-1.2-1.rockspec"), "debian/x.rockspec"),
        (("foo-1.1-1.rockspec", "rockspecs/foo-1.2-1.rockspec"), "foo-1.1-1.rockspec"),
        (("a/rockspecs/foo-1.2-1.rockspec",), ""),
        (("debian/lua-bar.rockspec",), ""),  # another package's own
        (("foo-1.1-1.rockspec", "foo-1.2-1.rockspec"), "foo-1.2-1.rockspec"),
        (("foo-1.1-1.rockspec", "foo-scm-1.rockspec"), "foo-scm-1.rockspec"),
        (("foo-1.1-1.rockspec", "foo-1.0-1.rockspec"), ""),
        (
            ("foo-1.1-1.rockspec", "foo-1.0-1.rockspec", "rockspec/foo-1.0-1.rockspec"),
            "rockspec/foo-1.0-1.rockspec",
        ),
    ],
)
def test_dh_takes_the_first_place_that_decides(files: tuple[str, ...], taken: str) -> None:
    """One rockspec in a place, else that of the upstream version, else that of a snapshot."""
    source = SourcePackage("1.2+dfsg-1", control("lua-foo", "lua-bar"), DH, files)
    assert found_by_dh(source, "lua-foo") == taken


@pytest.mark.parametrize(
    ("files", "note", "changed"),
    [
        (("debian/lua-foo.luarocks",), "is set by debian/lua-foo.luarocks", ""),
        (("debian/lua-foo.rockspec",), "is set by debian/lua-foo.rockspec", ""),
        (("foo-1.2-1.rockspec",), "is foo-1.2-1.rockspec", ""),
        (("foo-1.0-1.rockspec",), "is foo-1.0-1.rockspec", ""),
        (
            ("foo-1.0-1.rockspec", "foo-1.1-1.rockspec"),
            "is foo-1.1-1.rockspec",
            "rockspec = foo-1.1-1.rockspec\n",
        ),
        (
            ("bar-9-1.rockspec", "x/Foo-1.0-1.rockspec", "x/foo-a-1.0-1.rockspec"),
            "is x/Foo-1.0-1.rockspec",
            "rockspec = x/Foo-1.0-1.rockspec\n",
        ),
    ],
)
def test_a_listing_is_written_only_where_dh_would_take_another(
    files: tuple[str, ...], note: str, changed: str
) -> None:
    """The packager's own files decide, then the rock of the names map."""
    found = adopted(*files)
    assert found.notes == (f"lua-foo: its rockspec {note}",)
    assert found.files.get("debian/lua-foo.luarocks", "") == changed


def test_a_rockspec_is_made_where_there_is_none() -> None:
    """In the published version that the package has, with what its fields say."""
    more = "Depends: ${misc:Depends}, lua-bar (>= 2.0), lua-not, libc6, lua-bar | lua-x\n"
    text = control("lua-foo", more=more)
    found = adopted(text=text)
    rockspec = parse(found.files["debian/lua-foo.rockspec"].encode()).globals
    assert found.notes == ("lua-foo: a rockspec of foo is generated",)
    assert (rockspec["package"], rockspec["version"]) == ("foo", "1.2-4")
    assert rockspec["source"] == {"url": "https://example.org/foo"}
    assert rockspec["description"] == {"summary": "foo", "homepage": "https://example.org/foo"}
    assert rockspec["dependencies"] == {1: "lua >= 5.1", 2: "bar >= 2.0", 3: "bar"}
    home = text.replace("Homepage: https://example.org/foo\n", "")
    without = parse(adopted(text=home).files["debian/lua-foo.rockspec"].encode()).globals
    assert without["source"] == {"url": "file:///usr/share/doc/lua-foo"}


def test_packages_that_are_no_rocks_are_left_out() -> None:
    """By their names, as empty ones, or as the names map says with its reason."""
    empty = "\nPackage: lua-old\nSection: oldlibs\nDescription: x\n"
    packages = ("lua-foo", "lua-foo-dev", "lua-foo-doc", "lua-foo-dbg", "x-common-dev", "lua-not")
    text = control(*packages, "lua-other") + empty
    assert adopted(text=text).notes == (
        "lua-foo: a rockspec of foo is generated",
        "lua-not: not a rock: its modules are renamed",
        "lua-other: not a rock: the names map says so",
    )


def test_only_rocks_provide_what_other_packages_need() -> None:
    """Neither a package that is no rock nor one of which nothing is known."""
    text = adopted(text=control("lua-foo", "lua-x", "lua-not")).files["debian/control"]
    assert text.count("${lua:Provides}") == 1
    assert "Provides: ${lua:Provides}" in text.partition("Package: lua-x")[0]


def test_dh_is_told_to_pass_over_a_package_that_it_would_take() -> None:
    """Only one: a package for which it finds no rockspec needs no word."""
    found = adopted("foo-1.2-1.rockspec", text=control("lua-foo", "lua-not"))
    assert found.files["debian/lua-not.luarocks"] == "skip = yes\n"
    assert "debian/lua-not.luarocks" not in adopted(text=control("lua-foo", "lua-not")).files


def test_an_unknown_package_is_the_rock_that_is_named() -> None:
    """Without a name it is the one whose rockspec dh finds, and else there is nothing to adopt."""
    found = adopted(text=control("lua-x"), rock="foo")
    assert "debian/lua-x.rockspec" in found.files
    found = adopted("x-1-1.rockspec", text=control("lua-x"))
    assert found.notes == ("lua-x: its rockspec is x-1-1.rockspec",)
    with pytest.raises(DistrorocksError, match="is a known rock") as raised:
        adopted(text=control("lua-x", "lua-not"))
    assert raised.value.detail.splitlines() == [
        "lua-x: the names map has no rock for it",
        "lua-not: not a rock: its modules are renamed",
    ]


def test_only_skipping_is_no_adoption() -> None:
    """A source of which every package is passed over is refused."""
    with pytest.raises(DistrorocksError, match="is a known rock"):
        adopted("not-1.2-1.rockspec", text=control("lua-not"))


@pytest.mark.parametrize(
    ("rules", "need", "called"),
    [
        (DH, "dh-sequence-luarocks", None),
        ("%:\n\tdh $* --with lua\n", "dh-sequence-luarocks", None),
        (
            BY_HAND,
            "dh-luarocks",
            "binary:\n\tdh_strip\n\t-@dh_luarocks -i -- -x\n\t-@dh_gencontrol -i -- -x\n",
        ),
        (BY_HAND.replace("dh_strip", "dh_luarocks"), "dh-luarocks", None),
    ],
)
def test_the_sequence_is_used_with_dh_and_the_command_is_called_elsewhere(
    rules: str, need: str, called: str | None
) -> None:
    """With the options and the prefix of dh_gencontrol, before it; a call that is there stays."""
    found = adopted("foo-1.2-1.rockspec", rules=rules)
    entry = found.files["debian/control"].split("Build-Depends:")[1].split("Homepage")[0]
    assert [each.strip() for each in entry.split(",")][-1].split()[-1] == need
    assert found.files.get("debian/rules") == called


def test_rules_that_end_otherwise_are_refused() -> None:
    """What has no dh_gencontrol has no place for the call."""
    with pytest.raises(DistrorocksError, match="neither uses dh nor calls dh_gencontrol"):
        adopted(rules="binary:\n\tdpkg-gencontrol\n")


def test_what_is_adopted_already_is_left_alone() -> None:
    """The sequence, and a field that provides what the substitution variable says."""
    text = control("lua-foo", build="dh-sequence-luarocks", more="Provides: ${lua:Provides}\n")
    assert adopted("debian/lua-foo.luarocks", text=text).files == {}
    bare = control("lua-foo", build="dh-sequence-luarocks")
    found = adopted("debian/lua-foo.luarocks", text=bare)
    assert "Provides: ${lua:Provides}" in found.files["debian/control"]
    assert list(found.files) == ["debian/control"]


def test_thousands_of_packages_are_read_once() -> None:
    """The control file is a stranger's; no package has it all read again."""
    many = control("lua-foo", *(f"lua-{number}" for number in range(1500)))
    with little_time(1):
        assert "debian/lua-foo.rockspec" in adopted(text=many).files
