"""What the system's package managers have, could install, and are building."""
