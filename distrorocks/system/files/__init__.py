"""Files of a root: their paths, their digests, writing them whole, what distrorocks ships."""
