"""What authors of rocks do: write a rockspec, update it for a new version, set up a project."""
