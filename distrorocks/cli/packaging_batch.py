"""The words of ``distrorocks scaffold`` that name several rocks."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from distrorocks.cli.packaging_input import is_file, request_of, wanted_forms
from distrorocks.cli.report import print_error, print_json, say, tell, warn
from distrorocks.errors import DistrorocksError
from distrorocks.exit_status import DONE, FAILED

if TYPE_CHECKING:  # the templates' and settings' libraries are imported when rocks are packaged
    from distrorocks.jobs.scaffold_batch import Batched


def batch_paths(options: argparse.Namespace) -> list[str]:
    """Return the inputs if several are named: the second word is a path, or there is a third."""
    if options.more or is_file(options.version):
        return [options.input, options.version, *options.more]
    return []


def run_batch(options: argparse.Namespace, paths: list[str]) -> int:
    """Scaffold each rock; return 3 where one could not be."""
    from distrorocks.jobs.scaffold_batch import scaffold_batch
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
        tell(f"{len(results) - failed} of {len(results)} rocks {said}")
    return FAILED if failed else DONE


def _told(found: Iterator[Batched], output: str) -> Iterator[Batched]:
    """Yield the results, each printed as soon as it is there."""
    for one in found:
        if one.error:
            print_error(_named(one.path, one.error))
        for path in one.written:
            say(os.path.join(output, path))
        for made in one.made:
            for gap in made.plan.gaps:
                warn(f"{one.path}: {made.plan.format}: {gap.key}: {gap.text}")
        yield one


def _named(path: str, error: DistrorocksError) -> DistrorocksError:
    """Return an error that names its input."""
    brief = error.brief if path in error.brief else f"{path}: {error.brief}"
    return DistrorocksError(brief, detail=error.detail, hint=error.hint)


def _json(one: Batched) -> dict[str, object]:
    """Return one result for programs."""
    if one.error:
        return {"input": one.path, "error": str(one.error)}
    gaps = {each.plan.format: [gap._asdict() for gap in each.plan.gaps] for each in one.made}
    return {"input": one.path, "written": list(one.written), "gaps": gaps}
