"""``python -m integration.corpus.resolver_greedy CORPUS``: beside LuaRocks' greedy way.

The corpus' rockspecs are one server, seen as its manifests for one Lua version show it: rocks whose
own need of Lua does not fit are not listed, nor are development versions. Every rock is installed
into an empty tree, then pairs of rocks one after the other, the first also in its oldest version.
LuaRocks is simulated (``tests/resolve/greedy.py``). Exit status 0 where each sound end of LuaRocks
has an answer of ours.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import parse
from distrorocks.resolve.candidate import Candidate, Need, Origin
from distrorocks.resolve.conflict import Conflict
from distrorocks.resolve.preference import Preference, TooHard
from distrorocks.resolve.solver import resolve
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.rocks.version import Version
from integration.conformance.corpus import Corpus, CorpusError, opened
from tests.resolve.greedy import Ending, Greedy

_DEVELOPMENT = 100_000_000
_SERVER = "https://rocks.example"


class Server:
    """The rocks of a corpus for one Lua version, and that Lua."""

    def __init__(self, rockspecs: Iterable[Rockspec], lua: str) -> None:
        provided = Candidate("lua", Version.parse(lua), Origin.PROVIDED)
        self.listed: dict[str, list[Candidate]] = {"lua": [provided]}
        self._needs: dict[Candidate, list[Need]] = {provided: []}
        for rockspec in rockspecs:
            version = Version.parse(rockspec.version)
            own = [need for need in rockspec.dependencies if need.rock_name == "lua"]
            is_development = any(part >= _DEVELOPMENT for part in version.parts)
            if is_development or not all(need.satisfied_by(provided.version) for need in own):
                continue
            candidate = Candidate(rockspec.name, version, Origin.SERVER, _SERVER)
            self.listed.setdefault(rockspec.name, []).append(candidate)
            needs = [Need(each, is_build=True) for each in rockspec.build_dependencies]
            self._needs[candidate] = [*needs, *map(Need, rockspec.dependencies)]

    def oldest(self, name: str) -> Version:
        """Return the oldest version of a rock."""
        return min(each.version for each in self.listed[name])

    def candidates(self, name: str, namespace: str | None) -> Sequence[Candidate]:
        """Answer as an index; no namespace is in the corpus."""
        return [] if namespace else self.listed.get(name, [])

    def dependencies(self, candidate: Candidate) -> Sequence[Need]:
        """Answer as an index."""
        return self._needs[candidate]

    def prefetch(self, candidates: Sequence[Candidate]) -> None:
        """Do nothing: all is in memory."""


def rockspecs_of(corpus: Corpus) -> Iterator[Rockspec]:
    """Yield the corpus' rockspecs, one of each version, that can be read without running Lua."""
    for file, row in corpus.index.items():
        path = corpus.root / file
        if row["primary"] == "1" and path.is_file():
            try:
                yield Rockspec.from_chunk(parse(path.read_bytes()))
            except DistrorocksError:
                continue


def ours(roots: list[Need], server: Server) -> str:
    """Return how the resolver ends."""
    try:
        resolve(roots, server, preference=Preference.NEWEST)
    except Conflict:
        return "no answer"
    except TooHard:
        return "given up"
    return "answer"


def compared(server: Server, questions: Iterable[list[str]]) -> Counter[tuple[Ending, str]]:
    """Return how often LuaRocks and the resolver end how."""
    found: Counter[tuple[Ending, str]] = Counter()
    for names in questions:
        roots = [Need(Dependency.parse(name)) for name in names]
        found[Greedy(server).install(roots), ours(roots, server)] += 1
    return found


def report(title: str, found: Counter[tuple[Ending, str]]) -> bool:
    """Print the figures of one series; tell whether each sound end has an answer."""
    print(f"{title}: {sum(found.values())} installations")
    for (how, answer), count in sorted(found.items(), key=lambda each: -each[1]):
        print(f"  {count:>6}  LuaRocks: {how.value}; the resolver: {answer}")
    return not any(how is Ending.SOUND and answer != "answer" for how, answer in found)


def main() -> int:
    """Print the figures for each Lua version."""
    parser = argparse.ArgumentParser(prog="integration.corpus.resolver_greedy", description=__doc__)
    parser.add_argument("corpus", type=Path, help="a folder or .tar.xz laid out like the corpus")
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--lua", nargs="+", default=["5.1-1", "5.3-1", "5.4-1"])
    options = parser.parse_args()
    is_good = True
    try:
        with opened(options.corpus) as corpus:
            rockspecs = list(rockspecs_of(corpus))
            print(f"{len(rockspecs)} rockspecs")
            for lua in options.lua:
                server = Server(rockspecs, lua)
                names = sorted(set(server.listed) - {"lua"})
                random = Random(1)  # noqa: S311 - chance is all that is asked of it
                pairs = [random.sample(names, 2) for _ in range(options.pairs)]
                aged = [[f"{one} == {server.oldest(one)}", other] for one, other in pairs]
                single = compared(server, ([name] for name in names))
                is_good &= report(f"Lua {lua}, each rock", single)
                is_good &= report(f"Lua {lua}, pairs", compared(server, pairs))
                is_good &= report(f"Lua {lua}, pairs, the first old", compared(server, aged))
    except CorpusError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
