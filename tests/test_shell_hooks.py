"""The shell files that package managers run, in scratch roots: what is there steers nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from distrorocks.system.trees.cache_file import PATH as CACHE, STAMP_NAME

HOOKS = Path(__file__).parent.parent / "hooks"
DPKG, RPM = HOOKS / "dpkg/refresh-hook", HOOKS / "rpm/refresh-hook"
SECONDS = 60  # only so that a hook that hangs is a failure
# Stands for all of distrorocks: notes how it was called, leaves an empty stamp as a refresh does.
RECORDER = """
import os, sys
with open({log!r}, "a") as log:
    mask = os.umask(0)
    print(oct(mask), *sys.argv[1:], file=log)
if {stamp!r} and os.path.isdir(os.path.dirname({stamp!r})):
    os.umask(mask)
    open({stamp!r}, "w").close()
"""

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="the hooks run as root")


class System(NamedTuple):
    """A scratch system: a hook whose absolute paths are its own, and where its parts are."""

    root: Path
    hook: Path
    settings: Path
    stamp: Path
    log: Path

    def run(
        self, *words: str, umask: int = 0o022, dpkg_root: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run the hook as a package manager does; it must always leave with 0."""
        more = {"DPKG_ROOT": str(dpkg_root)} if dpkg_root else {}
        before = os.umask(umask)
        try:
            done = subprocess.run(
                ["/bin/sh", str(self.hook), *words],
                env={"PATH": "/usr/bin:/bin", **more},
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        finally:
            os.umask(before)
        assert done.returncode == 0
        return done

    def calls(self) -> list[str]:
        """Return how distrorocks was called since the last time somebody asked."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return lines


def dpkg_system(tmp_path: Path) -> System:
    """Return a system in which dpkg's hook stands where its package puts it."""
    root, log = tmp_path / "root", tmp_path / "log"
    stamp = root / "var/cache/distrorocks/hook.stamp"
    _fill(
        root,
        "var/lib/dpkg/info",
        "var/cache/distrorocks",
        "etc/default",
        "usr/lib/luarocks/rocks-5.4",
    )
    code = root / "usr/share/distrorocks"
    code.mkdir(parents=True)
    (code / "start-hook").write_text(RECORDER.format(log=str(log), stamp=str(stamp)))
    (code / "refresh-hook").write_text(_moved(DPKG.read_text(), root))
    settings = root / "etc/default/distrorocks-hooks"
    return System(root, code / "refresh-hook", settings, stamp, log)


def rpm_system(tmp_path: Path) -> System:
    """Return a system in which rpm's hook stands where its package puts it."""
    root, log = tmp_path / "root", tmp_path / "log"
    _fill(root, "var/lib/rpm", "var/lib/distrorocks", "etc/sysconfig", "usr/share/distrorocks")
    (root / "var/lib/rpm/rpmdb.sqlite").write_text("x")
    code = root / "usr/share/distrorocks/distrorocks/cli"
    code.mkdir(parents=True)
    main = "def main():\n" + "".join(
        f"    {line}\n" for line in RECORDER.format(log=str(log), stamp="").splitlines()
    )
    (code / "main.py").write_text(main)
    hook = root / "refresh-hook"
    hook.write_text(_moved(RPM.read_text(), root))
    settings = root / "etc/sysconfig/distrorocks-hooks"
    return System(root, hook, settings, root / "var/lib/distrorocks/rpm.stamp", log)


def _fill(root: Path, *directories: str) -> None:
    for each in directories:
        (root / each).mkdir(parents=True, exist_ok=True)


def _moved(script: str, root: Path) -> str:
    """Return a script whose own absolute paths are below a root, but for $DPKG_ROOT's."""
    marked = script.replace("$root/", "$root\0")
    for top in ("etc", "var", "usr/lib", "usr/share"):
        marked = marked.replace(f"/{top}/", f"{root}/{top}/")
    return marked.replace("$root\0etc", f"${{root:-{root}}}/etc").replace(
        "$root\0", f"${{root:-{root}}}/"
    )


@pytest.fixture(params=[dpkg_system, rpm_system], ids=["dpkg", "rpm"])
def system(request: pytest.FixtureRequest, tmp_path: Path) -> System:
    """Return a system of each family."""
    made: System = request.param(tmp_path)
    return made


def fifo(path: Path) -> None:
    """Make a FIFO, which keeps everybody waiting who opens it."""
    os.mkfifo(path)


def loop(path: Path) -> None:
    """Make a link that leads to itself."""
    path.symlink_to(path)


def device(path: Path) -> None:
    """Make a device that never ends."""
    path.symlink_to("/dev/zero")


def folder(path: Path) -> None:
    """Make a directory."""
    path.mkdir()


def strangers(path: Path) -> None:
    """Make a file that another user wrote."""
    path.write_text('OPTIONS="--guess"\n')
    os.chown(path, 65534, 65534)


def log_of_the_kernel(path: Path) -> None:
    """Make a link to a regular file of root's, of no size, whose reader waits for a message."""
    if not os.access("/proc/kmsg", os.R_OK):
        pytest.skip("the kernel's messages cannot be read here")
    path.symlink_to("/proc/kmsg")


def shared_by(bits: int) -> Callable[[Path], None]:
    """Return what makes a file of root's that others can write as well."""

    def make(path: Path) -> None:
        path.write_text('OPTIONS="--guess"\n')
        path.chmod(0o644 | bits)

    return make


READING = "timeout -k 1 5 head -c 65536"
NO_FILE = pytest.mark.parametrize("make", [fifo, loop, device, folder, strangers])
NO_SETTINGS = pytest.mark.parametrize(
    "make",
    [
        *(fifo, loop, device, folder, strangers, log_of_the_kernel),
        pytest.param(shared_by(0o020), id="of_a_group"),
        pytest.param(shared_by(0o002), id="of_everybody"),
    ],
)


def test_a_hook_runs_distrorocks_once_for_each_change(system: System) -> None:
    """The first run works; with nothing changed the second starts nothing; then one more."""
    system.run()
    assert len(system.calls()) == 1
    system.run()
    assert system.calls() == []
    time.sleep(0.01)
    if system.settings.parent.name == "default":
        system.settings.write_text("OPTIONS=\n")
    else:
        (system.root / "var/lib/rpm/rpmdb.sqlite").write_text("xy")
    system.run()
    assert len(system.calls()) == 1


@pytest.mark.parametrize("umask", [0o077, 0o777, 0o000])
def test_the_callers_umask_reaches_no_file(system: System, umask: int) -> None:
    """What a refresh makes can be read by everybody and written by nobody else."""
    system.run(umask=umask)
    assert system.calls()[0].split()[0] == "0o22"
    assert system.stamp.stat().st_mode & 0o777 == 0o644


@NO_SETTINGS
def test_settings_that_are_no_file_of_ours_neither_hang_nor_steer(
    system: System, make: Callable[[Path], None]
) -> None:
    """One line says so, and the refresh runs without options; five seconds of a wait are enough."""
    make(system.settings)
    script = system.hook.read_text()
    assert script.count(READING) == 1
    system.hook.write_text(script.replace(READING, READING.replace("5", "0.5", 1)))
    told = system.run().stderr
    assert told.startswith("warning: distrorocks: ")
    assert told.count("\n") == 1
    assert "cannot be read" in told
    (call,) = system.calls()
    assert "--guess" not in call
    assert " --hook" in call


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('OPTIONS=""\n', ""),
        ('# OPTIONS="--guess"\nOPTIONS="--mode protected"\n', "--mode protected"),
        ("OPTIONS='--guess  --verbose'", "--guess --verbose"),
        ("OPTIONS=--guess\n", "--guess"),
        ('OPTIONS="--guess"\nOPTIONS="--mode minimal"\nOTHER=1\n', "--mode minimal"),
        ("touch TOUCHED\n", ""),
        ('OPTIONS="*"\n', "*"),
    ],
)
def test_settings_are_words_and_never_run(system: System, text: str, words: str) -> None:
    """The last OPTIONS counts, in quotes of either kind or none."""
    touched = system.root / "touched"
    system.settings.write_text(text.replace("TOUCHED", str(touched)))
    assert system.run().stderr == ""
    (call,) = system.calls()
    assert f"refresh {words} --hook".replace("  ", " ") in call
    assert not touched.exists()


