"""Sources of rocks: from a rockspec's ``source`` table to a folder that can be built in.

``fetch.fetch_sources`` is the interface; it uses the other modules.
"""
