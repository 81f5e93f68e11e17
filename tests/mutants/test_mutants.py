"""Mutants are made of code alone, drawn by a seed, and judged by the tests of their module."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from integration.mutants.accepted import REASONS, Accepted, accepted_survivors, stale
from integration.mutants.mutation import Mutant, mutants
from integration.mutants.rooms import ALSO, answering_tests, modules, room
from integration.mutants.sample import sample
from integration.mutants.trial import BrokenTrialError, Trial

TOP = Path(__file__).parent.parent.parent
TEXT = '''
"""A module."""

from __future__ import annotations

from collections.abc import Callable, Iterable

__all__ = ["Door", "is_one"]

_WORDS = {"a": 1, "b": 2}
Ask = Callable[[int, str], bool]
Later: TypeAlias = "Iterable[Kind]"
Kind = TypeVar("Kind", bound="Door")


class Door:
    @property
    def is_open(self) -> bool:
        return self.count > 0


def is_one(words: Iterable[str]) -> bool:
    """Return whether."""
    if words:
        raise ValueError("no words")
    return any(word == "one" for word in words)
'''


def after(found: list[Mutant], operator: str) -> list[str]:
    """Return the lines that the mutants of an operator have."""
    return [each.after for each in found if each.operator == operator]


def test_mutants_are_of_what_is_decided() -> None:
    """Conditions, comparisons, tables; not of docstrings, types, exports and errors' words."""
    found = mutants("a.py", TEXT)
    assert after(found, "condition") == ["if not (words):"]
    assert after(found, "any and all") == ['return all(word == "one" for word in words)']
    assert after(found, "number")[0] == '_WORDS = {"a": 2, "b": 2}'
    assert after(found, "member") == ['_WORDS = {"b": 2}', '_WORDS = {"a": 1, }']
    assert "return self.count >= 0" in after(found, "operator")
    changed = " ".join(each.after for each in found)
    assert not any(
        word in changed
        for word in ("module", "no words", "__all__", "Ask", "Later", "->", "kind", "XXDoorXX")
    )
    assert {each.function for each in found} == {"(module)", "Door.is_open", "is_one"}


def test_a_match_loses_its_cases_and_a_ternary_its_arms() -> None:
    """Each case in turn; a match of one case is left alone, since it would be no Python."""
    text = (
        "def f(x):\n    match x:\n        case 1:\n            y = 3\n        case _:\n"
        "            y = 4\n    return y if x else 0\n"
    )
    found = mutants("a.py", text)
    assert [each.before for each in found if each.operator == "case"] == [
        "case 1:\ny = 3",
        "case _:\ny = 4",
    ]
    assert after(found, "conditional expression") == [
        "return y if (x) and False else 0",
        "return y if (x) or True else 0",
    ]


def test_a_mutant_is_its_module_with_one_change() -> None:
    """Every mutant is other Python, and none comes twice."""
    found = mutants("a.py", TEXT)
    texts = {each.text for each in found}
    assert len(texts) == len(found)
    assert TEXT not in texts
    for each in found:
        compile(each.text, "a.py", "exec")


def test_a_seed_draws_the_same_sample_evenly() -> None:
    """As many of each room, and of each operator in a module, as there are."""
    by_module = {f"{name}.py": mutants(f"{name}.py", TEXT) for name in ("r/a", "r/b", "s/c")}
    drawn = sample(by_module, 24, 1)
    assert drawn == sample(dict(reversed(by_module.items())), 24, 1)
    assert drawn != sample(by_module, 24, 2)
    assert Counter(room(each.module) for each in drawn) == {"r": 12, "s": 12}
    assert Counter(each.module for each in drawn)["r/a.py"] == 6
    operators = Counter(each.operator for each in by_module["s/c.py"])
    assert {each.operator for each in drawn if each.module == "s/c.py"} == set(operators)
    assert len(sample(by_module, 10_000, 1)) == sum(map(len, by_module.values()))


def test_the_modules_that_decide_are_there_and_have_tests() -> None:
    """A module that was moved or that no test reaches is found at once."""
    found = modules(TOP)
    assert set(ALSO) < set(found)
    assert [each for each in found if not answering_tests(TOP, each)] == []


def test_a_module_decides_if_it_reaches_no_machine(tmp_path: Path) -> None:
    """Neither through a library nor through ours; types are no reach; words are not asked."""
    texts = {
        "a/pure.py": "import re\nfrom distrorocks.a import b\n",
        "a/typed.py": "if TYPE_CHECKING:\n    from distrorocks.system.x import Y\n",
        "a/late.py": "def f():\n    import os.path\n",
        "a/ours.py": "from distrorocks.system.x import Y\n",
        "a/room.py": "from distrorocks.system import x\n",
        "a/__init__.py": "",
        "cli/pure.py": "import re\n",
        "system/pure.py": "import re\n",
    }
    for name, text in texts.items():
        path = tmp_path / "distrorocks" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert modules(tmp_path) == ["a/pure.py", "a/typed.py"]


def test_the_nearest_tests_run_first() -> None:
    """Those of the module's name, then those that import it, those of its room first."""
    found = answering_tests(TOP, "licensing/verdict.py")
    assert found[:2] == [
        "tests/licensing/test_verdict.py",
        "tests/licensing/test_verdict_rules.py",
    ]
    assert "tests/lua/test_read.py" not in found
    assert "tests/licensing/test_short_names.py" in answering_tests(TOP, "licensing/finding.py")


def test_what_is_loaded_out_of_a_table_answers_to_who_asks_the_table() -> None:
    """Formats of packaging and families are; their own tests come first."""
    found = answering_tests(TOP, "packaging/formats/deb.py")
    assert found[0] == "tests/packaging/formats/test_deb.py"
    assert "tests/packaging/plan/test_prebuilt.py" in found
    assert "tests/families/test_known.py" in answering_tests(TOP, "families/rpm/family.py")
    assert "tests/families/test_known.py" not in answering_tests(TOP, "lua/read.py")