@pytest.mark.parametrize(
    "value", ['"--guess', "'--guess", '"$(touch TOUCHED)"', '"`touch TOUCHED`"', '"\\a"', '"a"b"']
)
def test_what_only_a_shell_understands_is_told(system: System, value: str) -> None:
    """Such settings are left out, with a line that says so."""
    touched = system.root / "touched"
    system.settings.write_text(f"OPTIONS={value}\n".replace("TOUCHED", str(touched)))
    assert "cannot be read" in system.run().stderr
    assert "refresh --hook" in system.calls()[0]
    assert not touched.exists()


def test_settings_without_end_are_not_read(system: System) -> None:
    """A file of eight terabytes without any content would keep the shell reading for days."""
    with system.settings.open("wb") as file:
        file.truncate(1 << 42)
    assert "cannot be read" in system.run().stderr
    assert len(system.calls()) == 1


@NO_FILE
def test_a_stamp_that_is_no_file_of_ours_is_neither_read_nor_written(
    system: System, make: Callable[[Path], None]
) -> None:
    """The refresh runs; whatever was there is not followed."""
    make(system.stamp)
    system.run()
    assert len(system.calls()) == 1


def test_a_stamp_that_another_user_wrote_stops_no_refresh(system: System) -> None:
    """Only root's word is taken for it that nothing has changed."""
    system.run()
    said = system.stamp.read_text()
    system.calls()
    os.chown(system.stamp, 65534, 65534)
    system.run()
    assert len(system.calls()) == 1
    assert system.stamp.stat().st_uid == 0
    elsewhere = system.root / "elsewhere"
    elsewhere.write_text(said)
    system.stamp.unlink()
    system.stamp.symlink_to(elsewhere)
    system.run()
    assert len(system.calls()) == 1


