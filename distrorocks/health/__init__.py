"""Find problems with a system's Lua modules and rocks, and the commands that fix them."""
