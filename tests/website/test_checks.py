"""A site that is not whole in itself is refused."""

from __future__ import annotations

import pytest

from docs.website.checks import faults

GOOD = {
    "index.html": b'<link rel="stylesheet" href="_static/a.css?v=1"><script src="_static/a.js">'
    b'</script><h1 id="top">x</h1><a href="docs/b.html#c%20d">b</a><a href="#top">t</a>'
    b'<a href="https://example.org/">away</a><svg><use href="#top"></use></svg>'
    b'<a href="docs/">d</a>',
    "docs/b.html": b'<p id="c d"></p><img src="../_static/x.png"><a href="../index.html">up</a>',
    "docs/index.html": b"",
    "_static/a.css": b"a { background: url('x.png'), url(data:image/png;base64,AAAA) }",
    "_static/a.js": b"fetch('x'); // https://example.org/ is only named",
    "_static/x.png": b"\x89PNG",
}


def with_page(html: str) -> list[str]:
    """Return the faults of a good site with one more page."""
    return faults({**GOOD, "docs/new.html": html.encode()})


def test_a_whole_site_has_no_fault() -> None:
    """Links to the web are no files that a page loads."""
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    "html",
    [
        '<a href="none.html">x</a>',
        '<a href="b.html#none">x</a>',
        '<a href="#none">x</a>',
        '<a href="../../index.html">x</a>',
        '<img src="none.png">',
        '<link href="../_static/none.css">',
        '<svg><use href="#none"></use></svg>',
    ],
)
def test_what_leads_nowhere_is_found(html: str) -> None:
    """Pages, anchors, and files that a page loads."""
    (fault,) = with_page(html)
    assert "leads nowhere" in fault
    assert fault.startswith("docs/new.html: ")


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://cdn.example.org/a.js"></script>',
        '<script src="//cdn.example.org/a.js"></script>',
        '<link rel="stylesheet" href="https://fonts.example.org/css">',
        '<img src="http://example.org/a.png">',
        '<img srcset="a.png 1x, https://example.org/a.png 2x" src="../_static/x.png">',
        '<iframe src="https://example.org/"></iframe>',
        '<form action="https://example.org/search"></form>',
        "<style>@import 'https://example.org/a.css';</style>",
        '<p style="background: url(https://example.org/a.png)"></p>',
    ],
)
def test_what_comes_from_another_host_is_found(html: str) -> None:
    """In whatever way a page loads it, or sends something."""
    assert any("from another host" in each for each in with_page(html))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("_static/b.css", "@font-face { src: url(https://fonts.example.org/a.woff2) }"),
        ("_static/b.css", '@import "//example.org/b.css";'),
        ("_static/b.js", 'fetch("https://example.org/count")'),
        ("_static/b.js", 'script.src = "https://example.org/a.js"'),
    ],
)
def test_style_sheets_and_scripts_are_searched_too(path: str, text: str) -> None:
    """For what they load."""
    (fault,) = faults({**GOOD, path: text.encode()})
    assert fault.startswith(f"{path}: loads ")
    assert fault.endswith("from another host")
