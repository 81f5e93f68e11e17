"""What Sphinx and Furo leave out of their pages, and people who cannot see them need."""

from __future__ import annotations

_REPLACED = (
    ('<aside class="sidebar-drawer">', '<aside class="sidebar-drawer" aria-label="All pages">'),
    ('<aside class="toc-drawer">', '<aside class="toc-drawer" aria-label="On this page">'),
    ('role="heading">', 'role="heading" aria-level="2">'),
)


def accessible(html: str) -> str:
    """Return a page whose landmarks have names, and whose headings have levels."""
    for old, new in _REPLACED:
        html = html.replace(old, new)
    return html
