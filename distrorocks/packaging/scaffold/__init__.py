"""Write packaging, for one rock or for all it needs, and update it."""
