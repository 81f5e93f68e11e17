"""No address that a server, a configuration or the environment names ends in a trace.

Nor does what is secret in one address reach, or is shown for, another host.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from distrorocks.cli.main import main
from distrorocks.servers.http import Web
from distrorocks.servers.time_limit import ServerError
from tests.loopback import Loopback, answer, running

ADDRESSES = [
    *("http://[::1/", "//[", "//[::1", "http://u:p@[::1/x", "http://[", "http://]/", "http://[]/"),
    *(
        "http://[::1]x/",
        "http://[::g]/",
        "http://[v1.x]/",
        "http://[127.0.0.1]/",
        "http://[fe80::1%25lo]/",
    ),
    *(
        "http://h:99999/",
        "http://h:0/",
        "http://h:-1/",
        "http://h:x/",
        "http://h:8 0/",
        "http://h:1e3/",
    ),
    *(
        "http://h:\u00b2/",
        "http://h:" + "9" * 5000 + "/",
        "http:///x",
        "http://",
        "http://@/",
        "http://:80/",
    ),
    *(
        "http://h\\@evil/",
        "http://h\x00/",
        "http://h\x1b[2J/",
        "http://h\t/",
        "http://a b/",
        "http://h\x7f/",
    ),
    *(
        "http://h\xe9/",
        "http://\xff/",
        "/\xe9",
        "http://h/\x85",
        "http://%41/",
        "http://h,h/",
        "http://*/",
    ),
    *(
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "ftp://h/",
        "gopher://h/",
        "javascript:1",
        "data:,x",
    ),
    *(
        "git+https://h/",
        "mailto:x",
        "about:blank",
        "http+unix://%2frun/",
        "://",
        ":",
        "http:\\\\h\\",
    ),
    *("http://" + "h" * 10_000 + "/", "/" + "x" * 10_000, "//" + "u" * 5000 + "@" + "h" * 5000),
    *(
        "http://" + "a." * 200 + "/",
        "http://me:hidden@h:99999/",
        "//me:hidden@[/",
        "ftp://me:hidden@h/",
    ),
]

VERBS = {
    "search": ["search", "zz"],
    "plan": ["plan", "zz"],
    "install": ["install", "zz"],
}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """Run a server, and let no proxy stand between."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with running() as found:
        yield found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a root with a tree, whose configuration keeps its cache to itself."""
    (tmp_path / "root/etc/luarocks").mkdir(parents=True)
    config = f'local_cache = "{tmp_path}/cache"\nrocks_trees = {{ "{tmp_path}/tree" }}\n'
    (tmp_path / "root/etc/luarocks/config-5.4.lua").write_text(config)
    return tmp_path / "root"


def told(capsys: pytest.CaptureFixture[str], root: Path, *words: str) -> tuple[int, str]:
    """Return the exit status of a run and what it said on stderr."""
    common = ["--lua-version", "5.4", "--distro", "never"]
    if words[0] == "install":
        common += ["--tree", f"{root}/tree", "--yes"]
    else:
        common += ["--root", str(root)]
    status = main([*words, *common])
    return status, capsys.readouterr().err


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("address", ADDRESSES, ids=range(len(ADDRESSES)))
def test_a_redirect_to_no_address_is_an_error(
    address: str, verb: str, server: Loopback, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One error names the server that was asked; nothing of the address steers a terminal."""
    server.replies["/manifest-5.4.json"] = answer(302, headers={"Location": address})
    status, errors = told(capsys, root, *VERBS[verb], "--only-server", server.url)
    assert status == 3
    assert server.url in errors
    assert errors.count("error: ") <= 1
    assert all(line.isprintable() and len(line) < 500 for line in errors.splitlines())
    assert "hidden" not in errors
    assert server.paths() == ["/manifest-5.4.json"]


@pytest.mark.parametrize("place", ["/manifest-5.4", "/zz-1-1.rockspec"])
@pytest.mark.parametrize("address", ADDRESSES[:4])
def test_a_redirect_of_any_file_is_looked_at(
    address: str, place: str, server: Loopback, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a manifest in Lua, without which nothing is known, and of a rockspec, with a proof."""
    server.serve("/manifest-5.4", b'repository={zz={["1-1"]={{arch="rockspec"}}}}')
    server.replies[place] = answer(302, headers={"Location": address})
    status, errors = told(capsys, root, "plan", "zz", "--only-server", server.url)
    assert status == (3 if "manifest" in place else 1)
    assert server.url in errors


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("address", ADDRESSES, ids=range(len(ADDRESSES)))
def test_what_is_configured_is_parsed_alike(
    address: str,
    verb: str,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each is told as no address, or is a directory or a host that has no rocks."""
    config = root / "etc/luarocks/config-5.4.lua"
    config.write_bytes(
        b"rocks_servers = { [==[%b]==] } " % address.encode("latin-1") + config.read_bytes()
    )
    monkeypatch.setenv("LUAROCKS_CONFIG_5_4", str(config))
    monkeypatch.setenv("no_proxy", "*")
    _, errors = told(capsys, root, *VERBS[verb])
    assert all(line.isprintable() and len(line) < 10_000 for line in errors.splitlines())
    assert "rocks server" in errors or "rocks_servers" in errors or "cannot fetch" in errors
    assert "hidden" not in errors or address.startswith("//")


@pytest.mark.parametrize(
    "proxy", ["http://[::1/", "//[", "[", "http://h:99999", "socks5://h", "\xff"]
)
def test_a_proxy_that_is_none_is_an_error(
    proxy: str,
    server: Loopback,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It says that it is about the proxy, and for which server that was wanted."""
    monkeypatch.setenv("http_proxy", proxy)
    monkeypatch.setenv("no_proxy", "")
    status, errors = told(capsys, root, "search", "zz", "--only-server", server.url)
    assert status == 3
    assert server.url in errors
    assert "proxy" in errors


def test_a_secret_stays_with_its_server(server: Loopback) -> None:
    """It goes along on the same host and port, never to another port, nor from another address."""
    mine = server.url.replace("://", "://me:secret@")
    server.replies["/a"] = answer(302, headers={"Location": "/b"})
    server.replies["/b"] = answer(302, headers={"Location": f"{server.url}/c"})
    server.serve("/c", b"here")
    assert Web().fetch(f"{mine}/a", limit=10).content == b"here"
    assert all("authorization" in headers for _, headers in server.asked)
    with running() as other:
        theirs = other.url.replace("://", "://their:word@")
        for place in (other.url, theirs, "//me:secret@" + other.url.partition("//")[2]):
            server.replies["/d"] = answer(302, headers={"Location": f"{place}/x"})
            with pytest.raises(ServerError) as caught:
                Web().fetch(f"{mine}/d", limit=10)
            assert "secret" not in str(caught.value)
        assert other.paths() == ["/x"] * 3
        assert not any("authorization" in headers for _, headers in other.asked)


def test_a_secret_may_be_spelled_with_percent_signs(server: Loopback) -> None:
    """As every other program reads it."""
    server.serve("/a", b"here")
    Web().fetch(server.url.replace("://", "://me:p%40ss@") + "/a", limit=10)
    assert server.asked[0][1]["authorization"] == "Basic bWU6cEBzcw=="
