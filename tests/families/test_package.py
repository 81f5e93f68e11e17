"""A package is one value, plain for caches, with empty text where nothing is known."""

from __future__ import annotations

from types import MappingProxyType

from distrorocks.families.package import InstalledPackages, Package


def test_fields_are_empty_where_a_database_says_nothing() -> None:
    """Text "", lists (), digests an empty mapping."""
    package = Package("deb", "lua-x", "1-1", "all")
    assert package[4:] == ("", "", "", "", "", (), (), (), (), MappingProxyType({}))
    assert InstalledPackages(()) == ((), (), frozenset(), "")


def test_the_plain_form_has_every_field() -> None:
    """Only the digests become a dictionary that a cache can store."""
    package = Package("deb", "lua-x", "1-1", "all", files=("/a",), recorded={"/a": "0"})
    assert package.plain == (*package[:13], {"/a": "0"})
    assert type(package.plain) is tuple
    assert Package(*package.plain) == package
