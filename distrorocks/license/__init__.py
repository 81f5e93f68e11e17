"""Licences: what a rockspec and its files say of them, in SPDX and in Debian's words."""
