"""No bytes in dpkg's database end in a traceback."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings, strategies as st

from distrorocks.errors import DistrorocksError
from distrorocks.families.deb.database import read_packages
from distrorocks.families.deb.stanzas import read_native_architecture
from distrorocks.families.distribution import parse_os_release

PIECES = st.sampled_from(
    (
        b"Package: lua-x\n",
        b"Package: dpkg\n",
        b"Package:\n",
        b"Status: install ok installed\n",
        b"Status: x\n",
        b"Version: 1.0-1\n",
        b"Architecture: all\n",
        b"Depends: a,\n b | c (>= 1)\n",
        b" continued\n",
        b"\n",
        b"/usr/share/lua/5.1/x.lua\n",
        b"/usr/share/lua/5.1/\xff\0\n",
        b"/usr/share/lua/5.1/../../../../etc/passwd\n",
        b"d41d8cd98f00b204e9800998ecf8427e  usr/share/lua/5.1/x.lua\n",
        b"lua-y\n",
        b":\n",
        b"\0\x80: \n",
    )
)
CONTENT = st.lists(PIECES | st.binary(max_size=8), max_size=12).map(b"".join)


@settings(max_examples=60, deadline=None)
@given(status=CONTENT, listed=CONTENT, sums=CONTENT, diversions=CONTENT, update=CONTENT)
def test_a_broken_database_is_read_as_far_as_it_goes(
    status: bytes, listed: bytes, sums: bytes, diversions: bytes, update: bytes
) -> None:
    """Either packages come back or one clear error; each package has a name, version and file."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        database = root / "var/lib/dpkg"
        (database / "info").mkdir(parents=True)
        (database / "updates").mkdir()
        (root / "usr/share/lua/5.1").mkdir(parents=True)
        (root / "usr/share/lua/5.1/x.lua").write_text("")
        for name, content in (
            ("status", status),
            ("diversions", diversions),
            ("updates/0000", update),
            ("info/lua-x.list", listed + b"/usr/share/lua/5.1/x.lua\n"),
            ("info/lua-x.md5sums", sums),
        ):
            (database / name).write_bytes(content)
        try:
            packages = read_packages(folder).packages
            read_native_architecture(folder)
        except DistrorocksError:
            return
        for package in packages:
            assert (package.name, package.files) == ("lua-x", ("/usr/share/lua/5.1/x.lua",))
            assert package.version


@given(st.text())
def test_any_text_is_an_os_release(text: str) -> None:
    """What has no form of a field is passed over."""
    assert isinstance(parse_os_release(text).id_like, tuple)
