"""Packaging on disk: the rock that goes in, templates, settings, the folder that comes out."""
