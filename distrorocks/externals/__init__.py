"""What rocks need from outside LuaRocks: libraries, headers and programs."""
