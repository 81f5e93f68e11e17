"""Rocks trees on disk: reading and changing them, their journal, ledger and cache."""
