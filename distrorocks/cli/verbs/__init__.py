"""One file for each word that can follow ``distrorocks``."""
