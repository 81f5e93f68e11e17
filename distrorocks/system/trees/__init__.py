"""Rocks trees on disk: reading, changing and restoring them, their ledger, cache and snapshots."""
