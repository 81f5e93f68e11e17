"""Sources from real repositories of git, hg, svn and cvs, all on this machine."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from distrorocks.sources.checkout import check_out
from distrorocks.sources.fetch import Fetched, Progress, SourceRequest, Stage, fetch_sources
from distrorocks.sources.programs import Programs
from distrorocks.sources.source import Kind, SourceError, source_of
from distrorocks.system.processes.command import find_program
from tests.sources.fetching import fetched, files, rockspec, tree

ENVIRONMENT = {
    **os.environ,
    **dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME", "HGUSER"), "me"),
    **dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "me@example.org"),
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ALLOW_PROTOCOL": "file",
    "HGPLAIN": "1",
}


@pytest.fixture(autouse=True)
def _direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers of this machine are asked without a proxy."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def run(*words: str, at: Path) -> None:
    """Run a command, which must succeed."""
    subprocess.run(words, cwd=at, env=ENVIRONMENT, check=True, capture_output=True)


def needs(program: str) -> None:
    """Skip where a program is missing."""
    if not find_program(program):
        pytest.skip(f"{program} is not installed")


def commit(at: Path, **contents: str) -> None:
    """Write files, an underscore for each dot of their names, and commit all."""
    for name, content in contents.items():
        (at / name.replace("_", ".")).write_text(content)
    run("git", "add", "-A", at=at)
    run("git", "commit", "-qm", "change", at=at)


def repository(at: Path) -> Path:
    """Return a git repository: tag v1, branch other, and a newer commit on its default branch."""
    needs("git")
    at.mkdir(parents=True)
    run("git", "init", "-q", "-b", "trunk", at=at)
    commit(at, x_lua="return 1", _gitignore="*.o")
    (at / "run").write_text("#!/bin/sh\n")
    (at / "run").chmod(0o755)
    (at / "link").symlink_to("x.lua")
    commit(at)
    run("git", "tag", "v1", at=at)
    run("git", "checkout", "-qb", "other", at=at)
    commit(at, x_lua="return 2")
    run("git", "checkout", "-q", "trunk", at=at)
    commit(at, x_lua="return 3")
    return at


@contextlib.contextmanager
def served(above: Path, place: Path) -> Iterator[str]:
    """Serve a bare copy of a repository as plain files; yield its URL."""
    run("git", "clone", "-q", "--bare", f"file://{place}", "bare.git", at=above)
    run("git", "update-server-info", at=above / "bare.git")
    handler = functools.partial(SimpleHTTPRequestHandler, directory=str(above))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/bare.git"
        server.shutdown()


@pytest.mark.parametrize(
    ("field", "content"),
    [("", "3"), ('tag = "v1"', "1"), ('branch = "other"', "2"), ('branch = "master"', "3")],
)
def test_git_gives_a_tag_a_branch_or_the_newest(tmp_path: Path, field: str, content: str) -> None:
    """Without the repository itself, with x bits and links; master is the default branch."""
    place = repository(tmp_path / "repo.git")
    found = fetched(rockspec(f'url = "git+file://{place}", {field}'), tmp_path)
    assert found.directory == f"{tmp_path}/new/repo"
    assert tree(found.directory) == {"run": "755 #!/bin/sh\n", "x.lua": f"644 return {content}"}
    assert os.readlink(f"{found.directory}/link") == "x.lua"
    assert sorted(os.listdir(found.directory)) == ["link", "run", "x.lua"]
    assert sorted(os.listdir(tmp_path)) == ["new", "repo.git"]


def test_equal_checkouts_have_equal_digests(tmp_path: Path) -> None:
    """Whenever and wherever they are made; another commit has another."""
    place = repository(tmp_path / "repo")
    digests = [
        fetched(rockspec(f'url = "git+file://{place}", {field}'), _new(tmp_path)).digest
        for field in ('tag = "v1"', 'tag = "v1"', "")
    ]
    assert digests[0] == digests[1] != digests[2]


def _new(above: Path) -> Path:
    place = above / f"place-{len(os.listdir(above))}"
    place.mkdir()
    return place


@pytest.mark.parametrize(("since", "is_there"), [("3.0", True), ("1.0", False)])
def test_submodules_are_fetched_from_format_3_on(
    tmp_path: Path, since: str, is_there: bool
) -> None:
    """Those within them too."""
    inner, middle, outer = (repository(tmp_path / name) for name in ("inner", "middle", "outer"))
    for above, below in ((middle, inner), (outer, middle)):
        run("git", "submodule", "--quiet", "add", f"file://{below}", "sub", at=above)
        commit(above)
    spec = rockspec(f'url = "git+file://{outer}"', since=since)
    found = fetched(spec, tmp_path)
    assert Path(found.directory, "sub/sub/x.lua").exists() is is_there


def test_a_submodule_of_a_far_repository_is_no_local_one(tmp_path: Path) -> None:
    """Git must not read repositories of this machine for whoever has written .gitmodules."""
    secret, evil = repository(tmp_path / "secret"), repository(tmp_path / "evil")
    run("git", "submodule", "--quiet", "add", f"file://{secret}", "sub", at=evil)
    commit(evil)
    with served(tmp_path, evil) as url, pytest.raises(SourceError) as caught:
        fetched(rockspec(f'url = "git+{url}"'), tmp_path)
    assert "transport 'file' not allowed" in caught.value.detail


@pytest.mark.parametrize("place", ["ext::sh -c 'touch OUT'", "fd::7", "--upload-pack=touch OUT"])
def test_git_runs_no_transport_that_is_a_program(tmp_path: Path, place: str) -> None:
    """Even if a place came here unchecked."""
    needs("git")
    out, folder = tmp_path / "out", tmp_path / "new"
    folder.mkdir()
    honest = source_of(rockspec('url = "git://h/a"'))
    source = honest._replace(place=place.replace("OUT", str(out)))
    with pytest.raises(SourceError, match="cannot be fetched"):
        check_out(source, str(folder), Programs())
    assert not out.exists()


def test_hooks_and_filters_of_a_repository_are_not_run(tmp_path: Path) -> None:
    """They are files of the repository that only a configuration would make commands."""
    place = repository(tmp_path / "repo")
    out = tmp_path / "out"
    hook = place / ".git/hooks/post-checkout"
    hook.write_text(f"#!/bin/sh\ntouch {out}\n")
    hook.chmod(0o755)
    shutil.copy(hook, place / "post-checkout")
    commit(place, _gitattributes="*.lua filter=evil diff=evil")
    fetched(rockspec(f'url = "git+file://{place}"'), tmp_path)
    assert not out.exists()


@pytest.mark.parametrize("target", ["/etc/passwd", "../../../../etc/passwd", "sub/../../../x"])
def test_a_link_out_of_a_repository_is_refused(tmp_path: Path, target: str) -> None:
    """Git itself checks it out."""
    place = repository(tmp_path / "repo")
    (place / "evil").symlink_to(target)
    commit(place)
    with pytest.raises(SourceError, match="'repo/evil' leads out"):
        fetched(rockspec(f'url = "git+file://{place}"'), tmp_path)


def test_a_tag_that_is_not_there_is_told_with_what_git_says(tmp_path: Path) -> None:
    """The error names place and tag."""
    place = repository(tmp_path / "repo")
    with pytest.raises(SourceError, match="at none") as caught:
        fetched(rockspec(f'url = "git+file://{place}", tag = "none"'), tmp_path)
    assert "none not found" in caught.value.detail


def test_git_by_http_without_its_own_protocol_works_too(tmp_path: Path) -> None:
    """Such a server gives no part of the history."""
    with served(tmp_path, repository(tmp_path / "repo")) as url:
        found = fetched(rockspec(f'url = "git+{url}", tag = "v1"'), tmp_path)
    assert Path(found.directory, "x.lua").read_text() == "return 1"


def test_hg_gives_a_tag_or_the_newest(tmp_path: Path) -> None:
    """Without the repository itself."""
    needs("hg")
    place = tmp_path / "repo"
    place.mkdir()
    run("hg", "init", at=place)
    for number in (1, 2):
        (place / "x.lua").write_text(f"return {number}")
        run("hg", "commit", "-Am", "change", at=place)
        if number == 1:
            run("hg", "tag", "v1", at=place)
    for field, number in (("", 2), ('tag = "v1"', 1)):
        found = fetched(rockspec(f'url = "hg://{place}", {field}'), _new(tmp_path))
        assert Path(found.directory, "x.lua").read_text() == f"return {number}"
        assert not Path(found.directory, ".hg").exists()
        assert found.directory.endswith("/new/repo")


def test_svn_gives_a_revision_or_the_newest(tmp_path: Path) -> None:
    """As a folder called like the module."""
    needs("svn")
    needs("svnadmin")
    run("svnadmin", "create", "repo", at=tmp_path)
    url = f"file://{tmp_path}/repo"
    run("svn", "mkdir", "-qm", "make", f"{url}/trunk", at=tmp_path)
    run("svn", "checkout", "-q", f"{url}/trunk", "work", at=tmp_path)
    for number in (1, 2):
        (tmp_path / "work/x.lua").write_text(f"return {number}")
        run("svn", "add", "-q", "--force", "x.lua", at=tmp_path / "work")
        run("svn", "commit", "-qm", "change", at=tmp_path / "work")
    for field, number in (('module = "m"', 2), ('module = "m", tag = "2"', 1)):
        found = fetched(rockspec(f'url = "svn://{url}/trunk", {field}'), _new(tmp_path))
        assert tree(found.directory) == {"x.lua": f"644 return {number}"}
        assert found.directory.endswith("/new/m")


def test_a_link_out_of_svn_is_refused(tmp_path: Path) -> None:
    """It stores links as special files."""
    needs("svn")
    needs("svnadmin")
    run("svnadmin", "create", "repo", at=tmp_path)
    url = f"file://{tmp_path}/repo"
    run("svn", "checkout", "-q", url, "work", at=tmp_path)
    (tmp_path / "work/evil").symlink_to("/etc/passwd")
    run("svn", "add", "-q", "evil", at=tmp_path / "work")
    run("svn", "commit", "-qm", "change", at=tmp_path / "work")
    with pytest.raises(SourceError, match="leads out"):
        fetched(rockspec(f'url = "svn://{url}"'), tmp_path)


def test_cvs_gives_a_tag_or_the_newest(tmp_path: Path) -> None:
    """As a folder called like the module."""
    needs("cvs")
    root = tmp_path / "cvs"
    run("cvs", "-d", str(root), "init", at=tmp_path)
    work = tmp_path / "work"
    work.mkdir()
    (work / "x.lua").write_text("return 1")
    run("cvs", "-Q", "-d", str(root), "import", "-m", "x", "mod", "me", "start", at=work)
    run("cvs", "-Q", "-d", str(root), "checkout", "mod", at=tmp_path)
    run("cvs", "-Q", "tag", "v1", at=tmp_path / "mod")
    (tmp_path / "mod/x.lua").write_text("return 2")
    time.sleep(1.1)  # CVS sees a change by its date, in seconds
    (tmp_path / "mod/x.lua").write_text("return 2")
    run("cvs", "-Q", "commit", "-m", "x", at=tmp_path / "mod")
    for field, number in (("", 2), (', cvs_tag = "v1"', 1)):
        spec = rockspec(f'url = "cvs://:local:{root}", cvs_module = "mod"{field}')
        found = fetched(spec, _new(tmp_path))
        assert tree(found.directory) == {"x.lua": f"644 return {number}"}


@pytest.mark.parametrize(
    ("program", "package", "url"),
    [
        ("git", "git", "git://h/a"),
        ("hg", "mercurial", "hg+https://h/a"),
        ("svn", "subversion", "svn://h/a"),
        ("cvs", "cvs", "cvs://:pserver:h:/a"),
    ],
)
def test_a_missing_program_is_told_with_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, package: str, url: str
) -> None:
    """So that it can be installed."""
    from distrorocks.sources import programs

    monkeypatch.setattr(programs, "find_program", lambda _: None)
    with pytest.raises(SourceError, match=f"{program} is not installed") as caught:
        fetched(rockspec(f'url = "{url}", module = "a"'), tmp_path)
    assert caught.value.hint == f"install the package {package}"


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Return the port of a server that accepts and says nothing."""
    needs("git")
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_program_that_takes_too_long_is_ended(tmp_path: Path, silent_port: int) -> None:
    """And none of its children is left."""
    folder = tmp_path / "new"
    folder.mkdir()
    source = source_of(rockspec(f'url = "git://127.0.0.1:{silent_port}/a"'))
    with pytest.raises(SourceError, match=r"took more than 0\.5 seconds"):
        check_out(source, str(folder), Programs(seconds=0.5))
    assert not running(str(silent_port))


