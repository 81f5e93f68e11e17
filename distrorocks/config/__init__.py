"""LuaRocks' configuration: its keys, what holds where no file sets them, how files are joined."""
