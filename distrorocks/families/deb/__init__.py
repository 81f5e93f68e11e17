"""Debian and its children: dpkg and apt."""