def test_an_interruption_ends_running_programs(tmp_path: Path, silent_port: int) -> None:
    """Before the call returns."""
    requests = [
        SourceRequest(rockspec(f'url = "git://127.0.0.1:{silent_port}/a{n}"'), f"{tmp_path}/{n}")
        for n in range(3)
    ]
    begun: list[Progress] = []

    def listener(news: Progress) -> None:
        begun.append(news)
        if len(begun) == 3:
            while len(running(str(silent_port))) < 3:
                time.sleep(0.01)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch_sources(requests, files(), listener=listener)
    assert not running(str(silent_port))
    assert {news.stage for news in begun} == {Stage.BEGUN}


def running(word: str) -> list[str]:
    """Return the command lines of git that have a word."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if word in line and "git" in line and "clone" in line:
            found.append(line)
    return found


def test_a_program_that_fills_the_disk_is_ended(tmp_path: Path) -> None:
    """What it wrote is bounded while it writes."""
    folder = tmp_path / "new"
    folder.mkdir()
    programs = Programs(most_bytes=1 << 20)
    with pytest.raises(SourceError, match="wrote more than"):
        programs.run(["dd", "if=/dev/zero", "of=big"], folder=str(folder), what="a rock")
    with pytest.raises(SourceError, match="wrote more than"):
        programs.run(["yes"], folder=str(folder), what="a rock")


def test_checkouts_and_files_are_fetched_together(tmp_path: Path) -> None:
    """One that fails does not keep the others from being told."""
    place = repository(tmp_path / "repo")
    specs = [rockspec(f'url = "git+file://{place}", tag = "v1"') for _ in range(6)]
    requests = [SourceRequest(spec, f"{tmp_path}/{n}") for n, spec in enumerate(specs)]
    found: list[Fetched] = fetch_sources(requests, files())
    assert len({each.digest for each in found}) == 1
    assert source_of(specs[0]).kind is Kind.GIT
