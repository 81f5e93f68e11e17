"""What rocks say of themselves: rockspec, rock_manifest, manifest, versions, needs, lock file."""

from __future__ import annotations

from contextlib import suppress

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import Chunk, parse
from distrorocks.lua.value import to_text
from distrorocks.lua.write import PersistError, persist
from distrorocks.luarocks.pins_file import LockFile
from distrorocks.rocks.constraint import parse_constraints, satisfies
from distrorocks.rocks.dependency import Dependency, dependency_of
from distrorocks.rocks.rock_manifest import RockManifest, module_name, persisted_files
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.rocks.rockspec_advice import advice
from distrorocks.rocks.tree_index import TreeIndex
from distrorocks.rocks.version import Version
from distrorocks.servers.rockspec_needs import needs_of
from distrorocks.servers.server_manifest import ServerManifest
from integration.fuzzing.shapes import lua_globals, lua_returned
from integration.fuzzing.target import Target, plain
from tests.packaging.build.test_stage import ROCKSPEC as STAGED_ROCKSPEC

ROCKSPECS = (
    STAGED_ROCKSPEC.encode(),
    b"""rockspec_format = "3.0"
package = "foo"
version = "1.0-1"
source = { url = "git+https://example.org/foo.git", tag = "v1.0", md5 = "x", dir = "foo" }
description = { summary = "Foo.", detailed = [[ It is
   long. ]], homepage = "http://foo.example", license = "MIT", maintainer = "A <a@b.c>",
   labels = { "x" }, issues_url = "y" }
supported_platforms = { "linux", "!windows" }
dependencies = { "lua >= 5.1, < 5.5", "user/bar ~> 1.2", platforms = { unix = { "baz == 2-1" } } }
build_dependencies = { "luarocks-build-cpp" }
test_dependencies = { "busted" }
external_dependencies = { ZLIB = { header = "zlib.h", library = "z" },
   platforms = { linux = { X = { program = "x" } } } }
build = { type = "builtin", modules = { foo = "foo.lua", ["foo.core"] = {
   sources = { "a.c", "b.c" }, libraries = { "z" }, defines = { "A=1" }, incdirs = { "." } } },
   install = { bin = { "bin/foo" }, conf = { ["x.conf"] = "c" } }, copy_directories = { "doc" },
   patches = { ["a.diff"] = "+" }, platforms = { unix = { modules = { ["foo.unix"] = "u.lua" } } } }
test = { type = "busted" }
deploy = { wrap_bin_scripts = false }
""",
)
ROCK_MANIFEST = b"""rock_manifest = {
   bin = {
      foo = "0123456789abcdef0123456789abcdef"
   },
   doc = {},
   ["foo-1.0-1.rockspec"] = "0123456789abcdef0123456789abcdef",
   lua = {
      foo = {
         ["a.lua"] = "0123456789abcdef0123456789abcdef",
         ["init.lua"] = "0123456789abcdef0123456789abcdef"
      },
      ["foo.lua"] = "0123456789abcdef0123456789abcdef"
   }
}
"""
MANIFEST = b"""commands = { foo = { "foo/1.0-1" } }
dependencies = { foo = { ["1.0-1"] = { { constraints = { { op = ">=",
   version = { 5, 1, string = "5.1" } } }, name = "lua" },
   { name = "bar", namespace = "user", constraints = {} } } } }
modules = { foo = { "foo/1.0-1", "foo/0.9-1" } }
repository = { foo = { ["1.0-1"] = { { arch = "installed", commands = { foo = "foo" },
   dependencies = { bar = "2.0-1" }, modules = { foo = "foo.lua" } } },
   ["0.9-1"] = { { arch = "rockspec" }, { arch = "src" }, { arch = "all" } } } }
"""
MANIFEST_JSON = b"""{"commands": {}, "modules": {}, "repository": {"foo": {"1.0-1":
 [{"arch": "rockspec"}, {"arch": "src"}], "scm-1": [{"arch": "linux-x86_64"}]}, "bar": []}}"""
VERSIONS = (
    b"1.0-1",
    b"2.3.4beta2-3",
    b"scm-1",
    b"1.0 alpha",
    b"5.1.rc1",
    b"v1_2+3-4",
    b"20100101-0",
)
NEEDS = (
    b"lua >= 5.1, < 5.5",
    b"user/foo ~> 1.2-3",
    b"foo",
    b"foo == 1, != 2, ~= 3",
    b"foo @1",
    b"a 1",
)


