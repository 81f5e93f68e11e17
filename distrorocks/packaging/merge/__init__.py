"""The three-way merge of packaging that people edited."""
