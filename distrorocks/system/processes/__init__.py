"""Other programs and this process: running them, ending them, what they say."""
