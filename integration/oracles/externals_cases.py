"""Questions about external dependencies, asked of LuaRocks and of distrorocks alike.

``@`` in a text is the case's own directory, in which its files are made first.
"""

from __future__ import annotations

from typing import Any, NamedTuple

A_LIBS = ("a/lib/libfoo.so", "a/include/foo.h", "a/bin/foo")


class Case(NamedTuple):
    """One question: what is there, what is asked for, and how LuaRocks is configured."""

    what: str
    externals: dict[str, dict[str, str]] | None
    files: tuple[str, ...] = ()
    variables: dict[str, str] = {}  # noqa: RUF012 - nobody changes it
    config: dict[str, Any] = {}  # noqa: RUF012
    mode: str = "build"
    build: dict[str, Any] | None = None


def lib(name: str) -> dict[str, dict[str, str]]:
    """Ask for one library as FOO."""
    return {"FOO": {"library": name}}


def header(name: str) -> dict[str, dict[str, str]]:
    """Ask for one header as FOO."""
    return {"FOO": {"header": name}}


CASES = (
    Case("a library under the first prefix", lib("foo"), A_LIBS),
    Case("a library that is not there", lib("nolib"), A_LIBS),
    Case("a static library goes before a shared one", lib("foo"), (*A_LIBS, "a/lib/libfoo.a")),
    Case("at install a static library is none", lib("foo"), ("a/lib/libfoo.a",), mode="install"),
    Case("at install a shared one is", lib("foo"), A_LIBS, mode="install"),
    Case("a versioned file is found by a pattern", lib("foo"), ("a/lib/libfoo.so.3",)),
    Case("at install too", lib("foo"), ("a/lib/libfoo.so.3.1",), mode="install"),
    Case(
        "a plain name in a later directory goes before a pattern in an earlier one",
        lib("foo"),
        ("a/lib/libfoo.so.3", "a/lib64/libfoo.so"),
    ),
    Case("libraries below lib64", lib("foo"), ("a/lib64/libfoo.so",)),
    Case("libraries below the triplet", lib("foo"), ("a/lib/x86_64-linux-gnu/libfoo.so",)),
    Case("a file's whole name", lib("libfoo.so"), A_LIBS),
    Case("its static brother goes first", lib("libfoo.so"), ("a/lib/libfoo.a", "a/lib/libfoo.so")),
    Case("a name with a version in it", lib("libfoo.so.1"), ("a/lib/libfoo.so.1",)),
    Case("another version serves as well", lib("libfoo.so.1"), ("a/lib/libfoo.so.2",)),
    Case("a number is no extension", lib("foo.1"), ("a/lib/libfoo.1.so",)),
    Case("a name of Windows becomes one of Linux", lib("foo.dll"), ("a/lib/foo.so",)),
    Case("a dylib too", lib("libfoo.dylib"), A_LIBS),
    Case("a wildcard in the name", lib("libfo*.so"), A_LIBS),
    Case("a wildcard that fits nothing", lib("libnone*"), A_LIBS),
    Case("a header without its extension", header("foo"), A_LIBS),
    Case("a header with it", header("foo.h"), A_LIBS),
    Case("a header in a directory", header("foo/foo.h"), ("a/include/foo/foo.h",)),
    Case("a header that is missing", header("foo/foo.h"), A_LIBS),
    Case("at install headers do not matter", header("nothing.h"), A_LIBS, mode="install"),
    Case("a directory is no header", header("foo.h"), ("a/include/foo.h/x",)),
    Case("a wildcard of headers", header("fo*.h"), A_LIBS),
    Case("a program", {"FOO": {"program": "foo"}}, A_LIBS),
    Case("a program that is only in PATH", {"FOO": {"program": "sh"}}, A_LIBS),
    Case("all three", {"FOO": {"program": "foo", "header": "foo.h", "library": "foo"}}, A_LIBS),
    Case("nothing asked for", {"FOO": {}}, A_LIBS),
    Case("no dependencies, but a table of them", {}, A_LIBS),
    Case(
        "header and library must have one prefix",
        {"FOO": {"header": "foo.h", "library": "foo"}},
        ("a/include/foo.h", "b/lib/libfoo.so"),
    ),
    Case(
        "the first prefix with both",
        {"FOO": {"header": "foo.h", "library": "foo"}},
        ("a/include/foo.h", "b/lib/libfoo.so", "b/include/foo.h"),
    ),
    Case(
        "two prefixes where a directory is named",
        {"FOO": {"header": "foo.h", "library": "foo"}},
        ("a/include/foo.h", "x/libfoo.so"),
        {"FOO_LIBDIR": "@/x"},
    ),
    Case("NAME_DIR alone counts", lib("foo"), A_LIBS, {"FOO_DIR": "@/b"}),
    Case("NAME_DIR with the library", lib("foo"), ("x/lib/libfoo.so",), {"FOO_DIR": "@/x"}),
    Case("NAME_DIR ends with a slash", lib("foo"), ("x/lib/libfoo.so",), {"FOO_DIR": "@/x/"}),
    Case("NAME_LIBDIR alone counts", lib("foo"), A_LIBS, {"FOO_LIBDIR": "@/a/bin"}),
    Case("NAME_INCDIR", header("foo.h"), ("x/foo.h",), {"FOO_INCDIR": "@/x"}),
    Case("NAME_BINDIR", {"FOO": {"program": "foo"}}, ("x/foo",), {"FOO_BINDIR": "@/x"}),
    Case("DEPS_DIR replaces the prefixes", lib("foo"), A_LIBS, {"DEPS_DIR": "@/b"}),
    Case("DEPS_DIR with the library", lib("foo"), ("x/lib/libfoo.so",), {"DEPS_DIR": "@/x"}),
    Case(
        "NAME_DIR wins over DEPS_DIR",
        lib("foo"),
        ("x/lib/libfoo.so", "y/lib/libfoo.a"),
        {"DEPS_DIR": "@/y", "FOO_DIR": "@/x"},
    ),
    Case("another name's variable", lib("foo"), A_LIBS, {"BAR_DIR": "@/b"}),
    Case(
        "a prefix with directories of its own",
        lib("foo"),
        ("a/libs/libfoo.so",),
        config={"external_deps_dirs": [{"prefix": "@/a", "lib": "libs"}, "@/b", "@/c"]},
    ),
    Case(
        "which hold for later prefixes too",
        lib("foo"),
        ("b/libs/libfoo.so", "b/lib/libfoo.so"),
        config={"external_deps_dirs": [{"prefix": "@/a", "lib": "libs"}, "@/b", "@/c"]},
    ),
    Case(
        "several directories of its own",
        {"FOO": {"header": "foo.h", "library": "foo", "program": "foo"}},
        ("a/i2/foo.h", "a/l2/libfoo.so", "a/b1/foo"),
        config={
            "external_deps_dirs": [
                {"prefix": "@/a", "lib": ["l1", "l2"], "include": ["i1", "i2"], "bin": "b1"},
                "@/b",
                "@/c",
            ]
        },
    ),
    Case(
        "patterns of one's own",
        lib("foo"),
        ("a/lib/foo.lib",),
        config={
            "external_deps_patterns": {
                "bin": ["?"],
                "include": ["?.h"],
                "lib": ["?.lib", "x?", "y"],
            }
        },
    ),
    Case(
        "patterns at run time are others",
        lib("foo"),
        ("a/lib/libfoo.rt",),
        mode="install",
        config={
            "runtime_external_deps_patterns": {
                "bin": ["?"],
                "include": ["?.h"],
                "lib": ["lib?.rt", "lib?.so"],
            }
        },
    ),
    Case(
        "sub-directories of one's own",
        lib("foo"),
        ("a/here/libfoo.so",),
        config={"external_deps_subdirs": {"bin": "bin", "include": "include", "lib": "here"}},
    ),
    Case(
        "another extension",
        lib("libfoo.so"),
        ("a/lib/libfoo.xx",),
        config={"external_lib_extension": "xx"},
    ),
    Case("the first of two is missing", {"B": {"library": "foo"}, "A": {"library": "no"}}, A_LIBS),
    Case("the second is missing", {"A": {"library": "foo"}, "B": {"header": "no.h"}}, A_LIBS),
    Case("two that are there", {"A": {"library": "foo"}, "B": {"header": "foo.h"}}, A_LIBS),
    Case(
        "what one sets, the next sees",
        {"A": {"library": "foo"}, "DEPS": {"header": "x.h"}, "Z": {"library": "foo"}},
        (*A_LIBS, "b/include/x.h"),
    ),
    Case(
        "libraries of modules are dependencies",
        None,
        ("a/lib/libfoo.so", "a/lib/libstdc++.so"),
        build={"modules": {"m": {"sources": ["m.c"], "libraries": ["foo", "stdc++"]}}},
    ),
    Case(
        "one library alone",
        None,
        A_LIBS,
        build={"modules": {"m": {"sources": "m.c", "libraries": "foo"}}},
    ),
    Case(
        "a library of a module that is missing",
        None,
        build={"modules": {"m": {"sources": "m.c", "libraries": ["foo-bar.2"]}}},
    ),
    Case("modules without libraries", None, build={"modules": {"m": "m.lua"}}),
    Case("no build at all", None),
    Case("a name that leads up", header("../up.h"), ("a/up.h", "a/include/x")),
    Case("a name that leads up and is not there", lib("../../nothing"), A_LIBS),
    Case("an absolute name stays below", header("/etc/passwd"), A_LIBS),
    Case("an empty name", lib(""), A_LIBS),
    Case("a name with blanks", lib("foo bar"), ("a/lib/libfoo bar.so",)),
)
