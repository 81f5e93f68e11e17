"""A process that attacks: it reads what to try on its input, a line each, and answers in lines.

It has the file layer loaded, and a folder of its own: ``python -m integration.faults.worker
FOLDER``.
"""

from __future__ import annotations

import json
import sys
from itertools import islice
from pathlib import Path
from typing import Any

from integration.faults import refresh_cases, rock_cases
from integration.faults.choice import EVERY, SOME, Cases, chosen
from integration.faults.runs import Runner


class Worker:
    """Makes each scenario once, and tries a part of a family of attacks on it."""

    def __init__(self, place: Path) -> None:
        self.runner = Runner(place)
        self._made: dict[str, Cases] = {}

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """Try what is asked for; return the calls of the scenario and what was found."""
        subject, family = question["subject"], question["family"]
        cases = self._cases(subject, question["scenario"])
        tried = chosen(cases, family, EVERY if question["is_every"] else SOME[subject])
        part = islice(tried, question["part"], None, question["parts"])
        return {"calls": len(cases.calls), "found": [cases.try_one(each) for each in part]}

    def _cases(self, subject: str, scenario: str) -> Cases:
        if scenario not in self._made:
            if subject == "refresh":
                known = {each.name: each for each in refresh_cases.SCENARIOS}
                self._made[scenario] = refresh_cases.RefreshCases(self.runner, known[scenario])
            else:
                rocks = {each.name: each for each in rock_cases.SCENARIOS}
                self._made[scenario] = rock_cases.RockCases(self.runner, rocks[scenario])
        return self._made[scenario]


def main() -> None:
    """Answer every line of the input until it ends."""
    worker = Worker(Path(sys.argv[1]))
    for line in sys.stdin:
        print(json.dumps(worker.answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
