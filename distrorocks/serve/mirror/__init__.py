"""Mirrors: the closure of rocks, from servers into a folder that is a server itself."""
