"""What binary rocks need, and where they would load."""
