"""Rocks servers and rock files: fetching, reading and remembering what they offer."""
