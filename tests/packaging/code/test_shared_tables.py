"""Fields that one module gives to the table of another are missing where that is loaded alone."""

from __future__ import annotations

import pytest

from distrorocks.packaging.code.module_loading import load_needs
from distrorocks.packaging.code.unloadable import unloadable

ROOT = "local t = require 'a.core'\nfunction t.make() end\nt.part = require 'a.part'\nreturn t"
WHY = "uses a.core.make, which a defines"


@pytest.mark.parametrize(
    ("root", "part", "core", "why"),
    [
        (ROOT, "local t = require 'a.core'\nreturn t.make()", None, WHY),
        (ROOT, "local t = require('a.core')\nreturn { x = t.make 'y' }", "return {}", WHY),
        (ROOT, "local t = require('a.core')\nlocal x = t.make.x", "return {}", WHY),
        (
            ROOT.replace("function t.make() end", "t.make = f"),
            "t = require 'a.core' t.make()",
            None,
            WHY,
        ),
        (ROOT, "local t = require 'a.core'\nt.make()", "return { make = print }", None),
        (ROOT, "local t = require 'a.core'\nt.other()", None, None),
        (ROOT, "local t = require 'a.core'\nfunction t.make() end t.make()", None, None),
        (ROOT, "local t = require 'a.core'\nlocal function f() t.make() end", None, None),
        (ROOT, "local t = require 'a.core'\nlocal f = x or t.make()", None, None),
        (ROOT, "local t = require 'a.core'\nlocal f = t.make", None, None),
        (ROOT, "local t = require 'a.core'.x\nt.make()", None, None),
        (ROOT, "local t = require 'a.core' or x\nt.make()", None, None),
        (ROOT, "local t = require(x)\nt.make()", None, None),
        (ROOT, "local t = require 'gone'\nt.make()", None, None),
        (ROOT.replace("a.core", "b"), "local t = require 'b'\nt.make()", None, None),
        ("return require 'a.part'", "local t = require 'a.core'\nt.make()", None, None),
        (
            "local t = require 'a.core'\nfunction t.make() end",
            "local t = require 'a.core'\nt.make()",
            None,
            None,
        ),
    ],
)
def test_a_module_that_uses_what_its_user_defines_does_not_load_alone(
    root: str, part: str, core: str | None, why: str | None
) -> None:
    """The module that requires it loads, as it defines the field; ``core`` may be in C."""
    texts = {"a": root, "a.part": part} | ({} if core is None else {"a.core": core})
    found = unloadable(load_needs(texts), ("a.core",), lambda _: "")
    assert found == ({} if why is None else {"a.part": why})
