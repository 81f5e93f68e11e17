"""Report and edit LuaRocks' configuration."""