def _rockspec(data: bytes) -> None:
    chunk = parse(data)
    for strict, quick in ((False, False), (True, False), (False, True)):
        try:
            rockspec = Rockspec.from_chunk(
                chunk,
                file_name="foo-1.0-1.rockspec" if strict else None,
                strict=strict,
                quick=quick,
            )
        except DistrorocksError as error:
            str(error)
            continue
        assert parse(data) == chunk or any(each != each for each in chunk.globals.values())
        if not quick:
            _used(rockspec, data, chunk)


def _used(rockspec: Rockspec, data: bytes, chunk: Chunk) -> None:
    """Ask all that is asked of a rockspec that was accepted."""
    Version.parse(str(Version.parse(rockspec.version)))
    str((rockspec.external_dependencies, rockspec.source, rockspec.described("summary")))
    with suppress(PersistError):
        persist(rockspec.to_table())
    advice(rockspec, chunk.globals)
    needs_of(rockspec, data, "place", with_build=True)


def _rock_manifest(data: bytes) -> None:
    """The quick reader says what the parser says, or nothing; what is written comes back."""
    quick = persisted_files(to_text(data))
    if quick is not None:
        assert RockManifest(**quick) == RockManifest.from_table(parse(data).globals), "they differ"
    found = RockManifest.parse(data)
    for part in found:
        assert not any({"", ".", ".."} & set(path.split("/")) for path in part), "it leads out"
    found.modules()
    table = found.to_table()
    assert RockManifest.from_table(parse(persist(table)).globals) == found, "another came back"


def _tree_manifest(data: bytes) -> None:
    index = TreeIndex.from_table(parse(data).globals)
    for rock in index.every_rock:
        assert "/" not in rock.name + rock.version, "a directory of another place"
        try:
            index.needs(rock.name, rock.version)
        except DistrorocksError:
            continue


def _lua_shelf(data: bytes) -> None:
    _parts(ServerManifest.from_table(parse(data).globals))


def _parts(manifest: ServerManifest) -> None:
    for name, versions in manifest.rocks.items():
        for version, archs in versions.items():
            assert not any("/" in part for part in (name, version, *archs)), "it leads out"


def _version(data: bytes) -> None:
    """Versions are in one order, whichever way they are asked."""
    one, _, two = to_text(data).partition("\n")
    left, right = Version.parse(one), Version.parse(two)
    assert left.equals(left), "a version is not itself"
    assert not left.precedes(left), "a version comes before itself"
    assert not (left.precedes(right) and right.precedes(left)), "each comes before the other"
    assert Version.parse(str(left)).equals(left), "a version is not what it says"
    if left.precedes(right):
        assert left < right, "another order"
    module_name(one)


def _need(data: bytes) -> None:
    """A need's table says the same need."""
    text = to_text(data)
    need = Dependency.parse(text)
    again = dependency_of(need.to_table(), "place")
    assert again.constraints == need.constraints, "other constraints came back"
    assert (again.name, again.namespace) == (need.name, need.namespace), "another name"
    need.satisfied_by(Version.parse("1.0-1"))


def _constraints(data: bytes) -> None:
    constraints = parse_constraints(to_text(data))
    for version in VERSIONS:
        satisfies(Version.parse(to_text(version)), constraints)


ROCK_TARGETS = (
    Target("rockspec", plain(_rockspec), lambda: ROCKSPECS, (lua_globals,) * 2),
    Target("rock-manifest", plain(_rock_manifest), lambda: (ROCK_MANIFEST,), (lua_globals,)),
    Target("tree-manifest", plain(_tree_manifest), lambda: (MANIFEST,), (lua_globals,) * 2),
    Target("server-manifest", plain(_lua_shelf), lambda: (MANIFEST,), (lua_globals,) * 2),
    Target("rock-version", plain(_version), lambda: VERSIONS, most_bytes=4096),
    Target("dependency", plain(_need), lambda: NEEDS, most_bytes=4096),
    Target("constraint", plain(_constraints), lambda: NEEDS, most_bytes=4096),
    Target(
        "lock-file",
        plain(LockFile.parse),
        lambda: (b"return { dependencies = { foo = '1.0-1', ['u/bar'] = 'scm-1', lua = '5.4' } }",),
        (lua_returned,) * 2,
    ),
)
