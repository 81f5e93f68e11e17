"""Lua that runs: the jail for strangers' text, and the interpreters of the system."""
