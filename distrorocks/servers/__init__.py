"""Rocks servers: where they are, what their manifests say, and which of their files is taken."""
