"""Templates of packaging: whose are taken, and what is told of a faulty one."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.packaging.formats.templates import (
    LIMIT,
    SYSTEM_TEMPLATES,
    TemplateError,
    control_text,
    render,
    roff_text,
    search_path,
    shell_versioned,
    shell_word,
    spec_text,
    timed,
    versioned,
    yaml_text,
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


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("%install x 5%", '"%%install" x 5%%'),
        ("  %if 1", '  "%%if" 1'),
        ("% x", '"%%" x'),
        ("x %if", "x %%if"),
        ("a%%b", "a%%%%b"),
        ("%a\n%b", '"%%a"\n%%b'),
        ("", ""),
    ],
)
def test_rpm_expands_no_macro_of_a_text(text: str, spec: str) -> None:
    """A first word with a per cent sign is quoted, so that it begins no section."""
    assert spec_text(text) == spec


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("lua-foo_1.0", "lua-foo_1.0"),
        ("a@%+=:,./b", "a@%+=:,./b"),
        ("a'b", "'a'\\''b'"),
        ("a b", "'a b'"),
        ("$(x)", "'$(x)'"),
        ("a\n", "'a\n'"),
        ("", "''"),
        ("é", "'é'"),
    ],
)
def test_a_text_is_one_word_of_the_shell(text: str, word: str) -> None:
    """Quoted where it has any sign that the shell might read."""
    assert shell_word(text) == word


@pytest.mark.parametrize(
    ("commands", "run"),
    [
        (("lua test.lua", "lua b.lua"), ["lua test.lua", "lua b.lua"]),
        (
            ('lua "$(command -v busted)" --no-coverage spec',),
            ['lua "$(command -v busted)" --no-coverage spec'],
        ),
        (("prove -v tests",), ["prove -v tests"]),
        (
            ("(cd test && lua run.lua)", "lua a.lua"),
            ["sh -ec 'cd test && lua run.lua'", "lua a.lua"],
        ),
        (("(cd a && x) || (cd b && y)",), ["sh -ec '(cd a && x) || (cd b && y)'"]),
        (("cd test", "export FOO=1", "lua a.lua"), ["sh -ec 'cd test\nexport FOO=1\nlua a.lua'"]),
        (("A=1 lua x",), ["sh -ec 'A=1 lua x'"]),
        (("lua x; lua y",), ["sh -ec 'lua x; lua y'"]),
        (("echo 'a'",), [r"sh -ec 'echo '\''a'\'''"]),
        ((". ./x",), ["sh -ec '. ./x'"]),
        ((), []),
    ],
)
def test_tests_of_upstream_come_to_an_end(commands: tuple[str, ...], run: list[str]) -> None:
    """They are ended after ten minutes; lines that belong together stay in one shell."""
    assert timed(commands) == [f"timeout 600 {command}" for command in run]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("foo-1.0", "foo-V"),
        ("https://a.org/1.0/v1.0.zip#/foo_1.0.zip", "https://a.org/V/vV.zip#/foo_V.zip"),
        ("foo-1.0-1", "foo-V-1"),
        ("foo-1.0.1", "foo-1.0.1"),
        ("foo-1.0rc1", "foo-1.0rc1"),
        ("foo-11.0", "foo-11.0"),
        ("foo-1x0", "foo-1x0"),
        ("foo1.0", "foo1.0"),
    ],
)
def test_a_version_that_stands_apart_is_written_as_a_macro(text: str, written: str) -> None:
    """Others that only begin or end like it are not."""
    assert versioned(text, "1.0", "V") == written
    assert versioned(text, "", "V") == text


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("foo-1.0.zip", '"foo-$pkgver.zip"'),
        ("foo-1.0", '"foo-$pkgver"'),
        ("foo-2.0", "foo-2.0"),
        ("foo 2~0", "'foo 2~0'"),
        ("$(id)-1.0", "'$(id)-1.0'"),
        ('a`b"c\\-1.0', "'a`b\"c\\-1.0'"),
    ],
)
def test_a_word_of_the_shell_has_the_version_as_a_variable(text: str, word: str) -> None:
    """Only in texts in which the shell reads nothing else."""
    assert shell_versioned(text, "1.0") == word


def test_a_versioned_word_has_what_stands_around_it() -> None:
    """With the variables of that, also beside a text that is quoted on its own."""
    assert shell_versioned("foo", "1.0", "$srcdir/") == '"$srcdir/foo"'
    assert shell_versioned("f$o", "1.0", "$srcdir/", " $b") == '"$srcdir/"\'f$o\'" $b"'


@pytest.mark.parametrize(
    ("text", "roff"),
    [
        (".TH a\\b", "\\&.TH a\\eb"),
        ("'x'", "\\&'x'"),
        ("a.b'c", "a.b'c"),
        ("a-b", "a\\-b"),
        ("-a", "\\-a"),
    ],
)
def test_a_text_is_no_request_of_troff(text: str, roff: str) -> None:
    """A line begins none, and backslashes and hyphens are shown as they are."""
    assert roff_text(text) == roff


def test_other_texts_are_escaped_as_their_formats_have_it() -> None:
    """A control file holds no variable, and YAML a scalar in quotes."""
    assert control_text("${x} $x ${y}") == "${}{x} $x ${}{y}"
    assert yaml_text('a"b\\c') == '"a\\"b\\\\c"'
    assert yaml_text("") == '""'


@pytest.mark.parametrize(
    ("path", "outputs"),
    [
        ("[rock].txt", {"foo.txt": "foo"}),
        ("a/[rock]-[version].txt", {"a/foo-1.txt": "foo"}),
        ("[lua_versions]", {"5.1": "5.1", "5.4": "5.4"}),
        ("[version]-[lua_versions]", {"1-('5.1', '5.4')": "1"}),
        ("lua[lua_versions]/[rock]", {"lua5.1/foo": "5.1", "lua5.4/foo": "5.4"}),
        ("[none].txt", {}),
        ("[empty].txt", {}),
        ("[odd].txt", {"kept.txt": "kept"}),
        ("[flag]", {"True": "True"}),
        ("[Rock]", None),
        ("debian/x~", {}),
        ("README.md", {}),
    ],
)
def test_an_output_is_named_by_fields(
    tmp_path: Path, path: str, outputs: dict[str, str] | None
) -> None:
    """One for each item of a list; none for an item that would lead elsewhere or be hidden."""
    values: dict[str, str | tuple[str, ...] | bool] = {
        "rock": "foo",
        "version": "1",
        "none": "",
        "empty": (),
        "flag": True,
        "lua_versions": ("5.1", "5.4"),
        "odd": ("a/b", ".a", "", "kept"),
    }
    place = tmp_path / "deb" / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("{{ item }}" if outputs is not None else "plain")
    found = {
        name: made[0].decode() for name, made in render("deb", values, [str(tmp_path)]).items()
    }
    expected = {"[Rock]": "plain"} if outputs is None else outputs
    assert found == {name: f"{text}\n" for name, text in expected.items()}


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        ("a  \n\tb\t\n", "a\n\tb\n"),
        ("\n\na\n\nb\n\n\n", "a\n\nb\n"),
        ("  a", "  a\n"),
        (" \n\t\n", None),
        ("{% if true %}\na\n{% endif %}\nb", "a\nb\n"),
        ("  {% if true %}\na\n  {% endif %}\nb", "a\nb\n"),
        ("<{{ '<&>' }}>", "<<&>>\n"),
    ],
)
def test_an_output_has_no_blanks_at_its_ends(tmp_path: Path, text: str, tidy: str | None) -> None:
    """Nor empty lines; what is blank altogether is not written, and nothing is taken for HTML."""
    assert rendered(tmp_path, text) == ({"rules": tidy} if tidy else {})


def test_scripts_of_a_format_may_be_run(tmp_path: Path) -> None:
    """Those of Debian that have to be; no other file may."""
    for path in ("debian/rules", "debian/tests/upstream", "debian/tests/rules", "rules"):
        (tmp_path / "deb" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "deb" / path).write_text("x")
    found = render("deb", {}, [str(tmp_path)])
    assert [(path, mode) for path, (_, mode) in found.items()] == [
        ("debian/rules", 0o755),
        ("debian/tests/rules", 0o644),
        ("debian/tests/upstream", 0o755),
        ("rules", 0o644),
    ]


def test_a_byte_of_the_rock_is_written_as_it_is(tmp_path: Path) -> None:
    """Text that is no UTF-8 comes back as the same bytes."""
    (tmp_path / "deb").mkdir()
    (tmp_path / "deb/a").write_text("{{ rock }}")
    assert render("deb", {"rock": "\udcff"}, [str(tmp_path)]) == {"a": (b"\xff\n", 0o644)}


def test_templates_of_the_packager_come_first_and_ours_last() -> None:
    """Between them stand those of the system, which need not be there."""
    first, second, system, ours = search_path(("a", "b"))
    assert (first, second, system) == ("a", "b", SYSTEM_TEMPLATES)
    assert Path(ours, "deb/debian/rules").is_file()
    assert SYSTEM_TEMPLATES == "/etc/distrorocks/packaging-templates"
    assert LIMIT == 1 << 20


def test_an_error_of_a_template_says_what_may_be_written(tmp_path: Path) -> None:
    """The kind of the error, and the command that lists all fields."""
    with pytest.raises(TemplateError) as caught:
        rendered(tmp_path, "{{ colour }}")
    assert caught.value.detail.startswith("UndefinedError: ")
    assert "--plan" in caught.value.hint
