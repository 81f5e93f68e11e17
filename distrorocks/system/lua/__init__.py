"""Running Lua: the jail for untrusted code, and the interpreters of the system."""
