-- Evaluates one text of strangers and answers with plain Lua text.
-- Runs inside the jail's worker, on Lua 5.1 to 5.4. The chunk's value is a function
-- (text, environment) -> answer, whose first letter says what the rest is:
--   V  the result: u = {names of globals read while unset}, g = {globals}
--   S  a syntax error    R  a run-time error    L  a limit was reached
-- In a result F stands for a function and N for not-a-number.

local load, loadstring, setfenv = load, loadstring, setfenv
local error, next, pcall, select, setmetatable = error, next, pcall, select, setmetatable
local tonumber, tostring, type = tonumber, tostring, type
local byte, find, format, match, rep = string.byte, string.find, string.format, string.match, string.rep
local concat = table.concat
local collect, huge, number_type = collectgarbage, math.huge, math.type

local MAX_TEXT = 4 * 1024 * 1024
local MAX_ANSWER = 8 * 1024 * 1024
local MAX_VALUES = 400000
local MAX_LEVELS = 95
local MAX_NAMES = 10000
local LIMIT = {}

string.dump = nil
string.rep = function(text, count, separator)
   local times, width = tonumber(count), #tostring(text) + #tostring(separator or "")
   if times and times * width > MAX_TEXT then
      error("resulting string too large", 2)
   end
   return rep(text, count, separator)
end

local function compile(text, environment)
   if byte(text, 1) == 27 then
      return nil, "compiled Lua is never run"
   end
   if setfenv then
      local chunk, fault = loadstring(text, "=text")
      return chunk and setfenv(chunk, environment), fault
   end
   return load(text, "=text", "t", environment)
end

local function number(value)
   if number_type and number_type(value) == "integer" then
      local text = format("%d", value)
      return text == "-9223372036854775808" and "(-9223372036854775807-1)" or text
   elseif value ~= value then
      return "N"
   elseif value == huge or value == -huge then
      return value > 0 and "1e999" or "-1e999"
   end
   local text = format("%.17g", value)
   return number_type and match(text, "^%-?%d+$") and text .. ".0" or text
end

local function answer(result)
   local out, count, size, values = {}, 0, 0, 0

   local function put(text)
      count, size = count + 1, size + #text
      if size > MAX_ANSWER then
         error(LIMIT)
      end
      out[count] = text
   end

   local write

   local function write_table(value, level)
      if level > MAX_LEVELS then
         LIMIT.what = "tables hold tables more than " .. MAX_LEVELS .. " levels deep"
         error(LIMIT)
      end
      put("{")
      for key, item in next, value do
         local kind = type(key)
         if kind ~= "string" and kind ~= "number" then
            LIMIT.what = "a table has a key that is a " .. kind
            error(LIMIT)
         end
         put("[")
         write(key, level)
         put("]=")
         write(item, level)
         put(",")
      end
      put("}")
   end

   write = function(value, level)
      values = values + 1
      if values > MAX_VALUES then
         error(LIMIT)
      end
      local kind = type(value)
      if kind == "string" then
         if #value > MAX_ANSWER then
            error(LIMIT)
         end
         put(format("%q", value))
      elseif kind == "number" then
         put(number(value))
      elseif kind == "table" then
         write_table(value, level + 1)
      elseif kind == "function" then
         put("F")
      else
         put(tostring(value))
      end
   end

   LIMIT.what = "the result is too large"
   for name, value in next, result do
      put(name .. "=")
      write(value, 0)
      put("\n")
   end
   return concat(out)
end

local function fault(letter, message)
   if message == LIMIT then
      return "L" .. LIMIT.what
   end
   message = tostring(message)
   if find(message, "not enough memory", 1, true) then
      return "Lit needs more memory than it may have"
   end
   return letter .. message
end

local function evaluate(text, environment)
   local globals = compile(environment, {})()
   local names, seen = {}, {}
   setmetatable(globals, {
      __index = function(_, name)
         if type(name) == "string" and not seen[name] and #names < MAX_NAMES then
            seen[name] = true
            names[#names + 1] = name
         end
      end,
   })
   local chunk, message = compile(text, globals)
   if not chunk then
      return fault("S", message)
   end
   local fine, reason = pcall(chunk)
   if not fine then
      return fault("R", reason)
   end
   setmetatable(globals, nil)
   local whole, written = pcall(answer, { u = names, g = globals })
   if not whole then
      return fault("R", written)
   end
   return "V" .. written
end

local function evaluate_and_forget(text, environment)
   local fine, reply = pcall(evaluate, text, environment)
   if not fine then
      reply = fault("R", reply)
   end
   if collect("count") > 16384 then
      collect()
   end
   return reply
end

if select(1, ...) ~= "serve" then
   return evaluate_and_forget
end

-- As a program of its own: one request after another on standard input.
local input, output = io.stdin, io.stdout
output:write("5\nready")
output:flush()
while true do
   local header = input:read("*l")
   if not header then
      break
   end
   local first, second = match(header, "^(%d+) (%d+)$")
   local environment = input:read(tonumber(first)) or ""
   local text = tonumber(second) > 0 and input:read(tonumber(second)) or ""
   local reply = evaluate_and_forget(text, environment)
   output:write(format("%d\n", #reply), reply)
   output:flush()
end
