"""OS-installed Lua modules as rocks that LuaRocks sees."""

__version__ = "0.1.0"
