"""LuaRocks on this system: its configuration, its program, its project files."""
