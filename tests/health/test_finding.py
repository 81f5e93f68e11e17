"""Findings from files and digests, without any machine."""

from __future__ import annotations

from distrorocks.families.package import Package
from distrorocks.health.finding import (
    BROKEN_MANIFEST,
    BROKEN_ROCK,
    MISSING,
    MODIFIED,
    ORPHANED,
    STALE_MANIFEST,
    STALE_ROCK,
    Finding,
    ListedFile,
    Owners,
    file_findings,
    settled,
)
from distrorocks.health.ledger_findings import TreesState, ledger_findings
from distrorocks.health.provider_findings import package_duplicates, rock_duplicates
from distrorocks.trees.change import Keep
from distrorocks.trees.layout import distro_layout, tree_layout
from distrorocks.trees.ledger import Ledger
from tests.effort import little_time

LAYOUT = distro_layout("5.3")
PATH = "/usr/share/lua/5.3/one.lua"
RPM = Package("rpm", "lua-one", "1-1", "noarch", files=(PATH,))


def listed(name: str, expected: str, found: str, path: str = PATH) -> ListedFile:
    """Return one file of a rock."""
    return ListedFile((name, "1-1"), "lua", "one.lua", path, expected, found)


def finding(kind: str, place: str) -> Finding:
    """Return a finding of which only kind and place matter."""
    return Finding(kind, place, "", "", "")


def test_a_file_as_its_rock_manifest_says_is_no_finding() -> None:
    """Nor is one that its package vouches for."""
    assert file_findings([listed("one", "a", "a")], Owners(), LAYOUT) == []
    vouched = Owners(recorded={PATH: "b"})
    assert file_findings([listed("one", "a", "b")], vouched, LAYOUT) == []


def test_a_rock_of_ours_whose_package_is_gone_is_not_installed_again() -> None:
    """A refresh takes it back; a package that is there is installed anew."""
    ours = frozenset({LAYOUT.rock_manifest("one", "1-1")})
    (found,) = file_findings([listed("one", "a", "")], Owners(ours=ours), LAYOUT)
    assert (found.kind, found.hint) == (MISSING, "distrorocks refresh")
    owned = Owners(of_rock={("one", "1-1"): RPM}, ours=ours)
    (found,) = file_findings([listed("one", "a", "")], owned, LAYOUT)
    assert found.hint.startswith("dnf reinstall lua-one")


def test_nothing_is_to_be_installed_into_the_tree_of_packages() -> None:
    """Metadata of a package that is gone, which no ledger lists, is to be removed."""
    (found,) = file_findings([listed("one", "a", "")], Owners(), LAYOUT)
    assert found.hint == f"its package is not installed: rm -r {LAYOUT.rock_dir('one', '1-1')}"


def test_a_package_does_not_bring_back_a_file_of_another_tree() -> None:
    """The rock of the same name and version there has another owner."""
    layout = tree_layout("/opt/t", "5.3")
    owned = Owners(of_rock={("one", "1-1"): RPM})
    (found,) = file_findings([listed("one", "a", "")], owned, layout)
    assert found.hint == "luarocks --lua-version=5.3 --tree=/opt/t install one 1-1"


def test_rpm_is_asked_whether_a_file_was_changed() -> None:
    """Its database has no MD5, so an upgrade without a refresh looks alike."""
    (found,) = file_findings([listed("one", "a", "b")], Owners({PATH: RPM}), LAYOUT)
    assert (found.kind, found.place) == (MODIFIED, PATH)
    assert found.hint == (
        "dnf reinstall lua-one, if `rpm -V lua-one` names the file; else distrorocks refresh"
    )


def test_two_versions_of_one_rock_can_shadow_each_other() -> None:
    """The one whose digest is there owns the plain name."""
    files = [listed("one", "a", "a"), listed("two", "b", "a")]
    (found,) = file_findings(files, Owners(), LAYOUT)
    assert (found.kind, found.found) == ("shadowed", "the file of one 1-1")


