"""Arch and its children: pacman."""