def test_a_stamp_that_is_another_files_second_name_leaves_that_one_alone(system: System) -> None:
    """A new file takes the name: what a hard link leads to is not written."""
    precious = system.root / "precious"
    precious.write_text("precious\n")
    os.link(precious, system.stamp)
    if system.settings.parent.name == "default":  # Python's part writes a new file, too
        start = system.root / "usr/share/distrorocks/start-hook"
        start.write_text(start.read_text().replace('"w").close()', '"a").close()'))
    system.run()
    assert precious.read_text() == "precious\n"


def test_what_does_not_end_is_ended(tmp_path: Path) -> None:
    """The hooks of all families limit the time, and kill what does not heed that."""
    limits = ("timeout -k 10 300 ", "timeout --foreground --preserve-status -k 10 300 ")
    for hook in (
        DPKG,
        RPM,
        HOOKS / "alpm/distrorocks.hook",
        HOOKS / "apk/distrorocks",
    ):
        assert any(limit in hook.read_text() for limit in limits), hook
    system = dpkg_system(tmp_path)
    start = system.root / "usr/share/distrorocks/start-hook"
    start.write_text("import time\ntime.sleep(600)\n")
    system.hook.write_text(system.hook.read_text().replace("-k 10 300", "-k 1 0.2"))
    assert "were not refreshed" in system.run().stderr


@pytest.mark.parametrize("link", ["var", "var/cache", "var/cache/distrorocks"])
def test_dpkgs_hook_acts_in_another_root_and_not_where_its_links_lead(
    tmp_path: Path, link: str
) -> None:
    """With DPKG_ROOT there is no stamp, and what is outside the root stays."""
    system = dpkg_system(tmp_path)
    outside = tmp_path / "outside"
    place = system.root / link
    rest = system.stamp.relative_to(place)
    (outside / rest.parent).mkdir(parents=True)
    (outside / rest).write_text("precious")
    shutil.rmtree(place)
    place.symlink_to(outside)
    for words in ((), ("--remove",)):
        start = system.root / "usr/share/distrorocks/start-hook"
        start.write_text(RECORDER.format(log=str(system.log), stamp=""))
        system.run(*words, dpkg_root=system.root)
        assert (outside / rest).read_text() == "precious"
        assert len(system.calls()) == 1


@pytest.mark.parametrize("link", ["etc", "etc/default", "etc/default/distrorocks-hooks"])
@pytest.mark.parametrize("is_absolute", [True, False])
def test_settings_of_another_root_are_not_read_through_links(
    tmp_path: Path, link: str, is_absolute: bool
) -> None:
    """A link may lead out of the root, so the refresh runs without options, and says so."""
    system = dpkg_system(tmp_path)
    system.settings.write_text('OPTIONS="--guess"\n')
    place, outside = system.root / link, tmp_path / "outside"
    place.rename(outside)
    place.symlink_to(outside if is_absolute else os.path.relpath(outside, place.parent))
    assert "cannot be read" in system.run(dpkg_root=system.root).stderr
    (call,) = system.calls()
    assert "--guess" not in call
    place.unlink()
    outside.rename(place)
    assert system.run(dpkg_root=system.root).stderr == ""
    assert "--guess" in system.calls()[0]


