"""Templates of packaging: whose are taken, and what is told of a faulty one."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.packaging.formats.templates import (
    TemplateError,
    control_text,
    render,
    roff_text,
    shell_word,
    spec_text,
)


def rendered(folder: Path, *texts: str | bytes) -> dict[str, str]:
    """Return the outputs of directories that have one template each, the first wins."""
    directories = []
    for number, text in enumerate(texts):
        place = folder / str(number) / "deb/rules"
        place.parent.mkdir(parents=True)
        place.write_bytes(text if isinstance(text, bytes) else text.encode())
        directories.append(str(folder / str(number)))
    made = render("deb", {"rock": "foo", "lua_versions": ("5.1", "5.4")}, directories)
    return {path: content.decode() for path, (content, _) in made.items()}


def test_the_first_directory_wins(tmp_path: Path) -> None:
    """A template of the packager's own stands before ours; without text it makes no file."""
    assert rendered(tmp_path / "a", "mine {{ rock }}", "ours") == {"rules": "mine foo\n"}
    assert rendered(tmp_path / "b", "{% if false %}x{% endif %}", "ours") == {}


def test_a_changed_template_is_read_again(tmp_path: Path) -> None:
    """What was compiled serves until the file changes, or another directory has one before it."""
    texts = []
    directories = [str(tmp_path / "own"), str(tmp_path / "shared")]
    for place, text in (("shared", "one"), ("shared", "twice"), ("own", "mine"), ("own", None)):
        path = tmp_path / place / "deb/rules"
        path.parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "own").mkdir(exist_ok=True)
        path.write_text(text) if text else path.unlink()
        texts.append(render("deb", {}, directories)["rules"][0])
    assert texts == [b"one\n", b"twice\n", b"mine\n", b"twice\n"]


@pytest.mark.parametrize(
    ("text", "line", "detail"),
    [
        ("a\n{{ colour }}\n", 2, "'colour' is undefined"),
        ("a\n\n{{ oops", 3, "unexpected end"),
        ("{{ rock }}\n{{ 1 / 0 }}\n", 2, "division by zero"),
        ("{{ rock + 1 }}", 1, "str"),
        ("{% for x in rock %}", 1, "endfor"),
        ("x\n{{ rock|colour }}", 2, "colour"),
        ("{% include 'none' %}", 1, "none"),
    ],
)
def test_an_error_of_a_template_has_its_line(
    tmp_path: Path, text: str, line: int, detail: str
) -> None:
    """The file, the line and the error are reported."""
    with pytest.raises(TemplateError) as caught:
        rendered(tmp_path, text, "ours")
    assert caught.value.brief.startswith(f"{tmp_path}/0/deb/rules:{line}: ")
    assert detail in caught.value.detail


def test_a_binary_template_is_an_error(tmp_path: Path) -> None:
    """The error names the file."""
    with pytest.raises(TemplateError, match=f"{tmp_path}/0/deb/rules: "):
        rendered(tmp_path, b"\xff\xfe", "ours")


def test_a_path_with_an_unknown_field_is_an_error(tmp_path: Path) -> None:
    """A template whose path names a field that the plan has not is no template without output."""
    (tmp_path / "deb").mkdir()
    (tmp_path / "deb/[rock]-[colour].txt").write_text("x")
    with pytest.raises(TemplateError, match="cannot render") as caught:
        render("deb", {"rock": "foo"}, [str(tmp_path)])
    assert "the plan has no field colour" in caught.value.detail


def test_a_missing_template_directory_is_an_error(tmp_path: Path) -> None:
    """A mistyped path is not ignored."""
    with pytest.raises(TemplateError, match="nowhere"):
        render("deb", {}, [str(tmp_path / "nowhere")])


def test_filters_escape_text() -> None:
    """Escaped text begins no macro, section, variable, command or request."""
    assert spec_text("%install x 5%") == '"%%install" x 5%%'
    assert control_text("${x} $x") == "${}{x} $x"
    assert shell_word("a'b") == "'a'\\''b'"
    assert shell_word("lua-foo_1.0") == "lua-foo_1.0"
    assert roff_text(".TH a\\b") == "\\&.TH a\\eb"
