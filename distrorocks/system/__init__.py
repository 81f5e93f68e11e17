"""The machine: the lowest layer that opens files or starts programs."""
