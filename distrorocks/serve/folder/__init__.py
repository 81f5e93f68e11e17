"""Folders that rocks servers publish: their manifests, page and sums, and changes to them."""
