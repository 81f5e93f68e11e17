"""Conformance: distrorocks' answers beside those that LuaRocks gave, file by file."""
