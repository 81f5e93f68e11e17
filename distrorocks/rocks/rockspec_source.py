"""Where a rock's sources are, and what LuaRocks concludes from their address.

The rules are LuaRocks' own (``luarocks.rockspecs``, ``luarocks.dir``).
"""

from __future__ import annotations

import re

from distrorocks.lua.value import LuaTable

BASIC_PROTOCOLS = frozenset({"http", "https", "ftp", "file"})

_PROTOCOL = re.compile(r"([^:]*)://(.*)", re.DOTALL)
_BASE_NAME = re.compile(r".*[/\\]([^/\\]*)", re.DOTALL)
_PACKED = re.compile(r"\.(?:zip|git|tgz|tar|gz|bz2)\Z")


def split_url(url: str) -> tuple[str, str]:
    """Return the protocol of ``url`` and the rest; ``"file"`` where it names none."""
    if url and url[0] == url[-1] and url[0] in "\"'":
        url = url[1:-1]
    found = _PROTOCOL.match(url)
    return (found[1], found[2]) if found else ("file", url)


def base_name(path: str) -> str:
    """Return the last name of a path or address; all of it where it has no separator."""
    found = _BASE_NAME.match(path.rstrip("/\\"))
    return found[1] if found else path


def completed(source: LuaTable, *, since_3_0: bool) -> LuaTable:
    """Return a checked ``source`` table with what LuaRocks adds to it when it loads a rockspec.

    Those are ``protocol``, ``pathname``, ``file`` for what is downloaded as one file, ``module``
    and ``tag`` from their old names, ``dir`` and ``dir_set`` (whether the rockspec named it).
    """
    result = dict(source)
    url = str(result["url"])
    protocol, result["pathname"] = split_url(url)
    result["protocol"] = protocol
    if protocol in BASIC_PROTOCOLS and "file" not in result:
        result["file"] = base_name(url)
    for old, new in (("cvs_module", "module"), ("cvs_tag", "tag")):
        if old in result:
            result[new] = result[old]
    result["dir_set"] = "dir" in result
    if "dir" not in result:
        module = result.get("module")
        has_module = isinstance(module, str)
        result["dir"] = module if has_module else _likely_dir(result, protocol, since_3_0)
    return result


def _likely_dir(source: LuaTable, protocol: str, since_3_0: bool) -> str:
    """Return the directory that the sources most likely unpack into."""
    name = str(source.get("file", source["url"]))
    is_one_file = name.endswith((".lua", ".c"))
    if is_one_file and (protocol in BASIC_PROTOCOLS or not since_3_0):
        return "."
    return _PACKED.sub("", base_name(name)).replace(".tar", "")