def test_settings_are_read_through_a_link_of_this_system(system: System) -> None:
    """An administrator may keep them elsewhere."""
    kept = system.root / "kept"
    kept.write_text('OPTIONS="--guess"\n')
    system.settings.symlink_to(kept)
    assert system.run().stderr == ""
    assert "--guess" in system.calls()[0]


@pytest.mark.parametrize("change", ["removed", "written"])
def test_dpkgs_hook_looks_at_the_cache_that_a_refresh_leaves(tmp_path: Path, change: str) -> None:
    """Untouched, it lets the second run be skipped before Python starts; else Python starts."""
    system = dpkg_system(tmp_path)
    cache = system.root / CACHE.lstrip("/")
    assert cache.with_name(STAMP_NAME) == system.stamp
    cache.write_text("entries")
    system.run()
    assert len(system.calls()) == 1
    system.run()
    assert system.calls() == []
    if change == "removed":
        cache.unlink()
    else:
        time.sleep(0.01)
        cache.write_text("other entries")
    system.run()
    assert len(system.calls()) == 1


def test_settings_of_another_root_lead_out_of_it_in_no_way(tmp_path: Path) -> None:
    """Its options cannot name a root, and its shell code is not run."""
    system = dpkg_system(tmp_path)
    touched = tmp_path / "touched"
    system.settings.write_text(f'touch {touched}\nOPTIONS="--root / --guess"\n')
    system.run(dpkg_root=system.root)
    (call,) = system.calls()
    assert call.endswith(f"refresh --root / --guess --hook --root {system.root}")
    assert not touched.exists()


@pytest.mark.parametrize("link", ["var", "var/cache", "var/lib"])
@pytest.mark.parametrize(("script", "word"), [("postinst", "configure"), ("postrm", "purge")])
def test_maintainer_scripts_remove_nothing_outside_another_root(
    tmp_path: Path, link: str, script: str, word: str
) -> None:
    """Where var, cache or lib is a link, what it leads to stays.

    In the root what refreshes keep is removed, at the end all, the rocks that were built too.
    """
    root, outside = tmp_path / "root", tmp_path / "outside"
    for name in ("cache", "lib"):
        (root / f"var/{name}/distrorocks/rocks").mkdir(parents=True)
    cache = root / "var/cache/distrorocks"
    for name in ("refresh.cache", "refresh.cache-1", STAMP_NAME):
        (cache / name).touch()
    run = ["/bin/sh", str(HOOKS / f"dpkg/debian/distrorocks-hooks.{script}"), word]
    environment = {"PATH": "/usr/bin:/bin", "DPKG_ROOT": str(root)}
    (root / link).rename(outside)
    (root / link).symlink_to(outside)
    before = sorted(outside.rglob("*"))
    subprocess.run(run, env=environment, check=True, capture_output=True)
    assert sorted(outside.rglob("*")) == before
    (root / link).unlink()
    outside.rename(root / link)
    subprocess.run(run, env=environment, check=True, capture_output=True)
    assert [it.name for it in cache.glob("*")] == (["rocks"] if script == "postinst" else [])
    assert cache.exists() is (script == "postinst")
    assert (root / "var/lib/distrorocks").exists() is (script == "postinst")


@pytest.mark.parametrize(
    ("family", "program", "packages"),
    [
        ("dpkg", "dpkg-buildpackage", "apt install build-essential debhelper dh-python"),
        ("rpm", "rpmbuild", "install the package rpm-build"),
    ],
)
def test_who_builds_the_packages_is_told_what_is_missing(
    tmp_path: Path, family: str, program: str, packages: str
) -> None:
    """The program that is not there, and the packages that bring it; nothing is made."""
    done = subprocess.run(
        ["/bin/sh", str(HOOKS / family / "build"), str(tmp_path / "out")],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 1
    error, hint = done.stderr.splitlines()
    assert error.startswith(f"error: there is no program {program}")
    assert hint.startswith(f"hint: {packages}")
    assert not (tmp_path / "out").exists()
