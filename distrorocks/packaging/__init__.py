"""Distribution packages of rocks: facts of a rock, a plan of its package, all of it values."""
