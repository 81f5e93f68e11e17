"""MD5 for comparing files, never for security: LuaRocks and dpkg record it.

Python's own is taken where it was built: it starts without OpenSSL, which takes milliseconds to
load, and works where OpenSSL refuses MD5 (FIPS mode).
"""

from __future__ import annotations

TYPE_CHECKING = False  # as in ``values``, which is on the same floor

if TYPE_CHECKING:
    from hashlib import md5
else:
    try:
        from _md5 import md5
    except ImportError:
        from functools import partial
        from hashlib import md5 as _with_openssl

        md5 = partial(_with_openssl, usedforsecurity=False)

__all__ = ["md5"]
