"""Decisions: from what is there to a list of changes, each with its reason."""
