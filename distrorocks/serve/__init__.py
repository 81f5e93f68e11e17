"""Rocks servers' directories, and searching servers."""
