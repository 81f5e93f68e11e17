"""``distrorocks doctor``: why LuaRocks does not see the packages' modules, and the cure."""

from __future__ import annotations

import argparse

from distrorocks.cli.arguments import add_json, add_system, system_of
from distrorocks.cli.report import print_json, print_line, print_message
from distrorocks.exit_status import DONE, FINDINGS
from distrorocks.health.doctor import doctor
from distrorocks.health.follow import Trace, follow
from distrorocks.publish.repair import would_change


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words that follow the verb."""
    parser.add_argument(
        "module",
        metavar="MODULE",
        nargs="?",
        default="",
        help="follow this module, rock or package on its way from the package to LuaRocks",
    )
    add_system(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print each problem with its cure; return 0 when there is none, else 1."""
    if options.module:
        return _follow(options)
    diagnosis = doctor(system_of(options), would_change, asked=bool(options.lua_version))
    problems = diagnosis.problems
    if options.json:
        print_json(
            {
                "lua_versions": diagnosis.lua_versions,
                "problems": [problem._asdict() for problem in problems],
            }
        )
        return FINDINGS if problems else DONE
    for problem in problems:
        version = f" (Lua {problem.lua_version})" if problem.lua_version else ""
        print_line(f"{problem.topic}{version}: {problem.told}")
        print_line(f"   hint: {problem.hint}")
    if not problems:
        print_message(f"all is well for Lua {', '.join(diagnosis.lua_versions)}")
    return FINDINGS if problems else DONE


def _follow(options: argparse.Namespace) -> int:
    """Print the way of one module; return 1 where it is lost for any Lua version."""
    traces = follow(system_of(options), options.module, asked=bool(options.lua_version))
    is_lost = any(trace.lost for trace in traces)
    if options.json:
        print_json({"name": options.module, "lua_versions": list(map(_as_json, traces))})
        return FINDINGS if is_lost else DONE
    for trace in traces:
        print_line(f"{options.module} for Lua {trace.lua_version}")
        for step in trace.steps:
            print_line(f"   {step.name}: {step.told}{' -- lost here' if step.hint else ''}")
            if step.hint:
                print_line(f"   hint: {step.hint}")
    if not is_lost:
        print_message("all is well")
    return FINDINGS if is_lost else DONE


def _as_json(trace: Trace) -> dict[str, object]:
    """Return one way for programs; ``lost_at`` is null where it reaches LuaRocks."""
    return {
        "lua_version": trace.lua_version,
        "steps": [step._asdict() for step in trace.steps],
        "lost_at": trace.lost.name if trace.lost else None,
    }
