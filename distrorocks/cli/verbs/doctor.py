"""``distrorocks doctor``: why LuaRocks does not see packaged modules, and the fix."""

from __future__ import annotations

import argparse

from distrorocks.cli.arguments import add_json, add_system, system_of
from distrorocks.cli.report import (
    print_json,
    print_line,
    print_message,
    print_prose,
    terminal_width,
)
from distrorocks.exit_status import DONE, FINDINGS
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.health.follow import Trace


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "module",
        metavar="MODULE",
        nargs="?",
        default="",
        help="trace this module, rock or package from its package to LuaRocks",
    )
    add_system(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print each problem with its fix; return 1 if there is any."""
    from distrorocks.health.doctor import doctor
    from distrorocks.publish.repair import would_change

    if options.module:
        return _follow(options)
    diagnosis = doctor(system_of(options), would_change, is_explicit=bool(options.lua_version))
    problems = diagnosis.problems
    if options.json:
        print_json(
            {
                "lua_versions": diagnosis.lua_versions,
                "problems": [_renamed(problem._asdict()) for problem in problems],
            }
        )
        return FINDINGS if problems else DONE
    for problem in problems:
        version = f" (Lua {problem.lua_version})" if problem.lua_version else ""
        print_prose(f"{problem.topic}{version}: {problem.text}")
        _print_hint(problem.hint)
    if not problems:
        print_message(f"no problems found for Lua {', '.join(diagnosis.lua_versions)}")
    return FINDINGS if problems else DONE


def _follow(options: argparse.Namespace) -> int:
    """Print the trace of one module; return 1 if it fails for any Lua version."""
    from distrorocks.health.follow import follow

    traces = follow(system_of(options), options.module, is_explicit=bool(options.lua_version))
    is_lost = any(trace.lost for trace in traces)
    if options.json:
        print_json({"name": options.module, "lua_versions": list(map(_as_json, traces))})
        return FINDINGS if is_lost else DONE
    for trace in traces:
        print_prose(f"{options.module} for Lua {trace.lua_version}")
        for step in trace.steps:
            print_prose(f"   {step.name}: {step.text}{' -- fails here' if step.hint else ''}")
            if step.hint:
                _print_hint(step.hint)
    if not is_lost:
        print_message("no problems found")
    return FINDINGS if is_lost else DONE


def _print_hint(hint: str) -> None:
    """Print a hint; one that is a command stays whole, on its own line if it is too long."""
    line, width = f"   hint: {hint}", terminal_width()
    if not hint.startswith("distrorocks "):
        print_prose(line)
    elif width is None or len(line) <= width:
        print_line(line)
    else:
        print_line("   hint:")
        print_line(f"      {hint}")


def _renamed(fields: dict[str, str]) -> dict[str, str]:
    """Return fields with ``text`` under its JSON key, ``told``."""
    return {{"text": "told"}.get(key, key): value for key, value in fields.items()}


def _as_json(trace: Trace) -> dict[str, object]:
    """Return one way for programs; ``lost_at`` is null if it succeeds."""
    return {
        "lua_version": trace.lua_version,
        "steps": [_renamed(step._asdict()) for step in trace.steps],
        "lost_at": trace.lost.name if trace.lost else None,
    }
