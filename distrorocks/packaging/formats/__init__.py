"""Debian, rpm and other formats of packaging."""
