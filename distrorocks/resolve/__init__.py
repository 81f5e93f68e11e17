"""Which versions of which rocks go together, from which place, and why not when none do."""
