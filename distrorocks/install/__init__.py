"""Plan, install and remove rocks."""
