"""Faults of servers and networks: each a clear error, and never a part of a file in use."""

from __future__ import annotations

import gzip
import hashlib
import io
import shutil
import socket
import ssl
import subprocess
import zipfile
import zlib
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest

from distrorocks.cli.main import main
from distrorocks.lua.write import persist
from distrorocks.rocks.rock_manifest import RockManifest
from distrorocks.servers import http
from distrorocks.servers.retry import MOST_TRIES
from distrorocks.servers.time_limit import ServerError
from distrorocks.system.files.zip_archive import ZippedFile, zip_of
from tests.loopback import Loopback, Reply, answer, hasty_web, in_turn, raw, reset, running

MODULE = b"return 'a 1.0-1'\n"
ROCKSPEC = b"""package = "a"
version = "1.0-1"
source = { url = "https://rocks.example/a.tar.gz" }
build = { type = "none" }
"""
MANIFEST = b'repository = { a = { ["1.0-1"] = { { arch = "all" } } } } modules = {} commands = {}'
JSON = b'{"repository": {"a": {"1.0-1": [{"arch": "all"}]}}}'
TEXT, AS_JSON, AS_ZIP = "/manifest-5.4", "/manifest-5.4.json", "/manifest-5.4.zip"
ROCK = "/a-1.0-1.all.rock"
OK = b"HTTP/1.1 200 OK\r\n"
TRIES = f"({MOST_TRIES} tries)"


def rock(module: bytes = MODULE, rockspec: bytes = ROCKSPEC) -> bytes:
    """Return a built rock, whose rock_manifest has the digests of what it should hold."""
    md5 = {
        "lua": {"a.lua": hashlib.md5(MODULE).hexdigest()},
        "rest": {"a-1.0-1.rockspec": hashlib.md5(rockspec).hexdigest()},
    }
    files = {
        "a-1.0-1.rockspec": rockspec,
        "lua/a.lua": module,
        "rock_manifest": persist(RockManifest(**md5).to_table()),
    }
    return zip_of({path: ZippedFile(content) for path, content in files.items()})


def zipped(*names: str, content: bytes = MANIFEST) -> bytes:
    """Return an archive of manifests of these names."""
    return zip_of({name: ZippedFile(content) for name in names})


def serve_soundly(server: Loopback) -> None:
    """Give what a sound server gives, for every path."""
    server.replies.clear()
    server.serve(TEXT, MANIFEST)
    server.serve(ROCK, rock())


class Fault(NamedTuple):
    """The file of which the server gives something else, and parts of the error and its hint."""

    path: str
    reply: Reply
    told: str
    hint: str = ""


