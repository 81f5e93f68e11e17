"""Files of the sources that were compiled elsewhere, for this system or for others.

No distribution accepts them: what a package has is built from its sources. They are known by their
first bytes, and looked at where their names are those of such files or have no ending. Data of
tests is left alone.
"""

from __future__ import annotations

import re

BEGINNING = 64
"""The bytes of a file that are looked at."""
_NAME = re.compile(
    r"\.(?:so(?:\.[\d.]+)?|dylib|bundle|dll|pyd|exe|com|lib|a|o|obj|luac|class|jar|wasm)\Z"
    r"|(?:\A|/)[^./]+\Z",
    re.IGNORECASE,
)
_TESTS = re.compile(r"(?:\A|/)(?:t|tests?|specs?|testdata|fixtures?)/", re.IGNORECASE)
_STARTS = (
    b"\x7fELF",
    b"MZ",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"!<arch>\n",
    b"\x1bLua",
    b"\x1bLJ",
    b"\0asm",
    b"L\x01",  # objects of Windows, for 32 and for 64 bits
    b"d\x86",
)


def may_be_compiled(path: str) -> bool:
    """Return whether a file has to be looked at: by its name it may be compiled, and no test's."""
    return _NAME.search(path) is not None and _TESTS.search(path) is None


def is_compiled(path: str, beginning: bytes) -> bool:
    """Return whether the first bytes of a file are those of a compiled one; text is not."""
    if path.lower().endswith(".jar"):
        return beginning.startswith(b"PK")
    is_text = b"\0" not in beginning and not beginning.startswith(b"!<arch>\n")
    return not is_text and beginning.startswith(_STARTS)
