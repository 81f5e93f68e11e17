"""Words in, words out, exit status."""
