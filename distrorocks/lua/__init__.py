"""Lua tables as text; knows nothing of rocks."""