def two_manifests() -> bytes:
    """Return an archive of which programs may read one manifest or the other."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("manifest-5.4", MANIFEST)
        archive.writestr("./manifest-5.4", b"repository = {}")
    return stream.getvalue()


def bomb() -> bytes:
    """Return a gzip of more than a manifest may have."""
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(40)) + packer.flush()


def page(status: int = 200) -> Reply:
    """Return the reply of a server that shows everybody a page."""
    return answer(status, b"<!DOCTYPE html><html>log in</html>", {"Content-Type": "text/html"})


def packed(body: bytes, coding: str = "gzip") -> Reply:
    """Return a reply in an encoding."""
    return answer(200, body, {"Content-Encoding": coding})


def part(told: str, body: bytes = b"rest") -> Reply:
    """Return a reply that breaks off, and then one with what is said to be the rest."""
    begin = OK + b'ETag: "1"\r\nContent-Length: 1000\r\n\r\nPK'
    return in_turn(raw(begin), answer(206, body, {"Content-Range": told, "ETag": '"1"'}))


FAULTS = {
    "the connection is reset before an answer": Fault(TEXT, reset(), f"reset by peer {TRIES}"),
    "it is reset in the headers": Fault(TEXT, reset(OK + b"Conten"), TRIES),
    "it is closed in the headers": Fault(ROCK, raw(OK + b"Content-Le"), f"too early {TRIES}"),
    "it is reset in the body": Fault(
        ROCK, reset(OK + b"Content-Length: 900\r\n\r\nPK\x03\x04"), TRIES
    ),
    "it is closed without an answer": Fault(TEXT, raw(b""), f"without an answer {TRIES}"),
    "the body is cut short": Fault(
        ROCK, raw(OK + b"Content-Length: 900\r\n\r\n" + rock()[:90]), f"too early {TRIES}"
    ),
    "the body has no length and is cut short": Fault(ROCK, raw(OK + b"\r\n" + rock()[:-9]), "zip"),
    "the length is too small": Fault(
        ROCK, answer(200, rock(), {"Content-Length": "60", "Connection": "close"}), "zip"
    ),
    "the length is beyond all reason": Fault(
        ROCK, answer(200, b"", {"Content-Length": "9" * 15}), "more than"
    ),
    "redirects lead in a circle": Fault(TEXT, answer(302, headers={"Location": TEXT}), "5 times"),
    "a redirect leads to a file": Fault(
        TEXT,
        answer(302, headers={"Location": "file:///etc/passwd"}),
        "'file:///etc/passwd' is not a URL",
    ),
    "a redirect leads nowhere": Fault(TEXT, answer(302), "status 302 (Found)"),
    "an encoding nobody asked for": Fault(TEXT, packed(MANIFEST, "br"), "encoded as br"),
    "gzip that is none": Fault(TEXT, packed(MANIFEST), "gzip is damaged"),
    "gzip that is cut short": Fault(TEXT, packed(gzip.compress(MANIFEST)[:-9]), f"early {TRIES}"),
    "a gzip bomb": Fault(TEXT, packed(bomb()), "more than"),
    "a page for a manifest": Fault(TEXT, page(), "not a manifest but an HTML page", "login"),
    "a page for JSON": Fault(AS_JSON, page(), "not JSON but an HTML page", "login"),
    "an empty manifest": Fault(TEXT, answer(200), "it is empty", "address"),
    "an empty rock": Fault(ROCK, answer(200), "not a zip archive"),
    "status 401": Fault(TEXT, page(401), "status 401 (Unauthorized)", "NAME:PASSWORD"),
    "status 403": Fault(ROCK, page(403), "status 403 (Forbidden)"),
    "status 404 for the manifest": Fault(TEXT, page(404), "is not there", "address"),
    "status 404 for the rock": Fault(ROCK, page(404), "is not there"),
    "status 500": Fault(TEXT, page(500), f"status 500 (Internal Server Error) {TRIES}", "later"),
    "status 503": Fault(ROCK, page(503), f"status 503 (Service Unavailable) {TRIES}"),
    "status 503 for an hour": Fault(
        TEXT, answer(503, headers={"Retry-After": "3600"}), "status 503", "in 3600 seconds"
    ),
    "status 429": Fault(TEXT, page(429), f"status 429 (Too Many Requests) {TRIES}", "later"),
    "a zip of something else": Fault(AS_ZIP, answer(200, zipped("x")), "no 'manifest-5.4'"),
    "a zip of two manifests": Fault(AS_ZIP, answer(200, two_manifests()), "twice"),
    "a zip that is damaged": Fault(AS_ZIP, answer(200, zipped("manifest-5.4")[9:]), "zip"),
    "JSON that is no manifest": Fault(AS_JSON, answer(200, b'{"a": 1}'), "table 'repository'"),
    "JSON that is cut short": Fault(AS_JSON, answer(200, JSON[:-3]), "not JSON"),
    "broken chunks": Fault(
        TEXT, raw(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"), f"too early {TRIES}"
    ),
    "what is not HTTP": Fault(TEXT, raw(b"220 mail ready\r\n"), "not HTTP"),
    "the rest of another place": Fault(ROCK, part("bytes 7-999/1000"), "HTTP status 206"),
    "the rest of a larger file": Fault(ROCK, part("bytes 2-1999/2000"), "HTTP status 206"),
    "a rest of nothing": Fault(ROCK, part(""), "HTTP status 206"),
    "a rock of other files": Fault(ROCK, answer(200, rock(b"evil()")), "MD5"),
    "a rock of another version": Fault(
        ROCK, answer(200, rock(rockspec=ROCKSPEC.replace(b"1.0-1", b"1.0-2"))), "does not agree"
    ),
}
"""One line a fault: what the server gives instead of which file."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """Run a server that is sound, for a client that never really waits."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setattr(http, "Web", hasty_web)
    with running() as found:
        serve_soundly(found)
        yield found


