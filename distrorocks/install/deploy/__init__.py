"""Deploy built rocks to a tree: observe, decide, apply as one transaction."""
