"""The packaging formats."""
