"""Decide what a package is built with: helpers of distrorocks, or what distributions ship today.

Packaging without our helpers has in plain shell what they do, and loads the modules itself; in
Debian it may build with dh-lua (``dh_lua.py``).
"""

from __future__ import annotations

from distrorocks.errors import NegativeError
from distrorocks.packaging.plan.draft import Draft
from distrorocks.packaging.plan.field import DH_LUA, HIGH, OTHER_HELPERS
from distrorocks.packaging.plan.fields import Fields
from distrorocks.packaging.plan.format import Tables


def put_helper(draft: Draft, tables: Tables, usual: str, *, has_dh_lua: bool = False) -> None:
    """Add the helper, by default the ``usual`` one of the format, and what plain shell loads."""
    is_named = tables.helper in OTHER_HELPERS
    source = "--helper" if is_named else f"{usual} by default"
    draft.put(Fields.helper, tables.helper if is_named else usual, source, HIGH)
    if draft.helper == DH_LUA and not has_dh_lua:
        raise NegativeError(
            "dh-lua is a helper of Debian alone",
            hint="use --helper plain; or name dh-lua under [deb] in distrorocks.toml",
        )
    put_loadable(draft)


def put_loadable(draft: Draft) -> None:
    """Add the modules that a check in plain shell loads."""
    left_out = {line.partition(" ")[0] for line in draft.unloadable}
    draft.put(Fields.loadable, tuple(it for it in draft.modules if it not in left_out))
