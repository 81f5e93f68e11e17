"""Starts distrorocks from the folder of this file; whatever is wrong with it is told in a line."""

import os
import sys

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
sys.path.append("/usr/lib/python3/dist-packages")

try:
    from distrorocks.cli.main import main

    sys.exit(main())
except Exception as error:
    import syslog

    words = " ".join(f"{type(error).__name__}: {error}".split())
    line = f"it cannot start: {words}".encode("ascii", "backslashreplace").decode()
    syslog.openlog("distrorocks", syslog.LOG_PID, syslog.LOG_DAEMON)
    syslog.syslog(syslog.LOG_WARNING, line)
    os.write(2, f"warning: distrorocks: {line}\n".encode())
