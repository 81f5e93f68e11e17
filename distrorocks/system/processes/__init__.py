"""Processes: running and ending programs, sessions, signals and standard streams."""
