"""Side by side with LuaRocks, in one run."""
