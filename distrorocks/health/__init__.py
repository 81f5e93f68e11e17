"""Find what is wrong with the Lua of a system, and the command that fixes it."""
