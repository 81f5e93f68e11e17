"""A rock's sources and what is known from them."""
