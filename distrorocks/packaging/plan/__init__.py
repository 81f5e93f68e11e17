"""A packaging plan: each field with its source."""
