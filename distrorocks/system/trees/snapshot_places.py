"""Which tree a snapshot is of: its directories by path, device and inode, its user, its Lua."""

from __future__ import annotations

import os
from collections.abc import Iterator

from distrorocks.system.files.beneath import Beneath
from distrorocks.system.processes.process import boot_id
from distrorocks.system.trees.kept_files import KeptFiles, MisfitError
from distrorocks.system.trees.snapshot_record import Identity, Record
from distrorocks.system.trees.tree_place import TreePlace

_ROOT, _UNDO = "root", "undo"


def refuse_misfit(record: Record, place: TreePlace, below: Beneath, kept: KeptFiles) -> None:
    """Raise ``MisfitError`` for the record of another tree, user or Lua version."""
    hint = ""
    why = ""
    was = {each.name: each for each in record.places}
    now = {each.name: each for each in places_of(place, below, kept)}
    if record.user != os.geteuid():
        why = f"user id {record.user} wrote its record"
    elif record.lua_version != place.lua_version:
        why = f"it is of the tree for Lua {record.lua_version}"
    elif list(was) != list(now):
        why = "it is of a tree with other directories"
    elif was[_ROOT].path != place.root:
        why = f"it is of {was[_ROOT].path}: this tree was copied or moved from there"
        hint = f"move the tree back to {was[_ROOT].path}; or, if it is as it should be, remove "
        hint += place.undo
    else:
        is_same_boot = record.boot == boot_id()
        why = next(filter(None, (_difference(was, now, name, is_same_boot) for name in now)), "")
    if why:
        raise MisfitError(place.undo, why, hint)


def _difference(
    was: dict[str, Identity], now: dict[str, Identity], name: str, is_same_boot: bool
) -> str:
    """Return how a directory differs from the one in the record, or "".

    Device numbers change at boot: then the only check is whether a directory is on the file system
    of the root. A top may be a new directory: LuaRocks removes an empty one and creates it again.
    """
    old, new = was[name], now[name]
    if old.path != new.path:
        return f"{old.path} was meant, where now {new.path} is"
    is_top = name not in (_ROOT, _UNDO)
    if is_top and not (old.inode and new.inode):
        return ""
    if not is_top and old.inode != new.inode:
        return f"{new.path} is another directory than the one it is of"
    devices = old.device, new.device
    if not is_same_boot:
        devices = old.device == was[_ROOT].device, new.device == now[_ROOT].device
    if devices[0] != devices[1]:
        return f"{new.path} is on another device"
    return ""


def places_of(place: TreePlace, below: Beneath, kept: KeptFiles) -> Iterator[Identity]:
    """Yield the tree's root, its tops and the directory of the snapshot as they are now."""
    for name, path in ((_ROOT, place.root), *place.tops):
        status = os.fstat(below.directory("")) if path == "/" else below.status(path)
        device, inode = (status.st_dev, status.st_ino) if status else (0, 0)
        yield Identity(name, path, device, inode)
    yield Identity(_UNDO, place.undo, kept.status.st_dev, kept.status.st_ino)
