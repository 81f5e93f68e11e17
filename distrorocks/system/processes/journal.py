"""The system's log, syslog(3): where what happened unattended is read later."""

from __future__ import annotations

from distrorocks.rocks.quotation import escaped

IDENTITY = "distrorocks"


def record(line: str) -> None:
    """Log one warning as distrorocks; a log that is missing or fails is no error.

    Whatever is no printable character, a byte that is not UTF-8 too, is written as an escape.
    """
    import syslog

    try:
        syslog.openlog(IDENTITY, syslog.LOG_PID, syslog.LOG_DAEMON)
        syslog.syslog(syslog.LOG_WARNING, escaped(line))
        syslog.closelog()
    except (OSError, ValueError):
        return
