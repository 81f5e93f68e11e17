"""The LuaRocks of a machine: its configuration, its program, its Lua."""
