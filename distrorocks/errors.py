"""The one base of every error that distrorocks raises on purpose, and its kinds by status."""

import errno

from distrorocks.exit_status import FAILED, FINDINGS, USAGE

_NOT_YOURS = "check who owns it and the directories above, and what they permit this user"
_HINTS = {
    errno.ENOENT: "see whether its name is right",
    errno.ENOTDIR: "see whether its name is right: what it is to be in is no directory",
    errno.EISDIR: "a directory has this name: move it away, or take another name",
    errno.EACCES: _NOT_YOURS,
    errno.EPERM: _NOT_YOURS,
    errno.EROFS: "its file system is mounted read-only: choose another place, or mount it anew",
    errno.ENOSPC: "make room on its file system, and run the command again",
    errno.EDQUOT: "make room: your quota of its file system is used up",
    errno.EMFILE: "let more files be open (ulimit -n), and run the command again",
    errno.ENAMETOOLONG: "choose a shorter name",
}


class DistrorocksError(Exception):
    """A fault told as a small document: what happened, where, and what to do next.

    ``brief`` is one line without a full stop; ``detail`` may have several lines; ``hint`` says
    what the reader can do. ``exit_status`` is what the command line leaves with.
    """

    exit_status = FAILED

    def __init__(self, brief: str, *, detail: str = "", hint: str = "") -> None:
        super().__init__(brief)
        self.brief = brief
        self.detail = detail
        self.hint = hint

    def __str__(self) -> str:
        """Return the document as lines: the brief, the detail, ``hint:`` on a line of its own."""
        lines = [self.brief]
        if self.detail:
            lines.append(self.detail)
        if self.hint:
            lines.append(f"hint: {self.hint}")
        return "\n".join(lines)


class UsageError(DistrorocksError):
    """The command line itself is wrong, whatever the machine holds."""

    exit_status = USAGE


class NegativeError(DistrorocksError):
    """The answer is no: nothing fits, nothing is found, or a request is refused for a reason."""

    exit_status = FINDINGS


class DeniedError(DistrorocksError):
    """This user may not write where the result belongs."""


def call_hint(error: OSError) -> str:
    """Return what to do about a call of the system that failed, "" if only the case itself says."""
    return _HINTS.get(error.errno or 0, "")
