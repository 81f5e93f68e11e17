"""Compressed files as streams, decompressed only as far as they are read."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from typing import IO, cast

DAMAGE = (EOFError, OSError, zlib.error, lzma.LZMAError)
"""The errors that reading a damaged stream raises."""


def decompressed(content: bytes) -> IO[bytes]:
    """Return a stream that decompresses gzip, bzip2 or xz, or yields other ``content`` as is.

    The result may be a thousand times as large: the caller must bound how much it reads.
    """
    file = io.BytesIO(content)
    if content.startswith(b"\x1f\x8b"):
        return cast("IO[bytes]", gzip.GzipFile(fileobj=file))
    if content.startswith(b"BZh"):
        return bz2.BZ2File(file)
    if content.startswith(b"\xfd7zXZ"):
        return lzma.LZMAFile(file)
    return file
