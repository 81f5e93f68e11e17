"""Source code of rocks, read only as far as it tells which Lua versions it is for."""
