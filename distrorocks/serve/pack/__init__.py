"""Rock files: of installed rocks, rockspecs, package files, and all that packages provide."""
