"""Rocks trees on disk: reading, changing and restoring them, and what is remembered of them."""
