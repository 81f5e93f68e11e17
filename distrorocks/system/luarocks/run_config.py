"""The configuration of one run of LuaRocks: the user's own, with the trees that were planned.

LuaRocks puts the trees that it knows into the commands that it writes, and with
``--deps-mode=none`` only those from the target on; a target that the configuration does not list
would leave a command without any. By their directories trees are known through an entry only, too.
So the target comes first, then the trees that its rocks may use.
"""

from __future__ import annotations

from collections.abc import Sequence

from distrorocks.lua.read import script
from distrorocks.lua.value import LuaTable, table_of
from distrorocks.lua.write import persist
from distrorocks.system.files.trust import read_steering
from distrorocks.system.luarocks.config_file import CONFIG_LIMIT
from distrorocks.trees.layout import Layout

TARGET = "distrorocks-target"


def run_config(directory: str, trees: Sequence[Layout], files: Sequence[str]) -> dict[str, str]:
    """Write the configuration into ``directory``; return the variables that make LuaRocks read it.

    ``files`` are the user's, whose text stands before: LuaRocks runs it as it would by itself. They
    may have changed since they were checked, so as root they are held to the same once more.
    """
    texts = [script(read_steering("/", each, CONFIG_LIMIT)) for each in files]
    parts = [b"local _ = (function() " + text for text in texts]
    text = b"".join(part + b"\nend)()\n" for part in parts)
    entries = [_entry(each, TARGET if number == 0 else "") for number, each in enumerate(trees)]
    path = f"{directory}/config.lua"
    with open(path, "xb") as file:
        file.write(text + persist({"rocks_trees": table_of(entries)}))
    version = trees[0].lua_version.replace(".", "_")
    return {f"LUAROCKS_CONFIG_{version}": path}


def _entry(layout: Layout, name: str) -> LuaTable:
    return {
        **({"name": name} if name else {}),
        "root": layout.root,
        "lua_dir": layout.lua_dir,
        "lib_dir": layout.lib_dir,
        "rocks_dir": layout.rocks_dir,
    }
