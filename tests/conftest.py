"""How long, and how often alike, the property tests search."""

from __future__ import annotations

import os
import signal

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.register_profile("repeatable", deadline=None, derandomize=True, print_blob=True)
settings.load_profile(
    "repeatable" if os.environ.get("CI", "").lower() in ("1", "true", "yes") else "patient"
)

# Whoever runs the suite may ignore them, as nohup and background jobs do; children inherit that.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)
