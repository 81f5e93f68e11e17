"""The machine: the only room that opens files or starts programs."""
