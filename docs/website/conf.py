"""The configuration of Sphinx, which writes the site."""

from __future__ import annotations

import re
from typing import Any

from distrorocks import __version__

project = "distrorocks"
release = __version__
copyright = "The distrorocks authors. MIT licence"  # noqa: A001  Sphinx' name for it
extensions = ["myst_parser"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 4
smartquotes = False  # what is copied from a page can be typed
html_theme = "furo"
html_title = f"distrorocks {release}"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_use_index = False

_PROMPT = re.compile(r"^[$#] ", re.MULTILINE)


def show_sessions(app: Any, doctree: Any) -> None:  # noqa: ARG001  Sphinx calls it so
    """Have commands look unlike their output, in blocks that are sessions of a shell."""
    for node in doctree.findall(lambda it: it.tagname == "literal_block"):
        if node.get("language") in (None, "none", "default") and _PROMPT.search(node.astext()):
            node["language"] = "console"


def setup(app: Any) -> None:
    """Connect what is above to Sphinx."""
    app.connect("doctree-read", show_sessions)
