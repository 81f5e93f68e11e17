"""Package families: deb, rpm and others: what their databases, indexes and names say."""
