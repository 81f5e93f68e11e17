"""Systems that no scratch root is there for: what their packaging says of libraries and Luas.

Versions of symbols belong to upstream's releases of a library, so they are those of a Debian root
that has the same release or a newer one, up to the system's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from distrorocks.binaries.symbol_version import parts

Up = Mapping[str, tuple[int, ...]]


class Other(NamedTuple):
    """A system; ``up_to`` has the newest version by the name of versions.

    ``luas`` are rows of a table; ``libraries`` are packages by soname.
    """

    name: str
    libc: str
    libc_version: str
    sources: tuple[str, ...]
    luas: tuple[tuple[str, ...], ...]
    libraries: Mapping[str, str]
    up_to: Up = MappingProxyType({})
    versions_of: str = "sid"

    def has_version(self, label: str) -> bool:
        """Return whether the system's library has a version that the newer one has."""
        if self.libc == "musl":
            return False  # its loader checks none
        name, numbers = parts(label)
        return name not in self.up_to or numbers <= self.up_to[name]


_GLIBC = {
    **dict.fromkeys(
        (
            *("ld-linux-x86-64.so.2", "libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0"),
            *("librt.so.1", "libutil.so.1", "libresolv.so.2", "libanl.so.1"),
        ),
        "glibc",
    ),
    "libgcc_s.so.1": "libgcc",
    "libstdc++.so.6": "libstdc++",
    "libatomic.so.1": "libatomic",
    "libgomp.so.1": "libgomp",
}
_FEDORA = {
    **_GLIBC,
    "libcrypto.so.3": "openssl-libs",
    "libssl.so.3": "openssl-libs",
    "libz.so.1": "zlib-ng-compat",
    "libbz2.so.1": "bzip2-libs",
    "liblzma.so.5": "xz-libs",
    "libzstd.so.1": "libzstd",
    "libexpat.so.1": "expat",
    "libxml2.so.2": "libxml2",
    "libyaml-0.so.2": "libyaml",
    "libcurl.so.4": "libcurl",
    "libsqlite3.so.0": "sqlite-libs",
    "libpq.so.5": "libpq",
    "libmariadb.so.3": "mariadb-connector-c",
    "libreadline.so.8": "readline",
    "libncursesw.so.6": "ncurses-libs",
    "libtinfo.so.6": "ncurses-libs",
    "libffi.so.8": "libffi",
    "libglib-2.0.so.0": "glib2",
    "libgobject-2.0.so.0": "glib2",
    "libgmodule-2.0.so.0": "glib2",
    "libgirepository-1.0.so.1": "gobject-introspection",
    "libevent-2.1.so.7": "libevent",
    "libev.so.4": "libev",
    "libuv.so.1": "libuv",
    "libzmq.so.5": "zeromq",
    "libsodium.so.26": "libsodium",
    "libhiredis.so.1.0.0": "hiredis",
    "libpcre2-8.so.0": "pcre2",
    "libcrypt.so.2": "libxcrypt",
    "libldap.so.2": "openldap",
    "libsasl2.so.3": "cyrus-sasl-lib",
    "libidn2.so.0": "libidn2",
    "libdbus-1.so.3": "dbus-libs",
    "libsystemd.so.0": "systemd-libs",
    "libgd.so.3": "gd",
    "libgcrypt.so.20": "libgcrypt",
}
_FEDORA_LUAS = (
    ("5.4", "lua", "liblua-5.4.so", "lua-libs", "shared"),
    ("5.1", "compat-lua", "liblua-5.1.so", "compat-lua-libs", "shared"),
    ("luajit", "luajit", "libluajit-5.1.so.2", "luajit", "static"),
)
_ALPINE = {
    "libc.musl-x86_64.so.1": "musl",
    "libgcc_s.so.1": "libgcc",
    "libstdc++.so.6": "libstdc++",
    "libcrypto.so.3": "libcrypto3",
    "libssl.so.3": "libssl3",
    "libz.so.1": "zlib",
    "libbz2.so.1": "libbz2",
    "liblzma.so.5": "xz-libs",
    "libzstd.so.1": "zstd-libs",
    "libexpat.so.1": "libexpat",
    "libxml2.so.2": "libxml2",
    "libyaml-0.so.2": "yaml",
    "libcurl.so.4": "libcurl",
    "libsqlite3.so.0": "sqlite-libs",
    "libpq.so.5": "libpq",
    "libmariadb.so.3": "mariadb-connector-c",
    "libreadline.so.8": "readline",
    "libncursesw.so.6": "libncursesw",
    "libffi.so.8": "libffi",
    "libglib-2.0.so.0": "glib",
    "libgobject-2.0.so.0": "glib",
    "libevent-2.1.so.7": "libevent",
    "libev.so.4": "libev",
    "libuv.so.1": "libuv",
    "libzmq.so.5": "libzmq",
    "libpcre2-8.so.0": "pcre2",
    "libldap.so.2": "libldap",
    "libsasl2.so.3": "libsasl",
    "libidn2.so.0": "libidn2",
    "libdbus-1.so.3": "dbus-libs",
}
_ALPINE_LUAS = (
    ("5.1", "lua5.1", "liblua.so.5", "lua5.1-libs", "shared"),
    ("5.2", "lua5.2", "liblua-5.2.so.0", "lua5.2-libs", "shared"),
    ("5.3", "lua5.3", "liblua-5.3.so.0", "lua5.3-libs", "shared"),
    ("5.4", "lua5.4", "liblua-5.4.so.0", "lua5.4-libs", "shared"),
    ("luajit", "luajit", "libluajit-5.1.so.2", "luajit", "static"),
)
_UNMEASURED = "no root was there to measure: from packaging files and release notes"

OTHERS = (
    Other(
        "fedora:41",
        "glibc",
        "2.40",
        (_UNMEASURED, "Fedora Changes/GNUToolchainF41: gcc 14, glibc 2.40", "lua.spec 5.4.6-6"),
        _FEDORA_LUAS,
        _FEDORA,
        {
            "GLIBC": (2, 40),
            "GLIBCXX": (3, 4, 33),
            "CXXABI": (1, 3, 15),
            "GCC": (14, 0, 0),
            "OPENSSL": (3, 2, 0),
        },
    ),
    Other(
        "fedora:42",
        "glibc",
        "2.41",
        (_UNMEASURED, "Fedora Changes/GNUToolchainF42: gcc 15, glibc 2.41", "lua.spec 5.4.7-3"),
        _FEDORA_LUAS,
        _FEDORA,
        {
            "GLIBC": (2, 41),
            "GLIBCXX": (3, 4, 34),
            "CXXABI": (1, 3, 15),
            "GCC": (14, 0, 0),
            "OPENSSL": (3, 2, 0),
        },
    ),
    Other(
        "alpine:3.21",
        "musl",
        "1.2.5",
        (_UNMEASURED, "aports main/lua5.4, main/musl of 3.21", "symbols: Debian's package of musl"),
        _ALPINE_LUAS,
        _ALPINE,
    ),
    Other(
        "alpine:3.22",
        "musl",
        "1.2.5",
        (_UNMEASURED, "aports main/lua5.4, main/musl of 3.22", "symbols: Debian's package of musl"),
        _ALPINE_LUAS,
        _ALPINE,
    ),
)