class Person:
    """Whoever installs the rock into a tree of their own."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.tree = folder / "tree"
        self._capsys = capsys

    def installs(self, url: str, *more: str) -> tuple[int, str]:
        """Install from a server; return the exit status and the messages."""
        words = ["install", "a", "--only-server", url, "--tree", str(self.tree), *more]
        status = main([*words, "--lua-version", "5.4", "--distro", "never"])
        return status, self._capsys.readouterr().err

    @property
    def module(self) -> bytes | None:
        """The module of the rock, None if no file of it is installed."""
        found = [path for path in self.tree.rglob("*a*") if path.is_file() and "1.0" in str(path)]
        path = self.tree / "share/lua/5.4/a.lua"
        return path.read_bytes() if path.exists() or found else None


@pytest.fixture
def person(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Person:
    """Return somebody with no tree yet."""
    tmp_path.chmod(0o755)
    return Person(tmp_path, capsys)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_and_nothing_of_it_is_used(
    name: str, server: Loopback, person: Person
) -> None:
    """The error says what, where and what to do; once the server is sound, all is well."""
    fault = FAULTS[name]
    if fault.path in (AS_JSON, AS_ZIP):
        del server.replies[TEXT]
    server.replies[fault.path] = fault.reply
    status, told = person.installs(server.url)
    assert status in (1, 3)
    assert f"{server.url}{fault.path}" in told
    assert fault.told in told
    assert "hint: " in told
    assert fault.hint in told.partition("hint: ")[2]
    assert person.module is None
    serve_soundly(server)
    assert person.installs(server.url)[0] == 0
    assert person.module == MODULE


def refused(person: Person, url: str, *parts: str) -> str:
    """Let a person fail to install; return the hint of an error that has some parts."""
    status, told = person.installs(url)
    assert status == 3
    assert url in told
    for part in parts:
        assert part in told
    assert person.module is None
    return told.rpartition("hint: ")[2]


def certified(folder: Path, name: str) -> ssl.SSLContext:
    """Return the context of a server whose self-made certificate is for a name."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=rocks"]
    words += ["-addext", f"subjectAltName={name}", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(["openssl", *words], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


@pytest.mark.skipif(not shutil.which("openssl"), reason="there is no openssl to make a key")
@pytest.mark.usefixtures("server")
def test_a_certificate_must_be_trusted_and_have_the_name(
    person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A self-made one, and one of another server: nothing is requested, nor tried again."""
    with running(certified(tmp_path, "DNS:other.example")) as found:
        assert "SSL_CERT_FILE" in refused(person, found.url, "its certificate is not valid: self")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
        assert "SSL_CERT_FILE" in refused(person, found.url, "is not valid for '127.0.0.1'\nhint")
        assert found.asked == []


@pytest.mark.usefixtures("server")
def test_a_port_that_is_closed(person: Person) -> None:
    """No server, no tries."""
    with running() as gone:
        pass
    assert "check the network" in refused(person, gone.url, "Connection refused\n")


@pytest.mark.usefixtures("server")
def test_a_name_that_does_not_exist(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked up once."""
    looked_up = []

    def unknown(host: str, *_: object, **__: object) -> list[object]:
        looked_up.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    told = "its host has no known address (Name or service not known)"
    assert "the server's name" in refused(person, "http://rocks.invalid", told)
    assert looked_up == ["rocks.invalid"]


def test_a_proxy_that_refuses(
    server: Loopback, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error is about the proxy: it is closed, wants a password, or lets nobody through."""
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("http_proxy", "http://me:secret@127.0.0.1:1")
    hint = refused(person, server.url, "the proxy http://127.0.0.1:1: Connection refused")
    assert "http_proxy" in hint
    with running() as proxy:
        for scheme in ("http", "https"):
            monkeypatch.setenv(f"{scheme}_proxy", proxy.url)
        proxy.replies[f"http://rocks.example{TEXT}"] = page(407)
        hint = refused(person, "http://rocks.example", "HTTP status 407")
        assert "name and password of the proxy" in hint
        hint = refused(person, "https://rocks.example", f"the proxy {proxy.url}: Tunnel")
        assert "https_proxy" in hint


def test_a_server_that_dribbles(server: Loopback) -> None:
    """It is left when the clock says so, which the test turns, and is not tried again."""
    hours = count()
    server.replies["/a"] = raw(OK + b"\r\nPK", pause=lambda: server.is_over.wait(10))
    web = hasty_web(now=lambda: float(next(hours) * 3600))
    with pytest.raises(ServerError, match=r"too slowly|took more than") as caught:
        web.fetch(f"{server.url}/a", limit=1000)
    assert "later" in caught.value.hint
    assert caught.value.is_down
    assert server.paths() == ["/a"]


def test_what_a_source_says_of_its_md5_holds(server: Loopback, person: Person) -> None:
    """A file of sources that was changed is not built."""
    text = f"""package = "a"
version = "1.0-1"
source = {{ url = "{server.url}/a.lua", md5 = "{hashlib.md5(MODULE).hexdigest()}" }}
build = {{ type = "builtin", modules = {{ a = "a.lua" }} }}
"""
    server.serve(TEXT, MANIFEST.replace(b'"all"', b'"rockspec"'))
    server.serve("/a-1.0-1.rockspec", text.encode())
    server.serve("/a.lua", b"evil()")
    status, told = person.installs(server.url, "--build-sandbox=off")
    assert status == 3
    assert "have another MD5 than the rockspec says" in told
    assert "hint: " in told
    assert person.module is None
