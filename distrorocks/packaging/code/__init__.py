"""Find out from source code which Lua versions a rock supports."""
