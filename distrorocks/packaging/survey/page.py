"""The page of a survey: static HTML with plots as SVG, without scripts; it loads nothing.

Names and versions come from manifests, rockspecs and lists that others wrote, so all are escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from distrorocks.packaging.survey.decide import STATES, Step, Survey, SurveyedRock, most_wanted
from distrorocks.rocks.quotation import escaped
from distrorocks.system.files.shipped_files import read_shipped

_PLOTTED = 25
_ROW, _LABEL, _WIDTH, _VALUE = 24, 220, 900, 110


def page(survey: Survey, about: str) -> bytes:
    """Return the page; ``about`` says in a sentence what was compared with what."""
    states = [(state, count, f"{count}", state) for state, count in survey.counts.items()]
    sections = [_section("Rocks of the index", _plot("rocks by state", states))]
    if wanted := most_wanted(survey.rocks)[:_PLOTTED]:
        bars = [
            (each.name, each.wanted_by_all, f"{each.wanted_by_all} ({each.wanted})", "missing")
            for each in wanted
        ]
        note = "<p>Rocks that need it, in brackets those that do so directly.</p>\n"
        sections.append(_section("Most wanted", note + _plot("most wanted rocks", bars)))
    if survey.steps:
        sections.append(_section("What to package, in order", _steps(survey.steps)))
    if survey.absent:
        names = ", ".join(f"{_text(each.name)} ({each.wanted})" for each in survey.absent)
        sections.append(_section("Needed, and not in the index", f"<p>{names}</p>\n"))
    sections.append(_section("All rocks", _rocks(survey.indexed)))
    head, _, rest = read_shipped("survey-page/page.html").partition("$(about)")
    middle, _, tail = rest.partition("$(sections)")
    text = "".join((head, _text(about), middle, *sections, tail))
    return text.encode("utf-8", "replace")


def _text(value: object) -> str:
    """Return a value as HTML, also within quotes."""
    return escape(escaped(str(value)))


def _section(title: str, content: str) -> str:
    return f"<section>\n<h2>{_text(title)}</h2>\n{content}</section>\n"


def _plot(title: str, bars: Sequence[tuple[str, int, str, str]]) -> str:
    """Return horizontal bars: each has a label, a length, a text behind it, and a class."""
    most = max([length for _, length, _, _ in bars] or [0]) or 1
    scale = (_WIDTH - _LABEL - _VALUE) / most
    rows = []
    for number, (label, length, value, kind) in enumerate(bars):
        top = number * _ROW
        width = length * scale
        shown = label if len(label) <= _LONGEST else f"{label[:_LONGEST]}…"
        rows.append(
            f'<text x="{_LABEL - 8}" y="{top + 17}" text-anchor="end">{_text(shown)}</text>\n'
            f'<rect class="{kind}" x="{_LABEL}" y="{top + 4}" width="{width:.1f}" height="16">'
            f"<title>{_text(label)}: {_text(value)}</title></rect>\n"
            f'<text x="{_LABEL + width + 6:.1f}" y="{top + 17}">{_text(value)}</text>\n'
        )
    return (
        f'<svg viewBox="0 0 {_WIDTH} {len(bars) * _ROW}" role="img" '
        f'aria-label="{_text(title)}">\n{"".join(rows)}</svg>\n'
    )


_LONGEST = 26
"""Letters of a label in a plot."""


def _table(columns: Iterable[str], rows: Iterable[str]) -> str:
    heads = "".join(f'<th scope="col">{each}</th>' for each in columns)
    body = "".join(f"<tr>{row}</tr>\n" for row in rows)
    return (
        f"<div>\n<table>\n<thead><tr>{heads}</tr></thead>\n"
        f"<tbody>\n{body}</tbody>\n</table>\n</div>\n"
    )


def _cells(*values: object) -> str:
    return "".join(
        f'<td class="number">{each}</td>' if isinstance(each, int) else f"<td>{_text(each)}</td>"
        for each in values
    )


def _steps(steps: Sequence[Step]) -> str:
    """Return the order; rocks of one round need nothing of each other, except in cycles."""
    columns = ("", "Round", "Rock", "Version", "After", "Newer packages first", "In no index")
    return _table(
        columns,
        (
            _cells(
                number,
                each.round,
                each.rock,
                each.version,
                *map(", ".join, (each.after, each.updates, each.absent)),
            )
            for number, each in enumerate(steps, 1)
        ),
    )


def _rocks(rocks: Sequence[SurveyedRock]) -> str:
    """Return the table of all rocks: by state in the order of ``STATES`` reversed, most wanted."""
    place = {state: at for at, state in enumerate(reversed(STATES))}
    ordered = sorted(rocks, key=lambda each: (place[each.state], -each.wanted_by_all, each.name))
    columns = ("Rock", "Newest", "State", "Package", "Its version", "Lua", "Needed by", "directly")
    return _table(columns, map(_rock, ordered))


def _rock(rock: SurveyedRock) -> str:
    having = rock.having
    package = (having.package, having.package_version) if having else ("", "")
    return (
        f"{_cells(rock.name, rock.latest)}"
        f'<td class="{rock.state}">{rock.state}</td>'
        f"{_cells(*package, ', '.join(having.lua_versions) if having else '')}"
        f"{_cells(rock.wanted_by_all, rock.wanted)}"
    )
