"""Mutants: small faults in modules that decide, each of which some test has to find."""
