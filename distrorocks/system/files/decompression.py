"""Compressed files as streams: they are unpacked only as far as somebody reads them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from typing import IO, cast

DAMAGE = (EOFError, OSError, zlib.error, lzma.LZMAError)
"""What reading such a stream raises where it is damaged."""


def decompressed(content: bytes) -> IO[bytes]:
    """Return what gzip, bzip2 or xz made ``content`` from, or ``content`` where none of them did.

    What is made of it may be a thousand times as large: read no more than there may be.
    """
    file = io.BytesIO(content)
    if content.startswith(b"\x1f\x8b"):
        return cast("IO[bytes]", gzip.GzipFile(fileobj=file))
    if content.startswith(b"BZh"):
        return bz2.BZ2File(file)
    if content.startswith(b"\xfd7zXZ"):
        return lzma.LZMAFile(file)
    return file
