"""Source code of rocks, read for the Lua versions that it is for."""
