"""Dependency resolution: a compatible set of rock versions with their sources, or a proof of
conflict."""
