"""Rocks trees: paths, load order, dependency modes, the target, and the ledger."""
