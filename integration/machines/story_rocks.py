"""The rocks of the packaging stories: small ones of our own, and real ones where at hand."""

from __future__ import annotations

import re
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from integration.machines.machine import run
from integration.machines.scratch import CHECKOUT

CORPUS = CHECKOUT.parent / "shared/data/dev-rocks.tar"
REAL = ("inspect-2.0-1.src.rock", "luno-20130304-1.src.rock")
LICENSE = """Copyright 2026 Ada Packager

Permission is hereby granted, free of charge, to any person obtaining a copy of
this software and associated documentation files (the "Software"), to deal in
the Software without restriction, including without limitation the rights to
use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of
the Software, and to permit persons to whom the Software is furnished to do so,
subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS
FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER
IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def _head(name: str, version: str, summary: str) -> str:
    """Return the first half of a rockspec."""
    return f"""package = "{name}"
version = "{version}-1"
source = {{ url = "https://example.org/{name}-{version}.tar.gz" }}
description = {{
   summary = "{summary}",
   detailed = "A small rock that counts to 42 and says what it has counted.",
   homepage = "https://example.org/{name}",
   license = "MIT",
}}
"""


ROCKS = ("teller", "counter", "nested")
# A command and a module in pure Lua that need another rock, a module in C, that other rock, and
# such modules in a folder of the sources. Two modules in C that an external library and definitions
# belong to, and files of other names than their modules.
SOURCES = {
    "teller": {
        "teller-1.2-1.rockspec": _head("teller", "1.2", "Tell what was counted")
        + """dependencies = { "lua >= 5.1", "say >= 1.3" }
build = {
   type = "builtin",
   modules = { teller = "teller.lua", ["teller.words"] = "words/init.lua" },
   install = { bin = { teller = "teller" } },
}
""",
        "teller.lua": "return { say = require('say'), words = require('teller.words') }\n",
        "words/init.lua": "return { answer = 'told' }\n",
        "teller": "#!/usr/bin/env lua\nprint(require('teller').words.answer)\n",
    },
    "counter": {
        "counter-1.2-1.rockspec": _head("counter", "1.2", "Count up to an answer")
        + """dependencies = { "lua >= 5.1" }
build = {
   type = "builtin",
   modules = { ["counter.core"] = { sources = { "core.c" } }, counter = "counter.lua" },
}
""",
        "counter.lua": "return { answer = require('counter.core') }\n",
        "core.c": "#include <stdlib.h>\n#include <lua.h>\nint luaopen_counter_core(lua_State *L)\n"
        '{ lua_pushinteger(L, strtol("42", NULL, 10)); return 1; }\n',
    },
    "packer": {
        "packer-1.2-1.rockspec": _head("packer", "1.2", "Pack what was counted")
        + """dependencies = { "lua >= 5.1" }
external_dependencies = { ZLIB = { header = "zlib.h" } }
build = {
   type = "builtin",
   modules = {
      packer = "src/packer.lua",
      ["packer.words"] = "src/text.lua",
      ["packer.core"] = {
         sources = { "src/core.c", "src/c/said.c" },
         incdirs = { "src/c", "$(ZLIB_INCDIR)" },
         libdirs = { "$(ZLIB_LIBDIR)" },
         libraries = { "z" },
         defines = { "SAID=\\"it's #1\\"", "PACKER" },
      },
      ["packer.sums-lists"] = "src/lists.c",
   },
   install = { conf = { ["packer.conf"] = "src/packer.conf" } },
}
""",
        "src/packer.conf": "answer = 42\n",
        "src/packer.lua": "#!/usr/bin/lua\nlocal core = require('packer.core')\n"
        'assert(core.said == "it\'s #1" and core.sum == 1)\n'
        "assert(require('packer.sums-lists') == 42)\n"
        "return { words = require('packer.words') }\n",
        "src/text.lua": "return { 'packed' }\n",
        "src/c/said.h": "const char *said(void);\n",
        "src/c/said.c": '#include "said.h"\nconst char *said(void) { return SAID; }\n',
        "src/core.c": "#include <lua.h>\n#include <zlib.h>\n#include <said.h>\n"
        "#ifndef PACKER\n#error not defined\n#endif\n"
        "int luaopen_packer_core(lua_State *L)\n{ lua_newtable(L);\n"
        '  lua_pushstring(L, said()); lua_setfield(L, -2, "said");\n'
        '  lua_pushinteger(L, adler32(0, Z_NULL, 0)); lua_setfield(L, -2, "sum");\n'
        "  return 1; }\n",
        "src/lists.c": "#include <stdlib.h>\n#include <lua.h>\n"
        "int luaopen_lists(lua_State *L)\n"
        '{ lua_pushinteger(L, strtol("42", NULL, 10)); return 1; }\n',
    },
    "say": {
        "say-1.4-1.rockspec": _head("say", "1.4", "Say what was counted")
        + """dependencies = { "lua >= 5.1" }
build = { type = "builtin", modules = { say = "say.lua" } }
""",
        "say.lua": "return { said = true }\n",
    },
    "nested": {
        "nested-1.2-1.rockspec": _head("nested", "1.2", "Count in a folder").replace(
            "source = {", 'source = { dir = "nested-1.2/lua/src",'
        )
        + """dependencies = { "lua >= 5.1" }
build = {
   type = "builtin",
   modules = { ["nested.core"] = { sources = { "core.c" } }, nested = "nested.lua" },
}
""",
        "README.md": "# Nested\n",
        "lua/src/nested.lua": "return { answer = require('nested.core') }\n",
        "lua/src/core.c": "#include <stdlib.h>\n#include <lua.h>\n"
        "int luaopen_nested_core(lua_State *L)\n"
        '{ lua_pushinteger(L, strtol("42", NULL, 10)); return 1; }\n',
    },
}


def source_rock(name: str, folder: Path, *, is_flat: bool = False) -> Path:
    """Write a ``.src.rock`` of one of ``SOURCES``: its rockspec and upstream's archive.

    A flat archive has no folder around its files.
    """
    files = {**SOURCES[name], "LICENSE": LICENSE}
    (rockspec,) = (path for path in files if path.endswith(".rockspec"))
    tree = folder / rockspec.removesuffix("-1.rockspec")
    for path, text in files.items():
        place = tree / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    archive = folder / f"{tree.name}.tar.gz"
    inside = sorted(path.name for path in tree.iterdir())
    place, members = (tree, inside) if is_flat else (folder, [tree.name])
    run("tar", "-C", place, "-czf", archive, *members)
    rock = folder / f"{tree.name}-1.src.rock"
    with zipfile.ZipFile(rock, "w") as packed:
        packed.write(tree / rockspec, rockspec)
        packed.write(archive, archive.name)
    return rock


def story_rocks(folder: Path, names: Iterable[str], real: Iterable[str] = REAL) -> dict[str, Path]:
    """Return source rocks by name: those named, and the real ones where the corpus is at hand."""
    found = {name: source_rock(name, folder) for name in names}
    if CORPUS.is_file():
        with tarfile.open(CORPUS) as archive:
            for member in archive.getmembers():
                name = Path(member.name).name
                if name in real:
                    archive.extract(member, folder, filter="data")
                    found[re.sub(r"-[^-]+-[0-9]+\.src\.rock\Z", "", name)] = folder / member.name
    return found
