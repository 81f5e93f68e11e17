"""Fedora, openSUSE and other users of rpm: rpm, dnf and zypper."""
