"""Produce the built rocks of a plan: all sources are fetched at once, then rocks are built.

Rocks of one layer need only rocks of the layers before, so they are built side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from distrorocks.externals.needs import external_needs, needs_lua_headers
from distrorocks.install.builder import Job, produce, sources_folder
from distrorocks.install.plan import Planned
from distrorocks.install.rock_input import RockInput
from distrorocks.install.workshop import Workshop
from distrorocks.progress import Work
from distrorocks.resolve.solution import Edge
from distrorocks.sources.fetch import (
    Fetched,
    Progress as Stages,
    SourceRequest,
    Stage,
    fetch_sources,
)
from distrorocks.system.files.scratch import ScratchDirectory, make_folder

Progress = Callable[[str], None]
_MOST_TOLD = 10

_WAITING = 1  # rocks more than processors: the start of a sandbox waits for the kernel


def produce_all(
    found: Planned,
    rocks: Sequence[RockInput],
    scratch: ScratchDirectory,
    workshop: Workshop,
    progress: Progress,
) -> list[str]:
    """Return the directories of the built rocks, in the order of ``rocks``.

    Raise ``ExternalsMissingError`` before anything is fetched, ``SourceError`` before anything is
    built, and ``BuildError`` of the first rock that cannot be built; others then do not start.
    """
    externals = found_externals(found, rocks, workshop)
    places = _places(rocks, scratch)
    requests = _source_requests(rocks, places, workshop.allowed_sources)
    sources = _fetched(found, requests, progress)
    built: dict[str, str] = {}
    with Work("building", total=len(rocks), unit="rocks") as building:
        for layer in layers([rock.step.candidate.name for rock in rocks], found.plan.edges):
            jobs = []
            for number, rock in enumerate(rocks):
                name = rock.step.candidate.name
                if name in layer:
                    needs = tuple(built[each] for each in _needed(name, found.plan.edges, built))
                    job = Job(rock, places[number], sources.get(number), needs, externals[number])
                    jobs.append(job)
                    progress(_told(rock, number + 1, len(rocks)))
            directories = _side_by_side(jobs, workshop, building)
            for job, directory in zip(jobs, directories, strict=True):
                built[job.rock.step.candidate.name] = directory
    return [built[rock.step.candidate.name] for rock in rocks]


def layers(names: Iterable[str], edges: Iterable[Edge]) -> list[frozenset[str]]:
    """Return the names in layers: each needs only names of earlier layers.

    A cycle is cut where no name is left that waits for nothing: the first one in order goes ahead.
    """
    left = list(dict.fromkeys(names))
    waits: dict[str, set[str]] = {name: set() for name in left}
    for edge in edges:
        if edge.requirer in waits and edge.required in waits and edge.requirer != edge.required:
            waits[edge.requirer].add(edge.required)
    found: list[frozenset[str]] = []
    while left:
        ready = frozenset(name for name in left if not waits[name] & set(left))
        found.append(ready or frozenset(left[:1]))
        left = [name for name in left if name not in found[-1]]
    return found


def _needed(name: str, edges: Iterable[Edge], built: Mapping[str, str]) -> list[str]:
    """Return the built rocks that a rock needs, directly or not, nearest first."""
    direct: dict[str, list[str]] = {}
    for edge in edges:
        direct.setdefault(edge.requirer or "", []).append(edge.required)
    found: dict[str, None] = {}
    pending = [name]
    while pending:
        for each in direct.get(pending.pop(0), ()):
            if each not in found and each != name:
                found[each] = None
                pending.append(each)
    return [each for each in found if each in built]


def found_externals(
    found: Planned, rocks: Sequence[RockInput], workshop: Workshop
) -> list[dict[str, str]]:
    """Return the variables of each rock's external dependencies; raise if any is missing.

    Binary rocks need only libraries that exist at run time.
    """
    variables: list[dict[str, str]] = [{} for _ in rocks]
    needy = [at for at, rock in enumerate(rocks) if _has_externals(rock)]
    if not needy:
        return variables
    from distrorocks.externals.settings import BUILD, INSTALL
    from distrorocks.world.external_check import check_externals

    for mode in (BUILD, INSTALL):
        which = [at for at in needy if rocks[at].is_built is (mode == INSTALL)]
        if not which:
            continue
        report = check_externals(
            [rocks[at].rockspec for at in which],
            found.site.installed.config,
            workshop.variables,
            lua_version=workshop.lua_version,
            mode=mode,
        ).sound()
        for at, result in zip(which, report.rocks, strict=True):
            variables[at] = result.found
    return variables


def _has_externals(rock: RockInput) -> bool:
    """Return whether a rock needs libraries or headers that are no rocks."""
    needs_headers = not rock.is_built and needs_lua_headers(rock.rockspec)
    return needs_headers or bool(external_needs(rock.rockspec))


def _places(rocks: Sequence[RockInput], scratch: ScratchDirectory) -> list[str]:
    """Make a directory for each rock."""
    places = [f"{scratch.path}/{number}" for number in range(1, len(rocks) + 1)]
    return [make_folder(place) for place in places]


def _source_requests(
    rocks: Sequence[RockInput], places: Sequence[str], only_from: str | None
) -> dict[int, SourceRequest]:
    """Return the requests for the sources of all rocks that have to be built, by their number."""
    return {
        number: SourceRequest(
            rock.rockspec,
            sources_folder(place),
            packed=rock.packed,
            above=rock.directory or "/",
            may_be_local=rock.may_be_local,
            only_from=only_from,
            copied_from=rock.copied_from,
        )
        for number, (rock, place) in enumerate(zip(rocks, places, strict=True))
        if not rock.is_built
    }


def _fetched(
    found: Planned, requests: Mapping[int, SourceRequest], progress: Progress
) -> dict[int, Fetched]:
    """Fetch the sources, and return them by the number of their rock."""
    far = sum(each.packed is None and not each.copied_from for each in requests.values())
    if far:
        progress(f"fetching the sources of {far} rock{'s' if far > 1 else ''}")
    with Work("fetching sources", total=len(requests), unit="rocks") as fetching:

        def listen(news: Stages) -> None:
            if news.stage in (Stage.READY, Stage.FAILED):
                fetching.advance()

        fetched = fetch_sources(list(requests.values()), found.world.servers.files, listener=listen)
    for each in fetched:
        for path in each.left_out[:_MOST_TOLD]:
            progress(str(path))
        if len(each.left_out) > _MOST_TOLD:
            progress(f"and {len(each.left_out) - _MOST_TOLD} more are left out")
    return dict(zip(requests, fetched, strict=True))


def _told(rock: RockInput, number: int, count: int) -> str:
    verb = "unpacking" if rock.is_built else "building"
    return f"[{number}/{count}] {verb} {rock} from {rock.file.place}"


def _side_by_side(jobs: Sequence[Job], workshop: Workshop, building: Work) -> list[str]:
    """Produce several rocks at once; the first error ends the others and is raised."""
    workers = min(len(jobs), workshop.processors + _WAITING)
    if workers < 2:
        return [_produced(job, workshop, building) for job in jobs]
    from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

    share = workshop._replace(processors=max(1, workshop.processors // workers))
    with ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(_produced, job, share, building) for job in jobs]
        try:
            wait(futures, return_when=FIRST_EXCEPTION)
        finally:
            if any(not each.done() or each.exception() for each in futures):
                pool.shutdown(wait=False, cancel_futures=True)
                workshop.sandbox.stop()
    for each in futures:
        if not each.cancelled() and (error := each.exception()):
            raise error
    return [each.result() for each in futures]


def _produced(job: Job, workshop: Workshop, building: Work) -> str:
    """Produce a rock as a part of ``building``."""
    with Work(str(job.rock), of=building) as work:
        directory = produce(job, workshop._replace(step=work.at))
    building.advance()
    return directory
