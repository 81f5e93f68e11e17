"""The repository that a working directory was cloned from, and the home page that it implies.

Git and hg are not started: what a directory's configuration says would be run. Its text is read.
"""

from __future__ import annotations

import re

from distrorocks.rocks.rockspec import split_url

_SCP_LIKE = re.compile(r"(?P<user>[^@:/]+)@(?P<host>[^@:/]+):(?P<path>.*)")
_PROTOCOLS = frozenset(
    {"git", "git+http", "git+https", "git+ssh", "hg", "hg+http", "hg+https", "hg+ssh"}
)
_SECTION = re.compile(r"\[\s*([^\]\"\s]+)\s*(?:\"([^\"]*)\")?\s*\]")
_HOSTS = ("github.com", "gitlab.com", "bitbucket.org", "codeberg.org")
_PAGES = re.compile(rf"(?:[^/@]*@)?(?P<host>{'|'.join(_HOSTS)})/(?P<path>[^/]+/[^/]+)(?:/.*)?")
_PASSWORD = re.compile(r"(?<=://)[^/@]*@")

PLACES = (("git", ".git/config", "remote origin", "url"), ("hg", ".hg/hgrc", "paths", "default"))
"""For each program its configuration file, the section in it, and the key of the address."""


def configured(text: str, section: str, key: str) -> str:
    """Return the value of a key in a configuration file of git or hg, "" if it has none."""
    here = ""
    for raw in text.splitlines():
        line = raw.strip()
        found = _SECTION.fullmatch(line)
        if found:
            here = " ".join(filter(None, found.groups()))
        elif here == section and "=" in line:
            name, _, value = line.partition("=")
            if name.strip() == key:
                return value.strip()
    return ""


def source_address(program: str, remote: str) -> str:
    """Return a clone's address as ``source.url`` of a rockspec, "" if none fits.

    Names and passwords for the web are left out; for ssh the user's name belongs to the address.
    """
    scp = _SCP_LIKE.fullmatch(remote)
    if scp:
        url = f"{program}+ssh://{scp['user']}@{scp['host']}/{scp['path'].lstrip('/')}"
    else:
        url = remote if remote.startswith(f"{program}://") else f"{program}+{remote}"
    protocol = split_url(url)[0]
    if "://" not in url or protocol not in _PROTOCOLS:
        return ""
    return url if protocol.endswith("+ssh") else _PASSWORD.sub("", url)


def home_page(address: str) -> str:
    """Return the page of a repository, or of an archive, on a known code host, or ""."""
    if "://" not in address:
        return ""
    found = _PAGES.fullmatch(split_url(address)[1])
    return f"https://{found['host']}/{found['path'].removesuffix('.git')}" if found else ""
