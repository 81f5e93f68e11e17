"""Arguments of the verbs that build rocks, what they ask the user, and what they report."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import suppress

from distrorocks.cli.arguments import Named, working_directory
from distrorocks.cli.report import (
    print_hint,
    print_line,
    print_message,
    print_notice,
    print_prose,
    warn,
)
from distrorocks.cli.rock_arguments import add_consent, add_request, agreed, request_for
from distrorocks.errors import UsageError
from distrorocks.exit_status import DONE
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.install.building import BuildChoice
    from distrorocks.install.install import Installation
    from distrorocks.install.plan import Planned
    from distrorocks.install.request import RockOperands


def add_build(parser: argparse.ArgumentParser) -> None:
    """Declare how rocks are built and deployed."""
    parser.add_argument(
        "--build-sandbox",
        choices=("auto", "require", "off"),
        default="auto",
        help="build in a sandbox if one works (auto), always, or never (default: auto)",
    )
    parser.add_argument("--build-network", action="store_true", help="let builds use the network")
    parser.add_argument(
        "--only-sources",
        metavar="URL",
        action=Named,
        help="use only sources whose address, without its protocol, begins like this one",
    )
    parser.add_argument(
        "--branch",
        metavar="NAME",
        action=Named,
        help="fetch this branch of the named rocks' repositories, unless their rockspecs have tags",
    )
    parser.add_argument(
        "--no-doc", action="store_true", help="leave out the documents of the named rocks"
    )
    parser.add_argument(
        "--no-manifest",
        action="store_true",
        help="leave the manifest of the tree as it is: LuaRocks does not see the rocks until "
        "`make-manifest`",
    )
    parser.add_argument(
        "--hardening",
        action="store_true",
        help="compile with the flags with which the distribution builds its packages",
    )
    parser.add_argument(
        "--verify",
        action="store_true",
        help="refuse rocks and rockspecs without a good signature (FILE.asc), checked by gpg",
    )
    parser.add_argument(
        "--verbose", action="store_true", help="show each command of a build before it runs"
    )


def build_choice_of(options: argparse.Namespace) -> BuildChoice:
    """Return the choice made by the arguments of ``add_build``."""
    from distrorocks.install.building import BuildChoice

    only = options.only_sources
    if only is not None:
        only = only.partition("://")[2] or only
    return BuildChoice(
        options.build_sandbox,
        options.build_network,
        only,
        is_verbose=options.verbose,
        has_documents=not options.no_doc,
        writes_manifest=not options.no_manifest,
        is_hardened=options.hardening,
        is_verified=options.verify,
    )


def progress_of(options: argparse.Namespace) -> Callable[[str], None]:
    """Return what prints a line of progress; with ``--verbose`` it is a command, or whole too."""
    return print_message if options.verbose else print_notice


def plan_agreed(options: argparse.Namespace, found: Planned, *, deploys: bool = True) -> bool:
    """Print the plan, and return whether to carry it out; without ``deploys`` it only builds."""
    from distrorocks.cli.plan_report import print_plan

    with suppress(BrokenPipeError):  # a closed stdout does not cancel the run
        print_plan(found, with_tree=False)
    plan = found.plan
    if plan.refusals or plan.suggestions:
        return False
    if not plan.installs:
        print_message("nothing to install")
        for step in plan.kept_elsewhere:
            print_hint(
                f"{step.candidate} of {step.tree} is enough; `distrorocks build "
                f"{step.candidate.name} --tree {plan.target}` installs it there too"
            )
        return not options.dry_run
    broken = () if options.force_fast or not deploys else plan.broken
    for each in broken:
        from distrorocks.install.remove import dependent_text

        warn(f"{dependent_text(each)}, which will be unsatisfied")
    count = len(plan.installs)
    what = f"{count} rock{'s' if count > 1 else ''}"
    prompt = f"install {what} in {plan.target}?" if deploys else f"build {what}?"
    return agreed(options, prompt, is_harmful=bool(broken))


def report_installation(done: Installation, *, as_luarocks: bool = False) -> None:
    """Print what was installed, in LuaRocks' words if asked for, and the lock file written."""
    if as_luarocks and done.is_done:
        for step in done.plan.installs:
            print_line(f"{step.candidate} is now installed in {done.plan.target}")
    elif done.is_done and done.plan.installs:
        rocks = ", ".join(str(step.candidate) for step in done.plan.installs)
        print_prose(f"installed in {done.plan.target}: {rocks}")
    if done.pinned_in:
        print_line(f"wrote {done.pinned_in}")


_PIN = (
    "keep the versions of all dependencies in the rock, and in ./luarocks.lock for what is made "
    "there, whatever that file said"
)


def add_own_build(parser: argparse.ArgumentParser, *, what: str, metavar: str = "ROCK") -> None:
    """Declare the arguments of ``build`` and ``make``; ``what`` says what names the rocks."""
    add_request(parser, nargs="*", what=what, metavar=metavar, pin=_PIN)
    add_build(parser)
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--pack-binary-rock",
        action="store_true",
        help="write the built rocks to the working directory, and install nothing",
    )
    which.add_argument(
        "--no-install", action="store_true", help="only see whether the rocks can be built"
    )
    add_consent(parser)


def build_and_report(
    options: argparse.Namespace, operands: RockOperands, *, folder: str = ""
) -> int:
    """Build rocks, from sources in ``folder`` if it is not "", and install or pack them."""
    from distrorocks.cli.plan_report import conflict_warned
    from distrorocks.install.install import install_rocks
    from distrorocks.install.own_build import build_rocks
    from distrorocks.install.plan_request import OwnBuild
    from distrorocks.luarocks.pins_file import NAME

    is_deployed = not (options.pack_binary_rock or options.no_install)
    if not is_deployed and options.only_deps:
        raise UsageError(
            "--only-deps installs dependencies, and nothing is to be installed",
            hint="pass only one of these options",
        )
    own = OwnBuild(folder, ignores_pins=options.pin, is_deployed=is_deployed)
    request = request_for(operands, options, own_build=own)
    with conflict_warned():
        if is_deployed:
            done = install_rocks(
                request,
                consent=lambda found: plan_agreed(options, found),
                progress=progress_of(options),
                choice=build_choice_of(options),
                pins_file=f"{folder}/{NAME}" if options.pin and folder else "",
            )
            report_installation(done, as_luarocks=bool(options.persona))
            return DONE
        built = build_rocks(
            request,
            consent=lambda found: plan_agreed(options, found, deploys=False),
            progress=progress_of(options),
            choice=build_choice_of(options),
            pack_into=working_directory() if options.pack_binary_rock else "",
        )
    for path in built.packed:
        print_line(f"Packed: {path}")
    if built.is_done and options.no_install:
        rocks = ", ".join(str(step.candidate) for step in built.plan.installs)
        print_prose(f"built, and not installed: {rocks}")
    return DONE
