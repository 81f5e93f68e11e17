"""What building a rock takes, as values."""
