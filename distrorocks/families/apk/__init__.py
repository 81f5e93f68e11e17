"""Alpine and its children: apk."""
