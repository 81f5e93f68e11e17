"""Files of a root: path lookup, digests, atomic writes, and the files that distrorocks ships."""
