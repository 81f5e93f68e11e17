"""Write ``docs/packaging-fields.md``: the fields of packaging plans, from their table.

python -m integration.makers.field_reference
"""

from __future__ import annotations

import sys
from pathlib import Path

from distrorocks.packaging.plan.field import ALL_FORMATS
from distrorocks.packaging.plan.fields import DEFINITIONS

PAGE = Path(__file__).parent.parent.parent / "docs/packaging-fields.md"
HEAD = """# Fields of a packaging plan

For people who package rocks. `distrorocks scaffold` decides these fields, and templates use them.
`--explain FIELD` prints one with its value and source. A field marked *set* is a key of
`distrorocks.toml` ([scaffold.md](scaffold.md)). This page is made by
`python -m integration.makers.field_reference`.

| field | type | set | formats | what it is | where it comes from |
|---|---|---|---|---|---|
"""


def reference() -> str:
    """Return the page."""
    rows = []
    for key, each in sorted(DEFINITIONS.items()):
        formats = "all" if each.formats == ALL_FORMATS else ", ".join(each.formats)
        is_set = "yes" if each.is_settable else "no"
        cells = (f"`{key}`", each.kind_name, is_set, formats, each.description, each.source)
        rows.append(f"| {' | '.join(cells)} |\n")
    return HEAD + "".join(rows)


def main() -> int:
    """Write the page."""
    PAGE.write_text(reference())
    return 0


if __name__ == "__main__":
    sys.exit(main())
