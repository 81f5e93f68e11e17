"""Files of the archive that were compiled elsewhere are removed before the build, and told."""

from __future__ import annotations

import pytest

from distrorocks.packaging.plan.draft import PackagingPlan
from distrorocks.packaging.source.facts import Sources
from tests.packaging.scaffolding import outputs, plan_of, rock_facts

TEXT = """package = "foo"
version = "1.0-1"
source = {{ url = "{url}" }}
build = {{ type = "builtin", modules = {{ foo = "foo.lua" }} }}
"""
ARCHIVE = "https://example.org/foo-1.0.tar.gz"
TAG = "https://github.com/a/foo/archive/v1.0.tar.gz"


def planned(
    form: str, prebuilt: tuple[str, ...], below: str = "", url: str = ARCHIVE
) -> PackagingPlan:
    """Return the plan of a rock with compiled files in its sources."""
    sources = Sources(files=("foo.lua", *prebuilt), top="foo-1.0", below=below, prebuilt=prebuilt)
    facts = rock_facts(TEXT.format(url=url), sources)
    return plan_of(facts, form)


@pytest.mark.parametrize("below", ["", "lua"])
def test_debian_cleans_and_repacks(below: str) -> None:
    """debian/clean has them from the top of the sources, and uscan leaves them out."""
    files = outputs(planned("deb", ("a.so", "b/c.dll"), below))
    start = f"{below}/" if below else ""
    assert files["debian/clean"] == f"{start}a.so\n{start}b/c.dll\n"
    assert f"Files-Excluded:\n {start}a.so\n {start}b/c.dll\n" in files["debian/copyright"]
    assert 'opts="repacksuffix=+ds, dversionmangle=auto"' in files["debian/watch"]


def test_the_options_of_a_watch_file_are_kept() -> None:
    """Those of a forge stand beside the suffix."""
    watch = outputs(planned("deb", ("a.so",), url=TAG))["debian/watch"]
    assert 'opts="repacksuffix=+ds, dversionmangle=auto, filenamemangle=' in watch
    plain = outputs(planned("deb", (), url=TAG))["debian/watch"]
    assert watch.replace("repacksuffix=+ds, dversionmangle=auto, ", "") == plain


@pytest.mark.parametrize(
    ("form", "place", "line"),
    [
        ("fedora", "%autosetup", "rm -f -- lua/a.so lua/b/c.dll"),
        ("opensuse", "%autosetup", "rm -f -- lua/a.so lua/b/c.dll"),
        ("arch", 'cd "$srcdir/foo-$pkgver/lua"', "rm -f -- a.so b/c.dll"),
        ("alpine", 'cd "$builddir"/lua', "rm -f -- a.so b/c.dll"),
    ],
)
def test_others_remove_them_where_the_sources_are_prepared(
    form: str, place: str, line: str
) -> None:
    """Before anything is built."""
    files = outputs(planned(form, ("a.so", "b/c.dll"), "lua"))
    (text,) = [it for path, it in files.items() if path.endswith((".spec", "BUILD"))]
    after = text.partition(place)[2]
    assert line in after.partition("build")[0] if form in ("fedora", "opensuse") else line in after


def test_what_is_removed_is_a_gap() -> None:
    """A name that is no plain word is left to the packager, and in no recipe."""
    plan = planned("fedora", ("a.so", "b c.dll"))
    assert plan.prebuilt == ("a.so",)
    gap = plan.fields["prebuilt"].gap
    assert gap.startswith("compiled elsewhere, which no distribution accepts: a.so and b c.dll;")
    assert gap.endswith("remove b c.dll by hand")
    assert all("b c.dll" not in text for text in outputs(plan).values())


def test_upstreams_tests_do_not_see_them() -> None:
    """Lua would find those of the sources before the ones that are installed."""
    texts = {"foo.lua": "", "test.lua": "require 'foo'"}
    sources = Sources(files=(*texts, "a.so"), texts=texts, top="foo-1.0", prebuilt=("a.so",))
    facts = rock_facts(TEXT.format(url=ARCHIVE), sources)
    plan = plan_of(facts)
    assert plan.upstream_tests_without == ("foo.lua", "a.so")


def test_without_such_files_nothing_is_removed() -> None:
    """Nor told."""
    plan = planned("deb", ())
    assert plan.fields["prebuilt"].gap == ""
    files = outputs(plan)
    assert "debian/clean" not in files
    assert "Files-Excluded" not in files["debian/copyright"]
    assert "repacksuffix" not in files["debian/watch"]
