"""OS-installed Lua modules as rocks that LuaRocks sees."""

__version__ = "0.2.0"
