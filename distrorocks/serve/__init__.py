"""Directories of rocks servers, search, and outdated rocks."""
