"""Packages of an operating system, seen as providers of rocks."""
