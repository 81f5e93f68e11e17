"""Numbers that Lua's headers compile into a module, by which its Lua version can be told."""

from __future__ import annotations

import struct

from distrorocks.binaries.elf_image import Image

_LUA_NUMBERS = {502.0: "5.2", 503.0: "5.3", 504.0: "5.4", 505.0: "5.5"}
_MOST_LOOKED_AT = 64
_REGISTRY = {"5.1": -10_000, "5.2": -1_001_000, "5.5": -(0x7FFFFFFF // 2 + 1000)}
"""LUA_REGISTRYINDEX by the first Lua version that has it, from each luaconf.h and lua.h."""
_INDEXES = 4  # the registry, and in 5.1 the environment, the globals; then a few upvalues
X86 = ("x86_64", "386")
"""The processors whose instructions have numbers as they are."""


def lua_numbers(image: Image) -> tuple[str, ...]:
    """Return the Lua versions whose number stands among the constants, which are not code.

    ``luaL_checkversion``, of which the macros of Lua 5.2 and later are made, passes
    LUA_VERSION_NUM as a double.
    """
    return tuple(
        version
        for number, version in _LUA_NUMBERS.items()
        if _has_constant(image, struct.pack(f"{image.order}d", number))
    )


def _has_constant(image: Image, text: bytes) -> bool:
    for each in image.loaded:
        if each.is_code:
            continue
        at, end = each.offset, each.offset + each.size
        for _ in range(_MOST_LOOKED_AT):
            at = image.content.find(text, at, end)
            if at < 0:
                break
            if at % len(text) == 0:
                return True
            at += 1
    return False


def lua_registries(image: Image) -> tuple[str, ...]:
    """Return the Lua versions whose index of the registry, or of an upvalue, is in x86 code."""
    code = [each for each in image.loaded if each.is_code]
    found = []
    for version, registry in _REGISTRY.items():
        texts = [struct.pack("<i", registry - number) for number in range(_INDEXES)]
        if any(
            image.content.find(text, each.offset, each.offset + each.size) >= 0
            for text in texts
            for each in code
        ):
            found.append(version)
    return tuple(found)
