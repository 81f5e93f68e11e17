"""Command line: parse arguments, call the subject, print its report, return the exit status."""
