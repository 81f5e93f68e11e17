"""What ``distrorocks scaffold`` is given: a file or directory, or the name of a servers' rock."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager

from distrorocks.cli.arguments import usage_checked
from distrorocks.cli.report import print_error, print_json, print_line, print_message, warn
from distrorocks.cli.server_arguments import world_request_of
from distrorocks.errors import DistrorocksError
from distrorocks.exit_status import DONE, FAILED
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.packaging.scaffold.scaffold import Batched, Request


_FILES = (".rock", ".rockspec", ".tar.gz", ".tar.xz", ".tar.bz2", ".tgz", ".zip")


@contextmanager
def input_path(options: argparse.Namespace) -> Iterator[str]:
    """Yield the path of INPUT; fetch a named rock into a temporary directory."""
    word = options.input
    if not word or os.path.lexists(word) or is_file(word):
        yield word
        return
    from distrorocks.packaging.formats.known import format_at
    from distrorocks.packaging.scaffold.rock_index import named_rock
    from distrorocks.rocks.dependency import Dependency

    first = wanted_forms(options)[0]
    made_for = format_at(first, options.release)
    with usage_checked():
        wanted = Dependency.parse(f"{word} {options.version}".strip())
    request = world_request_of(options, "/", distro="never")
    with named_rock(wanted, request, made_for.lua_versions[::-1]) as path:
        options.version = ""  # the file has it
        yield path


def wanted_forms(options: argparse.Namespace) -> tuple[str, ...]:
    """Return the formats of the options, by default that of this system."""
    from distrorocks.families.distribution import read_distribution
    from distrorocks.packaging.plan.format import own_format

    return tuple(dict.fromkeys(options.format)) or (own_format(read_distribution("/")),)


def request_of(options: argparse.Namespace, forms: tuple[str, ...]) -> Request:
    """Return the request of the options; INPUT is by default the directory of the packaging."""
    from distrorocks.packaging.plan.observe import checked_date, checked_maintainer
    from distrorocks.packaging.plan.settings import team_settings_path
    from distrorocks.packaging.scaffold.scaffold import Request

    directory = os.path.abspath(options.output)
    with usage_checked():
        maintainer = checked_maintainer(options.maintainer) if options.maintainer else ""
        date = checked_date(options.date) if options.date else None
    return Request(
        options.input or directory,
        directory,
        options.version,
        forms,
        maintainer,
        tuple(os.path.abspath(each) for each in options.templates),
        release=options.release,
        date=date,
        team=team_settings_path(),
        helper=options.helper,
    )


def is_file(word: str) -> bool:
    """Return whether an argument is a path; ``namespace/name`` has one slash, in its middle."""
    is_path = word.startswith(("/", "./", "../")) or word.count("/") > 1 or word.endswith("/")
    return is_path or word.endswith(_FILES)


def batch_paths(options: argparse.Namespace) -> list[str]:
    """Return the inputs if there are several: the second is a path, or there is a third."""
    if options.more or is_file(options.version):
        return [options.input, options.version, *options.more]
    return []


def run_batch(options: argparse.Namespace, paths: list[str]) -> int:
    """Scaffold each rock; return 3 if one fails."""
    from distrorocks.packaging.scaffold.scaffold import scaffold_batch
    from distrorocks.system.lua.jail import Jail

    options.version = ""
    request = request_of(options, wanted_forms(options))
    with Jail() as jail:
        found = scaffold_batch(request, paths, jail, is_dry=options.dry_run)
        results = list(found if options.json else _told(found, options.output))
    failed = sum(one.error is not None for one in results)
    if options.json:
        rocks = [_json(one) for one in results]
        print_json({"directory": request.directory, "rocks": rocks})
    else:
        said = "would be packaged" if options.dry_run else "packaged"
        print_message(f"{len(results) - failed} of {len(results)} rocks {said}")
    return FAILED if failed else DONE


def _told(found: Iterator[Batched], output: str) -> Iterator[Batched]:
    """Yield the results, and print each at once."""
    for one in found:
        if one.error:
            print_error(_named(one.path, one.error))
        for path in one.written:
            print_line(os.path.join(output, path))
        for made in one.made:
            for gap in made.plan.gaps:
                warn(f"{one.path}: {made.plan.format}: {gap.key}: {gap.text}")
        yield one


def _named(path: str, error: DistrorocksError) -> DistrorocksError:
    """Return the error with the name of its input."""
    brief = error.brief if path in error.brief else f"{path}: {error.brief}"
    return DistrorocksError(brief, detail=error.detail, hint=error.hint)


def _json(one: Batched) -> dict[str, object]:
    """Return one result as JSON has it."""
    if one.error:
        return {"input": one.path, "error": str(one.error)}
    gaps = {each.plan.format: [gap._asdict() for gap in each.plan.gaps] for each in one.made}
    return {"input": one.path, "written": list(one.written), "gaps": gaps}
