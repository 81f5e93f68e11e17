"""Modules and commands that two rocks, or a rock and a package, both have: which one is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from shlex import quote
from types import MappingProxyType

from distrorocks.health.coherence import DUPLICATE, SHADOWED, RockFinding
from distrorocks.health.unread import UnreadTree, unread_tree_of
from distrorocks.rocks.quotation import some_of
from distrorocks.trees.deployed_rock import DeployedRock
from distrorocks.values import NamedTuple
from distrorocks.world.load_order import Load

_MOST_NAMED = 3


class Holder(NamedTuple):
    """A rock, or the files of a package that are of no rock (``rock`` is None), and its files.

    ``modules`` and ``commands`` map a name to the path of the file. ``package`` owns the files,
    "" if none does. ``unread`` is the tree of files whose rock, if there is one, is unknown.
    """

    rock: DeployedRock | None
    package: str = ""
    modules: Mapping[str, str] = MappingProxyType({})
    commands: Mapping[str, str] = MappingProxyType({})
    unread: UnreadTree | None = None

    def __str__(self) -> str:
        """Return who has the files."""
        if self.unread:
            return f"a file of {self.unread}"
        if self.rock is None:
            return f"the package {self.package}"
        return f"{self.rock} in {self.rock.layout.root}"

    def is_like(self, other: Holder) -> bool:
        """Return whether both are of one package, or of one rock in one tree, or of no rock.

        A package settles its own files, and LuaRocks manages the versions of a rock; packages
        among themselves are for their manager.
        """
        if self.package and self.package == other.package:
            return True
        if self.rock is None or other.rock is None:
            return self.rock is other.rock
        return (self.rock.name, self.rock.layout) == (other.rock.name, other.rock.layout)


_NOBODY = Holder(None)
_Places = dict[str, dict[str, None]]


def overlaps(
    holders: Sequence[Holder],
    loads: Callable[[str], Sequence[Load]],
    unread: Sequence[UnreadTree] = (),
) -> Iterator[RockFinding]:
    """Yield what is hidden or held twice; ``loads`` says what each way to start Lua loads.

    ``unread`` are trees whose rocks are unknown.
    """
    yield from _modules(holders, loads, unread)
    yield from _same_rocks(holders)
    yield from _commands(holders)


def _modules(
    holders: Sequence[Holder],
    loads: Callable[[str], Sequence[Load]],
    unread: Sequence[UnreadTree],
) -> Iterator[RockFinding]:
    """Yield a finding for each pair of holders of which one hides modules of the other."""
    by_path = {path: each for each in reversed(holders) for path in each.modules.values()}
    strangers = {each.layout: Holder(None, unread=each) for each in unread}
    hidden: dict[tuple[int, int], tuple[Holder, Holder, _Places]] = {}
    for loser in holders:
        for module, path in sorted(loser.modules.items()):
            for load in loads(module.removesuffix(".init")):
                if load.path in ("", path):
                    continue
                winner = by_path.get(load.path, _NOBODY)
                if winner is _NOBODY and (tree := unread_tree_of(load.path, unread)):
                    winner = strangers[tree.layout]
                if winner.is_like(loser):
                    continue
                key = id(loser), id(winner)
                _, _, places = hidden.setdefault(key, (loser, winner, {}))
                places.setdefault(module, {})[load.way] = None
    for loser, winner, places in hidden.values():
        finding = _hidden(loser, winner, places)
        if finding:
            yield finding


def _hidden(loser: Holder, winner: Holder, places: _Places) -> RockFinding | None:
    """Return the finding that a holder hides modules of another."""
    ways = dict.fromkeys(way for each in places.values() for way in each)
    reason = f"loaded by {', '.join(ways)}"
    named = some_of("module", sorted(places), _MOST_NAMED)
    if loser.rock is None:
        if winner.rock is None:
            return None  # files of no known rock and packages among themselves are for `verify`
        summary = f"hides {named} of {loser}"
        return RockFinding(SHADOWED, winner.rock, summary, reason, _hint(winner, loser))
    if winner is _NOBODY:
        summary = f"has its {named} hidden by a file of no rock and no package"
        module = min(places).removesuffix(".init")
        hint = f"`distrorocks which {module}` names the file; remove it"
        return RockFinding(SHADOWED, loser.rock, summary, reason, hint)
    hint = _hint(winner, loser)
    if winner.rock is not None and winner.rock.name == loser.rock.name:
        if winner.rock.version == loser.rock.version:
            return None  # told as a duplicate
        return RockFinding(SHADOWED, loser.rock, f"is hidden by {winner}", reason, hint)
    summary = f"has its {named} hidden by {winner}"
    return RockFinding(SHADOWED, loser.rock, summary, reason, hint)


def _same_rocks(holders: Sequence[Holder]) -> Iterator[RockFinding]:
    """Yield the versions of rocks that an earlier tree has too."""
    first: dict[tuple[str, str], Holder] = {}
    for each in holders:
        if not (rock := each.rock):
            continue
        above = first.setdefault((rock.name, rock.version.string), each)
        if above.rock and above.rock.layout != rock.layout:
            reason, hint = "the same version is in another tree", _hint(above, each)
            yield RockFinding(DUPLICATE, rock, f"is also {above}", reason, hint)


def _commands(holders: Sequence[Holder]) -> Iterator[RockFinding]:
    """Yield the commands that two holders have."""
    first: dict[str, Holder] = {}
    shared: dict[tuple[int, int], tuple[Holder, Holder, list[str]]] = {}
    for each in holders:
        for command in sorted(each.commands):
            above = first.setdefault(command, each)
            if not above.is_like(each):
                key = id(above), id(each)
                shared.setdefault(key, (above, each, []))[2].append(command)
    for above, each, commands in shared.values():
        rock, other = (each.rock, above) if each.rock else (above.rock, each)
        if rock is None or (other.rock and other.rock.name == rock.name):
            continue
        summary = f"shares {some_of('command', commands, _MOST_NAMED)} with {other}"
        reason = "the one in the first directory of PATH runs"
        yield RockFinding(DUPLICATE, rock, summary, reason, _hint(above, each))


def _hint(winner: Holder, loser: Holder) -> str:
    """Return the command that removes one of two holders, the one that no package owns.

    Of files whose rock is unknown it is what tells their rock.
    """
    if winner.unread:
        return winner.unread.hint
    for each in (winner, loser):
        if each.rock and not each.package:
            rock, layout = each.rock, each.rock.layout
            words = f"--tree={quote(layout.root)} --lua-version={layout.lua_version}"
            return f"if you need the other: distrorocks remove {rock.name} {rock.version} {words}"
    return f"remove one of the packages {winner.package} and {loser.package}"
