"""Reading and writing Lua tables as text; independent of rocks."""
