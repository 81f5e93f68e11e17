"""Decide what a package is built with: helpers of distrorocks, or what distributions ship today.

Packaging without our helpers has in plain shell what they do, and loads the modules itself.
"""

from __future__ import annotations

from distrorocks.packaging.plan.draft import Draft
from distrorocks.packaging.plan.field import HIGH, PLAIN
from distrorocks.packaging.plan.fields import Fields
from distrorocks.packaging.plan.format import Tables


def put_helper(draft: Draft, tables: Tables, usual: str) -> None:
    """Add the helper, by default the ``usual`` one of the format, and what plain shell loads."""
    is_plain = tables.helper == PLAIN
    source = "--helper" if is_plain else f"{usual} by default"
    draft.put(Fields.helper, PLAIN if is_plain else usual, source, HIGH)
    put_loadable(draft)


def put_loadable(draft: Draft) -> None:
    """Add the modules that a check in plain shell loads."""
    left_out = {line.partition(" ")[0] for line in draft.unloadable}
    draft.put(Fields.loadable, tuple(it for it in draft.modules if it not in left_out))
