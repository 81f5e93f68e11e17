"""Rocks servers: addresses, manifests, downloads, and the choice among their files."""
