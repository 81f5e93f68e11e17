"""LuaRocks' nouns: values, without a machine."""
