"""Help for package builds: staged files become a rock."""
