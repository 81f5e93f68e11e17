"""MD5 where OpenSSL is not loaded, or refuses it."""

from __future__ import annotations

import hashlib
import importlib
import subprocess
import sys

import pytest

from distrorocks import md5


@pytest.mark.parametrize("has_own", [True, False], ids=["Python's own", "OpenSSL's"])
def test_the_digest_is_the_same_whoever_computes_it(
    monkeypatch: pytest.MonkeyPatch, has_own: bool
) -> None:
    """With all the text at once, or piece by piece."""
    if not has_own:
        monkeypatch.setitem(sys.modules, "_md5", None)
    made = importlib.reload(md5).md5
    expected = "900150983cd24fb0d6963f7d28e17f72"  # RFC 1321, A.5
    assert made(b"abc").hexdigest() == expected
    pieces = made()
    pieces.update(b"a")
    pieces.update(b"bc")
    assert pieces.hexdigest() == expected
    monkeypatch.undo()
    importlib.reload(md5)


def test_openssl_is_asked_for_no_security(monkeypatch: pytest.MonkeyPatch) -> None:
    """In FIPS mode it refuses MD5 to all who do not say so."""

    def refusing(text: bytes = b"", *, usedforsecurity: bool = True) -> object:
        if usedforsecurity:
            raise ValueError("[digital envelope routines] unsupported")
        return text

    monkeypatch.setitem(sys.modules, "_md5", None)
    monkeypatch.setattr(hashlib, "md5", refusing)
    made = importlib.reload(md5).md5
    monkeypatch.undo()
    assert made(b"abc") == b"abc"
    importlib.reload(md5)


def test_a_refresh_does_not_load_openssl() -> None:
    """It takes a tenth of the time of a trigger, for digests of some lines."""
    pytest.importorskip("_md5")
    code = "import sys, distrorocks.publish.refresh; print('_hashlib' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
