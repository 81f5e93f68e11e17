"""How much of an index of rocks a distribution has packaged, and what to package next."""