def test_one_fault_is_reported_once() -> None:
    """What is gone is not broken, what is broken not old, and what is equal not twice there."""
    told = [
        finding(BROKEN_ROCK, "/r/a"),
        finding(MODIFIED, "/r/a/rock_manifest"),
        finding(STALE_ROCK, "/r/a"),
        finding(BROKEN_ROCK, "/r/b"),
        finding(MISSING, "/r/b/rock_manifest"),
        finding(MISSING, "/r/b/rock_manifest"),
        finding(BROKEN_ROCK, "/r/c"),
        finding(ORPHANED, "/r/c"),
        finding(STALE_MANIFEST, "/r/manifest"),
        finding(BROKEN_MANIFEST, "/r/manifest"),
    ]
    assert [(it.kind, it.place) for it in settled(told)] == [
        (BROKEN_ROCK, "/r/a"),
        (MISSING, "/r/b/rock_manifest"),
        (ORPHANED, "/r/c"),
        (BROKEN_MANIFEST, "/r/manifest"),
    ]


def test_providers_that_meet_are_reported_in_pairs() -> None:
    """Architectures of one package are one provider; many modules are reported in short."""
    files = tuple(f"/usr/share/lua/5.3/m{number}.lua" for number in range(6))
    one, two = (RPM._replace(name=name, files=files) for name in ("lua-one", "lua-two"))
    found = package_duplicates([one, two, one._replace(architecture="x86_64")], "5.3")
    assert [it.found for it in found] == [
        "packages lua-one and lua-two both have the modules m0, m1, m2, m3 and 2 more"
    ]
    assert package_duplicates([one, two], "5.4") == []


def test_rocks_of_packages_are_reported_as_packages() -> None:
    """A rock of somebody else beside one of a package is reported as a rock."""
    modules = {"m": ["a", "b"], "n": ["a", "a"]}
    assert rock_duplicates(modules, LAYOUT, {"a", "b"}) == []
    (found,) = rock_duplicates(modules, LAYOUT, {"a"})
    assert found.found == "rocks a and b both have the module m"


def test_many_providers_of_one_module_are_reported_beside_the_first() -> None:
    """Thousands of rocks with one module are thousands of findings, not millions; none is lost."""
    names = [f"r{number:04}" for number in range(4000)]
    found = rock_duplicates({"m": names, "n": names[:3]}, LAYOUT)
    assert len(found) == 3999
    assert found[0].found == "rocks r0000 and r0001 both have the modules m, n"
    assert {it.place.rpartition("/")[2] for it in found} == set(names[1:])
    few = rock_duplicates({"m": ["a", "b", "c"]}, LAYOUT, {"a", "b"})
    assert [it.found for it in few] == ["rocks a and c both have the module m"]


def test_what_packages_ship_is_known_by_its_directories_too() -> None:
    """What is kept is compared once with all that is shipped, however much that is."""
    shipped = [f"/r/a{number}/1-1/rock_manifest" for number in range(60_000)]
    changes = [Keep(f"/r/a{number}/1-1", "of a package") for number in range(60_000)]
    state = TreesState(Ledger(), {"/r/manifest": "x"}, shipped, ("/r",))
    with little_time(10):
        assert ledger_findings([*changes, Keep("/r/b/1-1", "?")], state)[0].place == "/r/b/1-1"


def test_a_modified_file_says_what_is_there_and_whose_it_is() -> None:
    """Its digest, and the package that owns it if there is one."""
    (found,) = file_findings([listed("one", "a", "b")], Owners(), LAYOUT)
    assert found.found == "MD5 b"
    assert found.expected == "MD5 a, by the rock_manifest of one 1-1"
    assert not found.is_ours
    (found,) = file_findings([listed("one", "a", "b")], Owners({PATH: RPM}), LAYOUT)
    assert found.found == "MD5 b in a file of package lua-one"
    (found,) = file_findings([listed("one", "a", "b")], Owners(ours=frozenset({PATH})), LAYOUT)
    assert found.is_ours


def test_only_deployed_files_can_be_shadowed() -> None:
    """A file of a rock's own directory has no name in common with those of others."""
    files = [listed("one", "a", "a"), listed("two", "b", "a")]
    kinds = [[it.kind for it in file_findings(files, Owners(), LAYOUT)]]
    rest = [each._replace(part="rest") for each in files]
    kinds.append([it.kind for it in file_findings(rest, Owners(), LAYOUT)])
    same = [listed("one", "a", "a"), listed("one", "b", "a")]
    kinds.append([it.kind for it in file_findings(same, Owners(), LAYOUT)])
    assert kinds == [["shadowed"], [MODIFIED], [MODIFIED]]
