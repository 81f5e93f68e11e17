"""Compiled files: what ELF files need, what systems have, and so what loads where."""
