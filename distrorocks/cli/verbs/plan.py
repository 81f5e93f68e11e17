"""``distrorocks plan``: show what installing rocks would do, and why."""

from __future__ import annotations

import argparse
from contextlib import nullcontext

from distrorocks.cli.arguments import add_json, add_root
from distrorocks.cli.rock_arguments import add_request, request_of
from distrorocks.exit_status import DONE, FINDINGS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_request(parser)
    add_root(parser)
    add_json(parser)
    parser.add_argument(
        "--graph",
        choices=("dot", "svg"),
        help="print the plan as a graph, as Graphviz source (dot) or rendered (svg)",
    )


def run(options: argparse.Namespace) -> int:
    """Print the plan, or the proof that there is none.

    Return 1 for that, and for a plan with a rock that cannot be installed.
    """
    from distrorocks.cli.plan_report import (
        conflict_json,
        conflict_warned,
        graph_text,
        plan_json,
        print_plan,
    )
    from distrorocks.cli.report import print_json, print_text, warn
    from distrorocks.install.plan import planned
    from distrorocks.resolve.conflict import Conflict

    request = request_of(options, options.root)
    try:
        with nullcontext() if options.json else conflict_warned(), planned(request) as found:
            if options.json:
                print_json(plan_json(found))
            elif options.graph:
                for text in found.warnings:
                    warn(text)
                print_text(graph_text(found.plan, options.graph).rstrip())
            else:
                print_plan(found, with_tree=True)
            return FINDINGS if found.plan.refusals else DONE
    except Conflict as conflict:
        if not options.json:
            raise
        print_json(conflict_json(conflict))
        return conflict.exit_status
