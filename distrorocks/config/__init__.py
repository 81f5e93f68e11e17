"""LuaRocks' configuration: its keys, their defaults, and how files are merged."""
