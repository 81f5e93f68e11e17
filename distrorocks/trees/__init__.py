"""Where rocks lie: the paths of a tree, the order of trees, what we wrote there."""
