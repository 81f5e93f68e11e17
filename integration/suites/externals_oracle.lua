-- Asks LuaRocks itself about cases: arg[1] is a Lua file with them, the answers go to arg[2].
local cfg = require("luarocks.core.cfg")
assert(cfg.init({ lua_version = "5.4" }))
cfg.init_package_paths()
require("luarocks.fs").init()
local deps = require("luarocks.deps")
local persist = require("luarocks.persist")
local util = require("luarocks.util")

local chunk = {}
assert(loadfile(arg[1], "t", chunk))()
local plain = {}
for key, value in pairs(cfg) do
   plain[key] = value
end
local answers = {}
for number, case in ipairs(chunk.cases) do
   for key, value in pairs(plain) do
      cfg[key] = value
   end
   for key, value in pairs(case.config) do
      cfg[key] = type(value) == "table" and util.deep_copy(value) or value
   end
   local rockspec = {
      name = "rock",
      external_dependencies = case.external_dependencies,
      build = case.build,
      variables = util.deep_copy(case.variables),
      type = function() return "rockspec" end,
   }
   local ran, ok, why = pcall(deps.check_external_deps, rockspec, case.mode)
   local words = {}
   for name, value in pairs(rockspec.variables) do
      words[name] = value
   end
   answers[number] = {
      ok = ran and ok == true,
      why = ran and why or tostring(ok),
      crashed = not ran,
      variables = words,
   }
end
assert(persist.save_from_table(arg[2], { answers = answers }))
