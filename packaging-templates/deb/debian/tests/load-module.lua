{% if dh_lua_lines|join|replace(" LUA_TEST=", "\0") != dh_lua_lines|join %}
-- Load the module that is named as argument: with Lua, and in programs that dh-lua links with it.
require((...))
{% endif %}
