"""The plan of a package's next version, where it differs from that of a first one."""

from __future__ import annotations

from distrorocks.packaging.field import HIGH, SETTINGS, Field, Value
from distrorocks.packaging.plan import PackagingPlan

_SAID: dict[str, Value] = {
    "changes": ("New upstream release.",),
    "bug_closed": "",
    "release": "1",
}


def as_update(plan: PackagingPlan, known: str) -> PackagingPlan:
    """Return a plan whose history says what an update from version ``known`` is."""
    fields = dict(plan.fields)
    for key, value in _SAID.items():
        if key in fields and fields[key].source != SETTINGS:
            fields[key] = Field(key, value, f"an update from {known}", HIGH)
    return plan._replace(fields=fields)
