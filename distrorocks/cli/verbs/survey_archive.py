"""``distrorocks survey-archive``: which rocks of a server a distribution has packaged."""

from __future__ import annotations

import argparse
import os

from distrorocks.cli.arguments import Named, add_json
from distrorocks.cli.report import print_json, print_line, print_message, print_title, warn
from distrorocks.exit_status import DONE, FAILED
from distrorocks.rocks.quotation import some
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.packaging.survey.decide import Step, Survey, SurveyedRock
    from distrorocks.packaging.survey.observe import Observed

_MOST_WARNINGS = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("index", metavar="INDEX", help="a rocks server's manifest, or its folder")
    parser.add_argument(
        "lists",
        nargs="+",
        metavar="FILE",
        help="the distribution's lists of packages: Packages and Contents of apt, primary.xml and "
        "filelists.xml of dnf, APKINDEX of apk, .db and .files of pacman, packed or not",
    )
    parser.add_argument(
        "--distribution",
        metavar="ID",
        default="",
        help="interpret package names as those of this distribution (an os-release ID)",
    )
    parser.add_argument(
        "--rocks",
        metavar="DIR",
        action=Named,
        default="",
        help="find rockspecs and source rocks below this directory, whose dependencies tell which "
        "rocks are wanted (by default INDEX, if it is a folder)",
    )
    parser.add_argument(
        "--most",
        metavar="N",
        type=_number,
        default=100,
        help="order so many of the most wanted rocks that are missing (by default 100)",
    )
    parser.add_argument(
        "--page", metavar="FILE", action=Named, default="", help="also write the report as a page"
    )
    parser.add_argument(
        "--layout",
        metavar="DIR",
        action=Named,
        default="",
        help="also write the order for build services into this directory: order.txt, order.json, "
        "chain.txt for Koji, sbuild.txt for Debian, and obs/ with the metadata of a project of OBS",
    )
    add_json(parser)


def _number(text: str) -> int:
    """Return a number of rocks; used as an argparse type."""
    if not (text.isascii() and text.isdecimal() and len(text) < 7):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of rocks")
    return int(text)


def run(options: argparse.Namespace) -> int:
    """Print the survey; return 3 if it lacks what lists could not tell."""
    from distrorocks.packaging.survey.decide import decide
    from distrorocks.packaging.survey.observe import SurveyRequest, observe

    rocks = options.rocks
    if rocks and not os.path.isdir(rocks):
        from distrorocks.errors import DistrorocksError

        raise DistrorocksError(f"{rocks} is not a directory")
    request = SurveyRequest(
        options.index, tuple(options.lists), options.distribution.lower(), rocks
    )
    found = observe(request)
    survey = decide(found.versions, found.havings, found.needs, options.most)
    if options.page:
        _write_page(options.page, survey, found)
    if options.layout:
        _write_layout(options.layout, survey, found)
    if options.json:
        print_json(_as_json(survey, found))
    else:
        _report(survey, found)
    return FAILED if found.unread else DONE


def _about(survey: Survey, found: Observed) -> str:
    """Return a sentence on what was compared."""
    return (
        f"{len(survey.indexed)} rocks of the index, {found.packages} packages of "
        f"{found.distribution} that are rocks; the dependencies of {survey.known} rocks are known."
    )


def _write_page(path: str, survey: Survey, found: Observed) -> None:
    from distrorocks.packaging.survey.page import page
    from distrorocks.system.files.atomic_file import write_atomically

    write_atomically(os.path.abspath(path), page(survey, _about(survey, found)))


def _write_layout(directory: str, survey: Survey, found: Observed) -> None:
    from distrorocks.packaging.scaffold.folder import write_texts
    from distrorocks.packaging.survey.layout import layout_texts

    texts = layout_texts(survey, found.needs, found.havings, found.distribution)
    write_texts(os.path.abspath(directory), texts, "the order")
    if not texts:
        warn(f"nothing is written into {directory}: there is nothing to package")


def _report(survey: Survey, found: Observed) -> None:
    for text in found.unread:
        warn(text)
    for text in found.warnings[:_MOST_WARNINGS]:
        warn(text)
    if len(found.warnings) > _MOST_WARNINGS:
        warn(f"{len(found.warnings) - _MOST_WARNINGS} more such files; --json lists all")
    print_line(_about(survey, found))
    print_line()
    total = len(survey.indexed) or 1
    for state, count in survey.counts.items():
        print_line(f"{state:9} {count:6}  {100 * count / total:5.1f} %")
    behind = [each for each in survey.indexed if each.state == "behind"]
    _list("Behind", [_behind(each) for each in behind])
    unsure = [each for each in survey.indexed if each.state == "unsure"]
    _list("Unsure: a package has such a name", [_named(each) for each in unsure])
    width = len(str(len(survey.steps)))
    rocks = {each.name: each for each in survey.rocks}
    steps = [
        f"{at:{width}} {_step(each, rocks[each.rock])}" for at, each in enumerate(survey.steps, 1)
    ]
    _list("What to package, in order", steps)
    _list("These need each other", [", ".join(group) for group in survey.cycles])
    absent = [f"{each.name}, needed by {each.wanted}" for each in survey.absent]
    _list("Needed, and not in the index", absent)
    if not survey.known:
        print_message(
            "which rocks are wanted is not known: name a directory of rockspecs with --rocks"
        )


def _list(title: str, lines: list[str]) -> None:
    if lines:
        print_title(f"{title}: {len(lines)}")
        for line in lines:
            print_line(line)


def _named(rock: SurveyedRock) -> str:
    having = rock.having
    return f"{rock.name}: {having.package} {having.package_version}" if having else rock.name


def _behind(rock: SurveyedRock) -> str:
    unmet = f", does not satisfy {some([each.split()[0] for each in rock.unmet], 3)}"
    unmet = unmet if rock.unmet else ""
    return f"{_named(rock)}, the newest is {rock.latest}{unmet}"


def _step(step: Step, rock: SurveyedRock) -> str:
    wanted = f"needed by {rock.wanted_by_all} ({rock.wanted} directly)"
    parts = [f"{step.rock} {step.version}, round {step.round}, {wanted}"]
    for label, names in (
        ("after", step.after),
        ("needs newer packages of", step.updates),
        ("not in the index", step.absent),
    ):
        parts += [f"{label} {', '.join(names)}"] if names else []
    return "; ".join(parts)


def _as_json(survey: Survey, found: Observed) -> dict[str, object]:
    return {
        "distribution": found.distribution,
        "counts": survey.counts,
        "known": survey.known,
        "rocks": [_rock_json(each) for each in survey.rocks],
        "order": [each._asdict() for each in survey.steps],
        "cycles": survey.cycles,
        "unread": found.unread,
        "warnings": found.warnings,
    }


def _rock_json(rock: SurveyedRock) -> dict[str, object]:
    return {
        **rock._asdict(),
        "latest": rock.latest or None,
        "having": rock.having._asdict() if rock.having else None,
    }
