"""How right the licences of scaffolded packaging are, told of 100 rocks whose files a person read.

python -m integration.corpus.license_labels [ROCKS.tar]
"""

from __future__ import annotations

import hashlib
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple

from distrorocks.licensing.expression import licenses_in
from distrorocks.packaging.plan.draft import Draft
from distrorocks.packaging.plan.field import Field
from distrorocks.packaging.plan.plan import UNKNOWN, license_fields
from distrorocks.packaging.source.rock_input import read_rock_input
from distrorocks.system.lua.jail import Jail

LABELS = Path(__file__).parent.parent.parent / "tests/licensing/labels.tsv"
ROCKS = Path(__file__).parent.parent.parent.parent / "shared/data/dev-rocks.tar"


class Label(NamedTuple):
    """What a person read: the licence in SPDX's words, "-" where it is open."""

    rock: str
    version: str
    license: str
    sha256: str
    file: str


class Score(NamedTuple):
    """The sum over all labels; ``wrong`` has what was said and what is true."""

    labels: int
    answered: int
    right: int
    answerable: int
    wrong: tuple[tuple[Label, Field], ...]

    @property
    def precision(self) -> float:
        """Of what was answered, how much is right."""
        return self.right / self.answered

    @property
    def recall(self) -> float:
        """Of what has an answer, how much was answered right."""
        return self.right / self.answerable


def labels() -> tuple[Label, ...]:
    """Return the labels."""
    lines = LABELS.read_text().splitlines()
    return tuple(Label(*line.split("\t")) for line in lines if not line.startswith("#"))


def score(archive: Path) -> Score:
    """Return how the plans' licences compare with the labels."""
    named = {label.file: label for label in labels()}
    answered = right = 0
    wrong = []
    with tarfile.open(archive) as rocks, Jail() as jail, tempfile.TemporaryDirectory() as folder:
        for member in rocks:
            label = named.pop(Path(member.name).name, None)
            if label is None:
                continue
            stream = rocks.extractfile(member)
            content = stream.read() if stream else b""
            assert hashlib.sha256(content).hexdigest() == label.sha256, label.file
            rock = Path(folder) / label.file
            rock.write_bytes(content)
            said = license_of(rock, jail)
            is_answer = said.value != UNKNOWN and not said.gap
            is_right = is_answer and _same(str(said.value), label.license)
            answered += is_answer
            right += is_right
            if not is_right and (is_answer or label.license != "-"):
                wrong.append((label, said))
    assert not named, f"not in {archive}: {sorted(named)}"
    every = labels()
    return Score(
        len(every), answered, right, sum(one.license != "-" for one in every), tuple(wrong)
    )


def license_of(rock: Path, jail: Jail) -> Field:
    """Return the licence that a packed rock's packaging has, in the words of its plan."""
    draft = Draft({})
    license_fields(read_rock_input(str(rock), jail=jail).facts, draft)
    return draft.fields["license"]


def _same(said: str, label: str) -> bool:
    return label != "-" and set(licenses_in(said)) == set(licenses_in(label))


def main() -> int:
    """Print precision and recall, then each difference."""
    archive = Path(sys.argv[1]) if len(sys.argv) > 1 else ROCKS
    if not archive.exists():
        print(f"no rocks at {archive}; name the archive", file=sys.stderr)
        return 2
    found = score(archive)
    print(f"labels {found.labels}, with an answer {found.answerable}, answered {found.answered}")
    print(f"precision {found.precision:.3f} ({found.right}/{found.answered})")
    print(f"recall    {found.recall:.3f} ({found.right}/{found.answerable})")
    for label, said in found.wrong:
        print(f"{label.file}: {label.license}; said {said.value} ({said.source})")
        if said.gap:
            print(f"    gap: {said.gap}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
