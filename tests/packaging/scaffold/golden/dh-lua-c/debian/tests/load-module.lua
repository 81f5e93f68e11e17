-- Load the module that is named as argument: with Lua, and in programs that dh-lua links with it.
require((...))
