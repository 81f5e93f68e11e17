"""A rock's build is decided, then carried out, and its errors name the rock once."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.install.build.build import BuildError, build_rock, steps_of
from tests.install.build.requests import told, wanted
from tests.install.build.running import PlainRunner, places_in, put

ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin"}


def test_sources_are_read_only_where_modules_are_to_be_found(tmp_path: Path) -> None:
    """A rockspec that lists its modules is decided without any sources."""
    places = places_in(tmp_path)
    put(tmp_path / "s/foo", {"src/found.lua": ""})
    finding = wanted('{ type = "builtin" }', rockspec_format="3.0", places=places)
    assert any("found.lua" in line for line in told(steps_of(finding)))
    listing = wanted('{ type = "builtin", modules = { a = "a.lua" } }', rockspec_format="3.0")
    assert any("a.lua" in line for line in told(steps_of(listing)))
    assert not any("found.lua" in line for line in told(steps_of(listing)))


@pytest.mark.parametrize(
    ("build", "brief", "detail"),
    [
        (
            '{ type = "none", install = { lua = { "x.lua" } } }',
            "foo 1.0-1: 'x.lua' cannot be installed: it is not there",
            "",
        ),
        (
            '{ type = "command", build_command = "echo first; echo last; exit 3" }',
            "foo 1.0-1: the build failed while building (status 3)",
            "last",
        ),
    ],
)
def test_an_error_names_the_rock(tmp_path: Path, build: str, brief: str, detail: str) -> None:
    """What failed, the last lines of a command, and what to do follow as they were said."""
    request = wanted(build, places=places_in(tmp_path))
    with pytest.raises(BuildError) as caught:
        build_rock(request, steps_of(request), PlainRunner(), environment=ENVIRONMENT, processors=1)
    cause = caught.value.__cause__
    assert isinstance(cause, BuildError)
    assert caught.value.brief.startswith(brief)
    assert caught.value.brief == f"foo 1.0-1: {cause.brief}"
    assert (caught.value.detail, caught.value.hint) == (cause.detail, cause.hint)
    assert detail in cause.detail
    assert cause.hint or not detail


def test_commands_have_the_environment_and_are_told(tmp_path: Path) -> None:
    """Each by what it is for, before it runs."""
    build = '{ type = "command", build_command = "true", install_command = "false" }'
    request = wanted(build, places=places_in(tmp_path))
    runner, said = PlainRunner(), list[str]()
    with pytest.raises(BuildError):
        build_rock(
            request,
            steps_of(request),
            runner,
            environment={**ENVIRONMENT, "MINE": "x"},
            processors=1,
            step=said.append,
        )
    assert [each[3]["MINE"] for each in runner.asked] == ["x", "x"]
    assert said == ["building", "installing"]


def test_a_rock_without_commands_runs_none(tmp_path: Path) -> None:
    """And is made whole: what it returns is what is there."""
    places = places_in(tmp_path)
    put(tmp_path / "s/foo", {"a.lua": "return 1\n"})
    request = wanted('{ type = "builtin", modules = { a = "a.lua" } }', places=places)
    runner = PlainRunner()
    made = build_rock(request, steps_of(request), runner, environment={}, processors=1)
    assert runner.asked == []
    assert set(made.files) == {"lua/a.lua", "foo-1.0-1.rockspec"}
    assert (tmp_path / "r/lua/a.lua").read_text() == "return 1\n"
