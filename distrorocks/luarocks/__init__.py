"""LuaRocks on this machine: its configuration, program and Lua."""
