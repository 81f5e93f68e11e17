"""Publish the rocks of installed packages: refresh, the hooks, withdrawal."""
