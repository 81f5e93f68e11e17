"""Small rocks of our own to be packaged, packed as upstream and LuaRocks pack them."""

from __future__ import annotations

import zipfile
from pathlib import Path

from integration.machine import run

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
HEAD = """package = "{name}"
version = "1.2-1"
source = {{ url = "https://example.org/{name}-1.2.tar.gz" }}
description = {{
   summary = "{summary}",
   detailed = "A small rock that counts to 42 and says what it has counted.",
   homepage = "https://example.org/{name}",
   license = "MIT",
}}
"""
# A command and a module in pure Lua that need another rock, two modules in C, and such modules in
# a folder of the sources.
ROCKS = {
    "teller": {
        "teller-1.2-1.rockspec": HEAD.format(name="teller", summary="Tell what was counted")
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
        "counter-1.2-1.rockspec": HEAD.format(name="counter", summary="Count up to an answer")
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
    "nested": {
        "nested-1.2-1.rockspec": HEAD.format(name="nested", summary="Count in a folder").replace(
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
    """Write a ``.src.rock`` of one of ``ROCKS``: its rockspec and upstream's archive.

    A flat archive has no folder around its files.
    """
    files = {**ROCKS[name], "LICENSE": LICENSE}
    tree = folder / f"{name}-1.2"
    for path, text in files.items():
        place = tree / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    archive = folder / f"{name}-1.2.tar.gz"
    inside = sorted(path.name for path in tree.iterdir())
    place, packed = (tree, inside) if is_flat else (folder, [tree.name])
    run("tar", "-C", place, "-czf", archive, *packed)
    rock = folder / f"{name}-1.2-1.src.rock"
    with zipfile.ZipFile(rock, "w") as written:
        written.write(tree / f"{name}-1.2-1.rockspec", f"{name}-1.2-1.rockspec")
        written.write(archive, archive.name)
    return rock
