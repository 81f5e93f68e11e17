"""What a package says of itself."""

from __future__ import annotations

import pytest

from distrorocks.lua.read import parse
from distrorocks.packaging.plan.draft import Draft
from distrorocks.packaging.plan.fields import Fields
from distrorocks.packaging.plan.plan import describe
from distrorocks.packaging.source.facts import Sources, facts_of
from distrorocks.rocks.rockspec import Rockspec

SPEC = """package = "foo"
version = "1-1"
source = {{ url = "https://example.org/foo-1.tar.gz" }}
description = {{ summary = [[{summary}]], detailed = [[{detailed}]] }}
build = {{ type = "builtin", modules = {{ foo = "foo.lua" }} }}
"""


@pytest.mark.parametrize(
    ("detailed", "first"),
    [
        ("Reads (and writes)\n  files.\nIt is quick.", "It is quick."),
        ("reads (and writes) files\n\nIt is quick.", "It is quick."),
        ("Reads (and writes) filesystems.", "Reads (and writes) filesystems."),
        ("It is quick.", "It is quick."),
        ("", "This package has the rock foo for Lua 5.4."),
    ],
)
def test_the_description_does_not_repeat_the_summary(detailed: str, first: str) -> None:
    """A description continues where the summary ends, as lintian requires."""
    text = SPEC.format(summary="Reads (and writes) files.", detailed=detailed)
    facts = facts_of(Rockspec.from_chunk(parse(text.encode())), Sources())
    draft = Draft({})
    draft.put(Fields.package, "lua-foo")
    draft.put(Fields.lua_versions, ("5.4",))
    describe(facts, draft, is_split=False)
    assert draft.description[0] == first
