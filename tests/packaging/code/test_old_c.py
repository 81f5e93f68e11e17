"""C that compilers once accepted and now refuse is found by its text."""

from __future__ import annotations

import pytest

from distrorocks.packaging.code.old_c import IMPLICIT_INT, NO_OLD_C, old_c

UNTYPED = "static f(lua_State *L) {}"
CALL = "luaL_checklstring(L, 1, &n);"


def test_a_function_without_a_type_is_built_with_a_flag() -> None:
    """The evidence has the file, the line where it begins, and its name."""
    found = old_c({"a.c": "int x;\nstatic\nf(lua_State *L,\n  int n)\n{\n}\n"}, ("a.c",))
    assert found == ((IMPLICIT_INT,), ("a.c:2 f has no return type",), ())


@pytest.mark.parametrize(
    ("text", "is_old"),
    [
        (UNTYPED, True),
        ("f(int a, char **b, const char *c[]) {}", True),
        ("LUALIB_API luaopen_f (lua_State *L) {}", True),
        ("struct a { int b; };\nstatic f(void) {}", True),
        ("#ifdef A\nint a;\n#endif\nf(lua_State *L) {}", True),
        ("int g(int a) { if (a) { return; } }\nf(int a) {}", True),
        ("static int f(lua_State *L) {}", False),
        ("static int\nf(lua_State *L) {}", False),
        ("static f(lua_State *L);", False),
        ("FUNCTION(f) {}", False),
        ("FUNCTION() {}", False),
        ("FUNCTION(f, int a) {}", False),
        ("f(lua_State *) {}", False),
        (f"#define f(x) int x\n{UNTYPED}", False),
        ("void g() { while (int a) {} }", False),
        ("while (int a) {}", False),
        ("int a[] = { f(int x) };", False),
        (f"}}\n{UNTYPED}", False),
        (f"/* {UNTYPED} */", False),
        (f"static f(int {'a' * 600}) {{}}", False),
    ],
)
def test_only_what_is_surely_a_definition_is_one(text: str, *, is_old: bool) -> None:
    """A macro of the rock may have the type in it, and one in capitals takes no parameters."""
    assert bool(old_c({"a.c": text}, ()).flags) is is_old


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"int n; {CALL}", "int"),
        (f"unsigned int n = 0;\n{CALL}", "unsigned int"),
        (f"int a, b = 2, n;\n{CALL}", "int"),
        ("union { uint32_t n; } u;\nluaL_optlstring(L, 1, 0, &u.n);", "uint32_t"),
        ("void f(lua_State *L, int n) { lua_tolstring(L, 1, &n); }", "int"),
        (f"size_t n; {CALL}", ""),
        (f"ssize_t n; {CALL}", ""),
        (f"int n; f(); size_t n;\n{CALL}", ""),
        (f"size_t n; f(); int n;\n{CALL}", "int"),
        (f"{CALL}\nint n;", ""),
        (f"return n; {CALL}", ""),
        ("int n; luaL_checklstring(L, 1, (size_t *) &n);", ""),
        ("int n; luaL_checklstring(L, 1, n);", ""),
        ("int n; my_checklstring(L, 1, &n);", ""),
        (f"int m; {CALL}", ""),
    ],
)
def test_a_length_in_a_smaller_number_is_wrong(text: str, kind: str) -> None:
    """By the last declaration before the call; no flag hides that other memory is written."""
    found = old_c({"a.c": text}, ())
    function = text[text.rindex("lua") :].partition("(")[0] if kind else ""
    at = text.count("\n") + 1
    why = (f"a.c:{at} gives {function} a pointer to {kind}, not to size_t",) if kind else ()
    assert found == ((), (), why)


def test_only_what_is_built_is_read() -> None:
    """The sources that the rockspec names, else all but tests; C++ never had such functions."""
    texts = {"a.c": "", "b.c": UNTYPED, "tests/c.c": UNTYPED, "d.cpp": UNTYPED, "e.h": UNTYPED}
    assert old_c(texts, ("a.c",)) == NO_OLD_C
    assert old_c(texts, ()).evidence == ("b.c:1 f has no return type",)


def test_only_so_many_calls_are_read() -> None:
    """A file of hostile length takes no longer."""
    assert len(old_c({"a.c": f"int n;{CALL}\n" * 200}, ()).wrong) == 20
    assert old_c({"a.c": f"int n;{CALL}" * 200}, ()) == NO_OLD_C
