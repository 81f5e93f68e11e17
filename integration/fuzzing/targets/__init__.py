"""What is fuzzed: a file for each kind of untrusted input."""
