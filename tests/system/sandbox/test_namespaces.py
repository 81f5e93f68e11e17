"""The command line of unshare, and the plan of the process in its namespaces."""

from __future__ import annotations

import json

from distrorocks.system.sandbox.confined import Backend, Confined, Identity, Limits
from distrorocks.system.sandbox.namespaces import ENTER, plain_argv, plan_of, unshare_argv
from distrorocks.system.sandbox.view import Mount

BACKEND = Backend("unshare", "/usr/bin/unshare", "", "/usr/bin/python3")
USER = Identity(1000, 100, is_changed=False)
ROOT = Identity(65534, 65533, is_changed=True)
COMMAND = Confined(("make", "all"), "/b", ("/b",), (), {"A": "b"}, limits=Limits(processes=7))
ENTERING = ["/usr/bin/python3", "-I", "-S", ENTER]


def test_for_a_user_there_is_a_user_namespace() -> None:
    """The golden command line."""
    assert unshare_argv(BACKEND, COMMAND, USER) == (
        *("/usr/bin/unshare", "--user", "--map-root-user"),
        *("--mount", "--propagation", "private", "--pid", "--fork", "--kill-child"),
        *("--ipc", "--uts", "--cgroup", "--net", "--", *ENTERING),
    )


def test_root_needs_no_user_namespace() -> None:
    """It becomes nobody once the mounts are made; an allowed network is that of the machine."""
    command = COMMAND._replace(is_network_allowed=True)
    assert unshare_argv(BACKEND, command, ROOT) == (
        *("/usr/bin/unshare", "--mount", "--propagation", "private", "--pid", "--fork"),
        *("--kill-child", "--ipc", "--uts", "--cgroup", "--", *ENTERING),
    )


def test_without_namespaces_the_same_process_is_the_supervisor() -> None:
    """It is run as it is."""
    assert plain_argv(BACKEND) == tuple(ENTERING)


def test_a_plan_says_all_that_is_done() -> None:
    """Root becomes another user, in a new root with these mounts."""
    plan = plan_of(COMMAND, [Mount("write", "/b")], ROOT, "/new", b"\x01\xff")
    assert json.loads(plan) == {
        "root": "/new",
        "mounts": [["write", "/b", "", 0, 0o755]],
        "loopback": True,
        "become": [65534, 65533],
        "inner": None,
        "processes": 7,
        "filter": "01ff",
        "directory": "/b",
        "argv": ["make", "all"],
        "environment": {"A": "b"},
    }


def test_a_user_is_the_same_user_again_inside() -> None:
    """Root in the outer namespace made the mounts; the inner one owns none of them."""
    plan = json.loads(plan_of(COMMAND, [], USER, "/new", b""))
    assert (plan["become"], plan["inner"]) == (None, [1000, 100])


def test_a_user_without_namespaces_changes_nothing() -> None:
    """There is no root to enter, and nobody to become."""
    plan = json.loads(plan_of(COMMAND, [], USER, "", b""))
    assert (plan["root"], plan["become"], plan["inner"]) == ("", None, None)
    assert not plan["loopback"]


def test_a_plan_is_one_line() -> None:
    """Whatever the arguments are: the line break after it is its end."""
    command = COMMAND._replace(argv=("a\nb", "\udcff"), environment={"A": "c\nd"})
    plan = plan_of(command, [], USER, "", b"")
    assert "\n" not in plan
    assert json.loads(plan)["argv"] == ["a\nb", "\udcff"]
