-- How LuaRocks builds the package: with the flags of dpkg-buildflags, without wrappers of commands.
local triplet = os_getenv("DEB_HOST_MULTIARCH")

wrap_bin_scripts = false
gcc_rpath = false
variables = {
   CFLAGS = (os_getenv("CPPFLAGS") or "") .. " " .. (os_getenv("CFLAGS") or "") .. " -fPIC",
   -- The C library is named even by a module that needs nothing but Lua.
   LIBFLAG = "-shared -Wl,--push-state,--no-as-needed -lc -Wl,--pop-state "
      .. (os_getenv("LDFLAGS") or ""),
}
external_deps_dirs = { "/usr" }
external_deps_subdirs = {
   bin = "bin",
   lib = { "lib/" .. triplet, "lib" },
   include = { "include", "include/" .. triplet },
}
runtime_external_deps_subdirs = external_deps_subdirs
