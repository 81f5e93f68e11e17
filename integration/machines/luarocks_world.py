"""A root in which scenarios of LuaRocks run: rocks on a local server, made by LuaRocks itself."""

from __future__ import annotations

import functools
import shutil

from integration.machines.luarocks_scenarios import LINKS
from integration.machines.machine import INSIDE, Machine
from integration.machines.roots import Clone, Layer, with_packages
from integration.machines.scratch import CHECKOUT

TOOLS = ("gcc", "git", "libc6-dev", "make")
SERVER = "/srv/rocks"
SOURCES = "/srv/src"
ARCHIVES = "/opt/archives"
"""LuaRocks unpacks archives where they are, so they are not among what is compared."""

CONFIG = f"""rocks_servers = {{ "{SERVER}" }}
rocks_trees = {{
   {{ name = "user", root = home .. "/.luarocks" }},
   {{ name = "system", root = "/usr/local" }}
}}
"""
SCRIPT = f"""#!/usr/bin/python3 -ISB
import sys
sys.path.insert(0, {INSIDE!r})
from distrorocks.cli.main import command
sys.exit(command())
"""

_ALPHA = """rockspec_format = "3.0"
package = "alpha"
version = "{version}-1"
source = {{ url = "file://{archives}/alpha-{version}.tar.gz", dir = "alpha-{version}" }}
description = {{
   summary = "The first rock",
   detailed = [[
      It is there to be installed.

      It does nothing else.
   ]],
   homepage = "https://example.org/alpha",
   issues_url = "https://example.org/alpha/issues",
   labels = {{ "first", "letters" }},
   maintainer = "Nobody <nobody@example.org>",
   license = "MIT"
}}
dependencies = {{ "lua >= 5.1" }}
build = {{
   type = "builtin",
   modules = {{ alpha = "alpha.lua", ["alpha.util"] = "alpha/util.lua" }},
   install = {{ bin = {{ "bin/alpha" }} }},
   copy_directories = {{ "doc" }}
}}
"""
_PLAIN = """package = "{name}"
version = "1.0-1"
source = {{ url = "file://{archives}/{name}-1.0.tar.gz", dir = "{name}-1.0" }}
description = {{ summary = "The rock {name}", license = "MIT" }}
dependencies = {{ {needs} }}
build = {{ type = "builtin", modules = {{ {modules} }} }}
"""
_NATIVE = (
    '#include <lua.h>\nint luaopen_native(lua_State *L) { lua_pushliteral(L, "C"); return 1; }\n'
)
_FILES = {
    **{
        f"alpha-{version}/{name}": text
        for version in ("1.0", "2.0")
        for name, text in {
            "alpha.lua": f"return '{version}'\n",
            "alpha/util.lua": "return {}\n",
            "bin/alpha": "#!/usr/bin/env lua\nprint(require('alpha'))\n",
            "doc/index.md": "# Alpha\n",
            "doc/more/usage.md": "Use it.\n",
        }.items()
    },
    "beta-1.0/beta.lua": "return require('alpha')\n",
    "gamma-1.0/gamma.lua": "return require('beta')\n",
    "needy-1.0/needy.lua": "return 1\n",
    "native-1.0/native.c": _NATIVE,
}
_NEEDS = {
    "beta": '"lua >= 5.1", "alpha >= 1.0"',
    "gamma": '"beta ~> 1"',
    "needy": '"nosuch > 3"',
    "native": '"lua >= 5.1"',
}


@functools.cache
def luarocks_world(suite: str) -> Layer:
    """Return a root of a Debian suite with rocks on a server, and distrorocks under two names."""
    machine = Clone(with_packages(suite, TOOLS))
    _serve(machine)
    _link(machine)
    return machine.freeze()


def _serve(machine: Machine) -> None:
    """Have LuaRocks make the server: source rocks, rockspecs, and a rock of Lua files alone."""
    for path, text in _FILES.items():
        machine.write(f"{SOURCES}/{path}", text)
    for version in ("1.0", "2.0"):
        spec = _ALPHA.format(version=version, archives=ARCHIVES)
        machine.write(f"{SOURCES}/alpha-{version}-1.rockspec", spec)
    for name, needs in _NEEDS.items():
        file = "native.c" if name == "native" else f"{name}.lua"
        modules = f'{name} = "{file}"'
        spec = _PLAIN.format(name=name, archives=ARCHIVES, needs=needs, modules=modules)
        machine.write(f"{SOURCES}/{name}-1.0-1.rockspec", spec)
    for version in ("5.1", "5.2", "5.3", "5.4", "5.5"):
        machine.write(f"/etc/luarocks/config-{version}.lua", CONFIG)
    script = f"""set -e
mkdir -p {SERVER} {ARCHIVES} /root/work
cd {SOURCES}
for folder in */; do tar -czf "{ARCHIVES}/${{folder%/}}.tar.gz" "${{folder%/}}"; done
cd {SERVER}
cp {SOURCES}/*.rockspec .
for spec in alpha-1.0-1 beta-1.0-1 native-1.0-1; do luarocks pack {SOURCES}/$spec.rockspec; done
luarocks install {SOURCES}/alpha-1.0-1.rockspec --tree=/tmp/tree
luarocks pack alpha 1.0-1 --tree=/tmp/tree
luarocks-admin make_manifest {SERVER}
rm -rf /tmp/tree /root/.cache {ARCHIVES}/*-?.?{{,.tar}}
"""
    machine.run("sh", "-c", script)


def _link(machine: Machine) -> None:
    """Put distrorocks into a root, with links by which it is LuaRocks."""
    ignored = shutil.ignore_patterns("__pycache__")
    place = machine.path(INSIDE) / "distrorocks"
    shutil.copytree(CHECKOUT / "distrorocks", place, ignore=ignored)
    machine.run("python3", "-m", "compileall", "-q", INSIDE)
    program = machine.write("/opt/bin/distrorocks", SCRIPT)
    program.chmod(0o755)
    machine.path(LINKS).mkdir()
    for name in ("luarocks", "luarocks-admin"):
        (machine.path(LINKS) / name).symlink_to("/opt/bin/distrorocks")