def test_what_a_helper_of_a_room_asks_its_tests_ask() -> None:
    """For modules of that room alone."""
    helper = "from distrorocks.packaging.plan.plan import packaging_plan"
    assert helper in (TOP / "tests/packaging/scaffolding.py").read_text()
    found = answering_tests(TOP, "packaging/plan/plan.py")
    assert "tests/packaging/formats/test_rpm.py" in found
    assert "tests/cli/verbs/test_scaffold.py" not in found
    assert (
        "from distrorocks.lua.read import" in (TOP / "tests/packaging/scaffolding.py").read_text()
    )
    assert "tests/packaging/formats/test_rpm.py" not in answering_tests(TOP, "lua/read.py")


def test_a_limit_that_is_documented_is_tested_by_its_page() -> None:
    """That test loads modules by their names, so it imports none."""
    limits = "tests/test_limits.py"
    assert answering_tests(TOP, "sources/diff.py")[-1] == limits
    assert limits not in answering_tests(TOP, "licensing/verdict.py")


def test_accepted_survivors_have_their_reasons() -> None:
    """Each is one entry of a module that decides, and its reason begins with its kind."""
    stored = accepted_survivors()
    assert len({each[:4] for each in stored}) == len(stored)
    assert all(each.reason.partition(":")[0] in REASONS for each in stored)
    assert {each.module for each in stored} <= set(modules(TOP))


def test_an_accepted_survivor_covers_its_mutant_wherever_it_moved() -> None:
    """Lines above it do not count, its own text does."""
    first = mutants("a.py", TEXT)[0]
    entry = Accepted("a.py", first.function, first.before, first.after, "equivalent: so it is")
    moved = mutants("a.py", f"\n\n{TEXT}")[0]
    assert entry.covers(moved)
    assert not entry.covers(moved._replace(after="other"))
    assert stale([entry], mutants("a.py", "x = 1\n")) == [entry]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a project of one module and one test."""
    top = tmp_path / "checkout"
    for name in ("distrorocks", "tests", "docs", ".venv", "dist"):
        (top / name).mkdir(parents=True)
    (top / "docs/page.md").touch()
    (top / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n')
    (top / "distrorocks/__init__.py").touch()
    (top / "distrorocks/sums.py").write_text("def total(a, b):\n    return a + b\n")
    (top / "tests/test_sums.py").write_text(
        "from distrorocks.sums import total\ndef test_it():\n    assert total(2, 0) == 2\n"
    )
    (top / "tests/test_else.py").write_text("def test_it():\n    pass\n")
    return top


def test_a_mutant_survives_where_its_tests_pass(checkout: Path, tmp_path: Path) -> None:
    """In a copy: the checkout stays as it was."""
    text = (checkout / "distrorocks/sums.py").read_text()
    trial = Trial(checkout, tmp_path / "scratch", 1)
    tests = ["tests/test_sums.py"]
    trial.prepare("sums.py", tests)
    mutant = Mutant("sums.py", "total", "operator", 2, "", "", text.replace("+", "-"))
    assert trial.survives(mutant, tests)
    assert not trial.survives(mutant._replace(text=text.replace("+", "*")), tests)
    assert (checkout / "distrorocks/sums.py").read_text() == text


def test_tests_that_say_nothing_are_refused(checkout: Path, tmp_path: Path) -> None:
    """Neither those that fail by themselves nor those that do not load the module count."""
    trial = Trial(checkout, tmp_path / "scratch", 1)
    with pytest.raises(BrokenTrialError, match="cannot be imported"):
        trial.prepare("sums.py", ["tests/test_else.py"])
    with pytest.raises(BrokenTrialError, match="fail without a mutant"):
        trial.prepare("sums.py", ["tests/test_gone.py"])


def test_tests_of_several_modules_run_once_before_their_mutants(
    checkout: Path, tmp_path: Path
) -> None:
    """What was measured is not run again as it is; where one fails, each module runs its own."""
    count = checkout / "count"
    counted = f"open({str(count)!r}, 'a').write('x')"
    sums = checkout / "tests/test_sums.py"
    sums.write_text(f"{sums.read_text()}{counted}\n")
    tests = ["tests/test_sums.py"]
    trial = Trial(checkout, tmp_path / "scratch", 1)
    trial.measure([*tests, "tests/test_else.py"])
    trial.prepare("sums.py", tests)
    assert count.read_text() == "x"
    (checkout / "tests/test_bad.py").write_text("def test_it():\n    assert False\n")
    other = Trial(checkout, tmp_path / "other", 1)
    other.measure([*tests, "tests/test_bad.py"])
    other.prepare("sums.py", tests)
    assert count.read_text() == "xxx"
    bad = "sums.py: its tests fail without a mutant: tests/test_bad.py::test_it"
    with pytest.raises(BrokenTrialError) as caught:
        other.prepare("sums.py", ["tests/test_bad.py"])
    assert str(caught.value) == bad


def test_tests_find_the_pages_of_the_checkout(checkout: Path, tmp_path: Path) -> None:
    """What they compare with is in the copy, which tests as other users read; no caches are."""
    (tmp_path / "scratch").mkdir(mode=0o700)
    Trial(checkout, tmp_path / "scratch", 1)
    assert (tmp_path / "scratch").stat().st_mode & 0o777 == 0o755
    copy = tmp_path / "scratch/copy"
    assert sorted(each.name for each in copy.iterdir()) == sorted(
        ("distrorocks", "docs", "pyproject.toml", "tests")
    )
    assert (copy / "docs/page.md").is_file()
