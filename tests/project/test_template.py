"""A first rockspec has all that is known, in LuaRocks' form, and names what is not."""

from __future__ import annotations

import pytest

from distrorocks.errors import UsageError
from distrorocks.project.identity import Identity
from distrorocks.project.template import Found, Told, lua_dependency, template
from distrorocks.rocks.detection import SourceTree
from distrorocks.rocks.rockspec_fault import RockspecError

ROCK = Identity("Foo", "1.0", 1, ".")
TREE = SourceTree(
    ("bin/tool", "doc/x", "src/a/b.lua", "src/core.c"),
    frozenset({"bin", "doc", "src", "src/a"}),
    {"src/core.c": "a_core"},
)
WHOLE = """rockspec_format = "3.0"
package = "Foo"
version = "1.0-1"
source = {
   url = "git+https://github.com/o/r.git",
   tag = "v1"
}
description = {
   summary = "Short.",
   detailed = "Long.",
   homepage = "https://github.com/o/r",
   license = "MIT"
}
dependencies = {
   "lua >= 5.1, < 5.3"
}
external_dependencies = {
   Z = {
      library = "z"
   }
}
build = {
   type = "builtin",
   modules = {
      ["a.b"] = "src/a/b.lua",
      a_core = {
         incdirs = {
            "$(Z_INCDIR)"
         },
         libdirs = {
            "$(Z_LIBDIR)"
         },
         libraries = {
            "z"
         },
         sources = "src/core.c"
      }
   },
   copy_directories = {
      "doc"
   },
   install = {
      bin = {
         "bin/tool"
      }
   }
}
"""


def test_a_whole_rockspec() -> None:
    """What the user says goes before what was found."""
    told = Told("MIT", "Short.", "", "", "5.1,5.2", "3.0", "v1", ("z",))
    url = "git+https://github.com/o/r.git"
    found = Found(TREE, url, license="GPL-2.0-only", summary="Other.", detailed="Long.")
    made = template(ROCK, told, found)
    assert made.text.decode() == WHOLE
    assert made.gaps == ()


def test_gaps_are_named() -> None:
    """The fields that a person must fill in say so in the file too."""
    made = template(ROCK, Told(), Found())
    assert [gap.partition(":")[0] for gap in made.gaps] == [
        *("source.url", "description.homepage", "description.license", "dependencies"),
        "description.summary",
    ]
    assert made.text.decode().count("***") == 6
    assert b"tag" not in made.text
    assert b"dependencies" not in made.text


def test_an_archive_has_its_sum_and_its_directory() -> None:
    """A module in C without libraries names its sources alone."""
    found = Found(TREE, "https://h/a.zip", "0" * 32, "other", "MIT", "Short.")
    text = template(ROCK, Told(home="https://h/"), found).text.decode()
    assert f'   md5 = "{"0" * 32}",\n   dir = "other"\n' in text
    assert 'a_core = {\n         sources = "src/core.c"\n      }' in text
    assert 'https://h/"' in text


def test_a_rockspec_that_does_not_load_is_not_written() -> None:
    """A format that is none, for one."""
    with pytest.raises(RockspecError):
        template(ROCK, Told(rockspec_format="9.0"), Found())


@pytest.mark.parametrize(
    ("versions", "dependency"),
    [
        ("5.4", "lua ~> 5.4"),
        ("5.1,5.2", "lua >= 5.1, < 5.3"),
        ("5.1,5.2,5.3,5.4", "lua >= 5.1, < 5.5"),
        ("5.4,5.5", "lua >= 5.4, < 5.6"),
        ("5.1,5.3", ""),
        ("5.2,5.1", ""),
        ("5.1,", ""),
        ("6.0", ""),
    ],
)
def test_lua_versions_are_a_range(versions: str, dependency: str) -> None:
    """In order and without a gap, else it is a usage error."""
    if dependency:
        assert lua_dependency(versions) == dependency
        return
    with pytest.raises(UsageError):
        lua_dependency(versions)
