"""How much of a provided rock's metadata is published: the modes of a refresh.

``complete`` tells the truth in full, in the rockspec and in the rock_manifest. ``minimal`` is the
least that LuaRocks' page on distro modules asks for, an empty rock_manifest. ``protected`` has the
rockspec and an empty rock_manifest, so that `luarocks remove` finds no file of a package that it
could delete.
"""

from __future__ import annotations

COMPLETE, MINIMAL, PROTECTED = "complete", "minimal", "protected"
MODES = (COMPLETE, MINIMAL, PROTECTED)
