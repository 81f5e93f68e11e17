"""The statuses that the command line leaves with; ``docs/exit-status.md`` is their table.

A script tells by them "broken" (``FINDINGS``) from "could not run" (``FAILED``).
"""

DONE = 0
"""What was asked for is done, or a check found nothing."""

FINDINGS = 1
"""The answer is no: a check has findings, nothing fits, nothing is found. Nothing was changed."""

USAGE = 2
"""The command line itself is wrong, whatever the machine holds."""

FAILED = 3
"""It could not be done: input that cannot be read, a server that is silent, a full disk."""

LOCKED = 4
"""Another program holds the lock of the tree."""

INTERRUPTED = 130
"""Ctrl-C ended the run."""

SIGNALLED = 128
"""A signal ended the run: its number is added, which makes 129 of SIGHUP and 143 of SIGTERM.

141, that of SIGPIPE, means that the reader of the output stopped early, as ``head`` does.
"""
