"""The machine: the only floor that opens files or starts programs."""
