"""Three-way merge of packaging with a packager's edits."""
