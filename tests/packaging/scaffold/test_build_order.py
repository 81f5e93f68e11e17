"""The order in which packages are built, for people, Koji and OBS."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from distrorocks.packaging.scaffold.build_order import (
    Described,
    Project,
    chain_text,
    list_texts,
    order_table,
    order_text,
    outgrown_texts,
    package_meta,
    project_meta,
    sbuild_text,
)
from distrorocks.packaging.scaffold.closure import Closure, Missing, NeededRock, Packaged
from distrorocks.rocks.dependency import Dependency

EDGES = {"json": (), "web": ("tls", "json"), "tls": ("web",), "app": ("web",)}
PACKAGES = {name: f"lua-{name}" for name in EDGES}
OUTGROWN = Packaged(
    "json", "lua-json", "1-1", (Dependency.parse("json >= 2"), Dependency.parse("json < 4"))
)
CLOSURE = Closure(
    rocks={name: NeededRock(name, f"{at}-1", (), name) for at, name in enumerate(EDGES)},
    groups=(("json",), ("web", "tls"), ("app",)),
    levels=(("json",), ("web", "tls"), ("app",)),
    edges=dict(EDGES),
    packaged=(Packaged("socket", "lua-socket"),),
    missing=(Missing("far", ("far ~> 4", "far"), ("tls", "app")),),
    outgrown=(OUTGROWN,),
)


def test_people_read_one_package_a_line() -> None:
    """A group of more than one is announced; what is wrong comes last, as comments."""
    assert order_text(CLOSURE, PACKAGES).splitlines() == [
        "lua-json",
        "# these need each other: lua-web lua-tls",
        "lua-web",
        "lua-tls",
        "lua-app",
        "# lua-json has json 1-1, not json >= 2, json < 4",
        "# not found: far ~> 4, far, for tls, app",
    ]
    assert outgrown_texts(CLOSURE) == ("lua-json has json 1-1, not json >= 2, json < 4",)


def test_koji_reads_rounds() -> None:
    """Blanks within a round, colons between two."""
    assert chain_text(CLOSURE, PACKAGES) == "lua-json : lua-web lua-tls : lua-app\n"


def test_sbuild_reads_the_directories_of_what_was_built_before() -> None:
    """All that a package needs, by way of others too; of a cycle what comes before."""
    assert sbuild_text(CLOSURE, PACKAGES).splitlines() == [
        "lua-json",
        "lua-web --extra-package=lua-json",
        "lua-tls --extra-package=lua-json --extra-package=lua-web",
        "lua-app --extra-package=lua-json --extra-package=lua-web --extra-package=lua-tls",
    ]


def test_each_service_has_its_files() -> None:
    """sbuild builds Debian's packages alone."""
    described = {name: Described(each, "It reads.") for name, each in PACKAGES.items()}
    metas = {f"obs/{each}/_meta" for each in PACKAGES.values()}
    lists = {"order.txt", "order.json", "chain.txt", "obs/_meta"}
    found = list_texts(CLOSURE, described, Project("p", "all", "fedora"))
    assert found.keys() == lists | metas
    assert "<title>It reads.</title>" in found["obs/lua-web/_meta"]
    found = list_texts(CLOSURE, described, Project("p", "all", "deb"))
    assert found.keys() == lists | metas | {"sbuild.txt"}


def test_programs_read_all_of_it() -> None:
    """By packages, and by rocks where there is none."""
    assert order_table(CLOSURE, PACKAGES) == {
        "packages": [
            {"package": "lua-json", "rock": "json", "version": "0-1", "after": []},
            {
                "package": "lua-web",
                "rock": "web",
                "version": "1-1",
                "after": ["lua-tls", "lua-json"],
            },
            {"package": "lua-tls", "rock": "tls", "version": "2-1", "after": ["lua-web"]},
            {"package": "lua-app", "rock": "app", "version": "3-1", "after": ["lua-web"]},
        ],
        "rounds": [["lua-json"], ["lua-web", "lua-tls"], ["lua-app"]],
        "cycles": [["lua-web", "lua-tls"]],
        "packaged": ["socket"],
        "outgrown": [
            {
                "rock": "json",
                "package": "lua-json",
                "version": "1-1",
                "lacks": ["json >= 2", "json < 4"],
            }
        ],
        "missing": [{"rock": "far", "needs": ("far ~> 4", "far"), "by": ("tls", "app")}],
    }


def test_the_metadata_of_a_package_is_xml() -> None:
    """Texts of a rockspec are escaped; without a homepage there is no address."""
    text = package_meta("deb-x", "lua-x", "<a> & ]]> 'b'", 'https://x/?a="&b')
    package = ElementTree.fromstring(text)  # noqa: S314
    assert package.findtext("title") == "<a> & ]]> 'b'"
    assert package.findtext("url") == 'https://x/?a="&b'
    assert package.attrib == {"name": "lua-x", "project": "deb-x"}
    without = ElementTree.fromstring(package_meta("deb-x", "lua-x", "a", ""))  # noqa: S314
    assert without.find("url") is None


@pytest.mark.parametrize(
    ("form", "repository", "path"),
    [
        ("deb", "Debian_13", {"project": "Debian:13", "repository": "standard"}),
        ("fedora", "Fedora_Rawhide", {"project": "Fedora:Rawhide", "repository": "standard"}),
        (
            "opensuse",
            "openSUSE_Tumbleweed",
            {"project": "openSUSE:Factory", "repository": "snapshot"},
        ),
    ],
)
def test_a_project_builds_for_the_distribution_of_its_format(
    form: str, repository: str, path: dict[str, str]
) -> None:
    """With the name of the repository that OBS has."""
    project = ElementTree.fromstring(project_meta("a&b", form, "<x>"))  # noqa: S314
    assert (project.attrib, project.findtext("title")) == ({"name": "a&b"}, "<x>")
    (found,) = project.findall("repository")
    assert found.attrib == {"name": repository}
    (place,) = found.findall("path")
    assert place.attrib == path
    assert [each.text for each in found.findall("arch")] == ["x86_64"]


def test_a_format_that_obs_does_not_build_has_no_repository() -> None:
    """Its project is still a valid one."""
    assert project_meta("a", "arch", "x") == (
        '<project name="a">\n  <title>x</title>\n  <description/>\n</project>\n'
    )


def test_texts_of_a_rock_are_escaped_for_xml() -> None:
    """In an attribute its quotes too; in a text they stand as they are."""
    odd = "a<b>&\"c\"'d'"
    text, value = "a&lt;b&gt;&amp;\"c\"'d'", "a&lt;b&gt;&amp;&quot;c&quot;&#x27;d&#x27;"
    assert package_meta(odd, odd, odd, odd) == (
        f'<package name="{value}" project="{value}">\n  <title>{text}</title>\n'
        f"  <description/>\n  <url>{text}</url>\n</package>\n"
    )
    assert "<url>" not in package_meta("p", "q", "r", "")
    assert project_meta(odd, "none", odd) == (
        f'<project name="{value}">\n  <title>{text}</title>\n  <description/>\n</project>\n'
    )
