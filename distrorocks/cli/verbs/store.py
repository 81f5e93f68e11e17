"""``distrorocks store``: list the rocks of the rock store, remove some, or print its path."""

from __future__ import annotations

import argparse
import re
import time

from distrorocks.cli.arguments import add_json, lua_version
from distrorocks.cli.report import print_json, print_line, print_message, print_record
from distrorocks.errors import DistrorocksError, UsageError
from distrorocks.exit_status import DONE
from distrorocks.patterns import regex
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from distrorocks.world.rock_store import RockStore
    from distrorocks.world.rock_store_files import StoredRock

_SIZE = regex(r"([0-9]{1,15})([KMGT]?)i?B?", re.IGNORECASE)
_UNITS = "KMGT"
_STEP = 1024


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "action",
        metavar="list|prune|path",
        choices=("list", "prune", "path"),
        help="list the rocks, the most recently used first; prune: remove the least recently "
        "used; path: print the directory",
    )
    parser.add_argument(
        "--max-size",
        metavar="SIZE",
        type=size,
        help="with prune: the bytes that may stay, such as 500M or 0 (default: 2G)",
    )
    parser.add_argument(
        "--lua-version",
        metavar="VERSION",
        type=lua_version,
        help="with list: only rocks for this Lua version; with path: its rocks server",
    )
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Carry out one action; return 0 also for a store without rocks."""
    from distrorocks.world.rock_store import RockStore, store_directory

    if options.max_size is not None and options.action != "prune":
        raise UsageError("--max-size belongs to `store prune`")
    if options.lua_version and options.action == "prune":
        raise UsageError("--lua-version belongs to `store list` and `store path`")
    directory = store_directory()
    if not directory:
        raise DistrorocksError(
            "there is no rock store: the home directory is unknown", hint="set HOME"
        )
    store = RockStore(directory)
    if options.action == "path":
        _path(options, store)
    elif options.action == "list":
        _list(options, store)
    else:
        _prune(options, store)
    return DONE


def size(text: str) -> int:
    """Return the bytes that an argument names: 500M, 2G, 0; used as an argparse type."""
    found = _SIZE.fullmatch(text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size; write 500M or 2G")
    unit = found[2].upper()
    power = _UNITS.index(unit) + 1 if unit else 0
    return int(found[1]) << 10 * power


def size_text(count: int) -> str:
    """Return a number of bytes for people to read."""
    value, units = float(count), iter(_UNITS)
    unit = ""
    while value >= _STEP and unit != _UNITS[-1]:
        value, unit = value / _STEP, next(units)
    return f"{value:.1f} {unit}iB" if unit else f"{count} B"


def _path(options: argparse.Namespace, store: RockStore) -> None:
    """Print the directory of the store, or of the rocks server for a Lua version."""
    place = store.server(options.lua_version) if options.lua_version else store.directory
    if options.json:
        print_json({"path": place})
    else:
        print_record(place)


def _list(options: argparse.Namespace, store: RockStore) -> None:
    """Print a line for each rock."""
    rocks = [rock for rock in store.list() if options.lua_version in (None, "", rock.lua_version)]
    _refuse_unusable(store)
    if options.json:
        print_json({"path": store.directory, "rocks": list(map(_as_json, rocks))})
        return
    for rock in rocks:
        used = time.strftime("%Y-%m-%d %H:%M", time.localtime(rock.used))
        words = (rock.name, rock.version, rock.arch, f"Lua {rock.lua_version}", used)
        print_line(f"{'  '.join(words)}  {size_text(rock.size)}")
    print_message(f"{_counted(rocks)} in {store.directory}")


def _prune(options: argparse.Namespace, store: RockStore) -> None:
    """Remove the least recently used rocks, and print them."""
    removed = store.prune(options.max_size)
    _refuse_unusable(store)
    if options.json:
        print_json({"path": store.directory, "removed": list(map(_as_json, removed))})
        return
    for rock in removed:
        print_line(f"removed {rock.name} {rock.version} for Lua {rock.lua_version} ({rock.arch})")
    print_message(f"{_counted(removed)} removed from {store.directory}")


def _refuse_unusable(store: RockStore) -> None:
    """Raise ``DistrorocksError`` if the store could not be read or changed."""
    if store.warning:
        raise DistrorocksError(store.warning, hint="remove its directory: rocks are built again")


def _counted(rocks: Sequence[StoredRock]) -> str:
    total = size_text(sum(rock.size for rock in rocks))
    return f"{len(rocks)} rock{'' if len(rocks) == 1 else 's'} ({total})"


def _as_json(rock: StoredRock) -> dict[str, object]:
    """Return a rock for programs; ``used`` is in seconds since 1970, ``size`` in bytes."""
    return rock._asdict()
