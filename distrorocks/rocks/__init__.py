"""LuaRocks' concepts as values, without access to the machine."""
