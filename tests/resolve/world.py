"""Small universes of rocks for the tests of the resolver, and the questions asked of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Self

from distrorocks.errors import DistrorocksError
from distrorocks.resolve.candidate import Candidate, Need, Origin, Unusable
from distrorocks.resolve.preference import Limits, Preference
from distrorocks.resolve.solution import Solution
from distrorocks.resolve.solver import resolve
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.version import Version

SERVER = "https://rocks.example"


def root_need(text: str) -> Need:
    """Return a need of the start."""
    name = text.removeprefix("apart ")
    return Need(Dependency.parse(name), is_apart=name != text)


class World:
    """An index made by hand; it counts what it is asked."""

    def __init__(self) -> None:
        self.listed: dict[str, list[Candidate]] = {}
        self.spaced: dict[tuple[str, str], list[Candidate]] = {}
        self.needs: dict[Candidate, list[Need]] = {}
        self.broken: dict[Candidate, str] = {}
        self.down: dict[str, str] = {}
        self.asked: set[tuple[str, str | None]] = set()
        self.read: list[Candidate] = []
        self.fetched: list[Candidate] = []

    def add(self, rock: str, *needs: str, origin: Origin, place: str) -> Candidate:
        """Add a candidate such as ``foo 1.0-1`` or ``me/foo 1.0-1``; ``!`` marks build needs."""
        full, version = rock.split()
        namespace, slash, name = full.rpartition("/")
        candidate = Candidate(name, Version.parse(version), origin, place, namespace or None)
        if slash and origin is Origin.SERVER:
            self.spaced.setdefault((name, namespace), []).append(candidate)
        else:
            self.listed.setdefault(name, []).append(candidate)
        self.needs[candidate] = [
            Need(
                Dependency.parse(text.lstrip("!")),
                f"{name}-{version}.rockspec:{line}",
                text.startswith("!"),
            )
            for line, text in enumerate(needs, 8)
        ]
        return candidate

    def server(self, rock: str, *needs: str) -> Self:
        """Add a rock that the server has."""
        self.add(rock, *needs, origin=Origin.SERVER, place=SERVER)
        return self

    def installed(self, rock: str, *needs: str, tree: str = "/usr/local") -> Self:
        """Add a rock of a tree."""
        self.add(rock, *needs, origin=Origin.INSTALLED, place=tree)
        return self

    def distro(self, rock: str, *needs: str) -> Self:
        """Add a rock that the distribution has a package of."""
        name = rock.split()[0]
        self.add(rock, *needs, origin=Origin.DISTRO, place=f"lua-{name}")
        return self

    def provided(self, rock: str) -> Self:
        """Add what Lua provides."""
        self.add(rock, origin=Origin.PROVIDED, place="")
        return self

    def unreadable(self, rock: str, why: str) -> Self:
        """Add a rock of the server whose rockspec cannot be read."""
        self.broken[self.add(rock, origin=Origin.SERVER, place=SERVER)] = why
        return self

    def candidates(self, name: str, namespace: str | None) -> Sequence[Candidate]:
        """Answer as an index."""
        self.asked.add((name, namespace))
        if name in self.down:
            raise DistrorocksError(self.down[name])
        listed = self.listed.get(name, [])
        if namespace is None:
            return listed
        spaced = self.spaced.get((name, namespace), [])
        return [each for each in listed if each.namespace == namespace] + spaced

    def dependencies(self, candidate: Candidate) -> Sequence[Need]:
        """Answer as an index."""
        self.read.append(candidate)
        if candidate in self.broken:
            raise Unusable(self.broken[candidate])
        return self.needs[candidate]

    def prefetch(self, candidates: Sequence[Candidate]) -> None:
        """Remember what was announced."""
        self.fetched += candidates

    def solve(
        self,
        *roots: str,
        preference: Preference = Preference.INSTALLED,
        pins: Mapping[str, str] | None = None,
        limit: Limits | None = None,
    ) -> Solution:
        """Resolve needs given as texts; ``apart foo 1.0`` is one that is apart."""
        return resolve(
            [root_need(root) for root in roots],
            self,
            preference=preference,
            pins={name: Version.parse(text) for name, text in (pins or {}).items()},
            limit=limit,
        )

    def answer(self, *roots: str, preference: Preference = Preference.INSTALLED) -> list[str]:
        """Return the chosen rocks as texts, sorted by name."""
        solution = self.solve(*roots, preference=preference)
        return [str(each) for each in solution.chosen.values()]
