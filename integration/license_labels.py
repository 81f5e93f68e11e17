"""How right the licences are: told of 100 rocks whose files a person read, precision and recall.

python -m integration.license_labels [ROCKS.tar]
"""

from __future__ import annotations

import hashlib
import io
import re
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from distrorocks.license.expression import licenses_in
from distrorocks.license.scope import is_license_file
from distrorocks.license.texts import findings, is_silent
from distrorocks.license.verdict import Verdict, verdict

LABELS = Path(__file__).parent.parent / "tests/license/labels.tsv"
ROCKS = Path(__file__).parent.parent.parent / "shared/data/dev-rocks.tar"
_MOST = 1 << 16
_ARCHIVE = re.compile(r"\.(?:zip|tar|tar\.(?:gz|bz2|xz)|tgz)\Z")
_TELLING = re.compile(
    r"(?:\.(?:lua|moon|c|h|cc|cpp|hpp|js|tl|fnl)|(?:.*/)?readme[^/]*)\Z", re.IGNORECASE
)
_DECLARED = re.compile(
    r"""\blicen[sc]e\s*=\s*(?:"([^"\n]*)"|'([^'\n]*)'|\[\[(.*?)\]\])""", re.DOTALL
)


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
    wrong: tuple[tuple[Label, Verdict], ...]

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
    """Return how the verdicts compare with the labels."""
    named = {label.file: label for label in labels()}
    answered = right = 0
    wrong = []
    with tarfile.open(archive) as rocks:
        for member in rocks:
            label = named.pop(Path(member.name).name, None)
            if label is None:
                continue
            stream = rocks.extractfile(member)
            content = stream.read() if stream else b""
            assert hashlib.sha256(content).hexdigest() == label.sha256, label.file
            said = verdict_of(content)
            is_answer = bool(said.license) and not said.gap
            is_right = is_answer and _same(said.license, label.license)
            answered += is_answer
            right += is_right
            if not is_right and (is_answer or label.license != "-"):
                wrong.append((label, said))
    assert not named, f"not in {archive}: {sorted(named)}"
    every = labels()
    return Score(
        len(every), answered, right, sum(one.license != "-" for one in every), tuple(wrong)
    )


def verdict_of(rock: bytes) -> Verdict:
    """Return the licence of a packed rock."""
    files = dict(_unpacked(rock))
    spec = next((text for path, text in files.items() if path.endswith(".rockspec")), "")
    found = _DECLARED.search(spec)
    declared = next((each for each in found.groups() if each is not None), "") if found else ""
    texts = _below_top({k: v for k, v in files.items() if "/" in k or not k.endswith(".rockspec")})
    said = [one for path, text in sorted(texts.items()) for one in findings(path, text)]
    silent = tuple(path for path, text in sorted(texts.items()) if is_silent(path, text))
    return verdict(declared, said, silent)


def _same(said: str, label: str) -> bool:
    return label != "-" and set(licenses_in(said)) == set(licenses_in(label))


def _below_top(texts: dict[str, str]) -> dict[str, str]:
    tops = {path.partition("/")[0] for path in texts}
    if len(tops) == 1 and all("/" in path for path in texts):
        return {path.partition("/")[2]: text for path, text in texts.items()}
    return texts


def _unpacked(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the telling files of a rock and of the archive in it."""
    with zipfile.ZipFile(io.BytesIO(content)) as outer:
        for name in outer.namelist():
            if _ARCHIVE.search(name) and "/" not in name:
                yield from _inner(outer.read(name))
            elif name.endswith(".rockspec") or _is_telling(name):
                with outer.open(name) as stream:
                    yield name, _text(stream.read(_MOST))


def _inner(content: bytes) -> Iterator[tuple[str, str]]:
    if zipfile.is_zipfile(io.BytesIO(content)):
        yield from _unpacked(content)
        return
    with tarfile.open(fileobj=io.BytesIO(content)) as packed:
        for member in packed:
            if member.isreg() and _is_telling(member.name):
                stream = packed.extractfile(member)
                yield member.name, _text(stream.read(_MOST) if stream else b"")


def _is_telling(path: str) -> bool:
    return is_license_file(path) or _TELLING.search(path) is not None


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


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
        print(f"{label.file}: {label.license}; said {said.license or 'nothing'} ({said.source})")
        if said.gap:
            print(f"    gap: {said.gap}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
