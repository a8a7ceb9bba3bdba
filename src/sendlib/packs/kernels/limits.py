"""What a notebook may use: time, memory, and no network.

A kernel is held to its limits before its first thread starts, so that whatever
a notebook does stays inside them. What the platform cannot hold is said, in
the record of the run.
"""

import ctypes
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sendlib.errors import ParameterError, Problem, raise_any

MEMORY_AT_LEAST = 512
"""Less than this does not hold the libraries that every page needs. [MB]"""

_NEW_USERS = 0x10000000  # CLONE_NEWUSER
_NEW_NETWORK = 0x40000000  # CLONE_NEWNET
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG
_KILL = 9

Network = Literal["cut off", "refused to Python", "open"]


@dataclass(frozen=True)
class Limits:
    """What one notebook may use.

    Parameters
    ----------
    notebook_seconds : int
        How long all its cells may run together. [seconds]
    memory_mb : int
        How much memory its kernel may take for data, libraries included. [MB]
    network : bool
        Whether it may use the network.

    Raises
    ------
    ParameterError
        If a notebook could not run within them.
    """

    notebook_seconds: int = 900
    memory_mb: int = 4096
    network: bool = False

    def __post_init__(self) -> None:
        """Refuse what leaves no room for any notebook."""
        asked = (
            ("notebook_seconds", self.notebook_seconds, 1),
            ("memory_mb", self.memory_mb, MEMORY_AT_LEAST),
        )
        problems = [
            Problem(f"{value}", name, f"give {least} or more")
            for name, value, least in asked
            if value < least
        ]
        raise_any(ParameterError, "No notebook could run within these limits.", problems)


@dataclass(frozen=True)
class InForce:
    """What held a kernel.

    Parameters
    ----------
    kernel : {"forked", "fresh"}
        Forked from a process that had imported the libraries, or started anew.
    network : {"cut off", "refused to Python", "open"}
        Cut off by the system, refused to Python code only, or open.
    memory_mb : int or None
        The limit that the system kept; None where it keeps none. [MB]
    """

    kernel: Literal["forked", "fresh"] = "fresh"
    network: Network = "open"
    memory_mb: int | None = None


def hold_to(limits: Limits) -> InForce:
    """Hold this process to ``limits``; it must have one thread only.

    Time is not held here: whoever waits for the kernel does that.
    """
    network: Network = "open"
    if not limits.network:
        network = "cut off" if leave_network() else "refused to Python"
        refuse_sockets()
    return InForce("forked", network, limits.memory_mb if bound_memory(limits.memory_mb) else None)


def bound_memory(megabytes: int) -> bool:
    """Let this process take no more than that for data; whether the system keeps to it. [MB]"""
    if sys.platform != "linux":
        return False  # elsewhere the limit can be set, but maps of memory do not count
    import resource

    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    wanted = megabytes * 2**20
    soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
    return True


def leave_network() -> bool:
    """Move this process to where there is no network; whether the system allows it.

    Without the right to do so alone, the process becomes the only user of a
    space of users of its own, under its own number, which carries that right.
    """
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEW_NETWORK) == 0:
        return True
    user, group = os.getuid(), os.getgid()
    if libc.unshare(_NEW_USERS | _NEW_NETWORK) != 0:
        return False
    with suppress(OSError):  # without these, files are still ours, only the names are lost
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    return True


def refuse_sockets() -> None:
    """Refuse every socket to another machine that Python code asks for, with a reason.

    Libraries that are not written in Python are not seen by this.
    """
    import socket

    refused = {socket.AF_INET, socket.AF_INET6}

    def refuse(event: str, values: tuple[object, ...]) -> None:
        if event == "socket.getaddrinfo" or (event == "socket.__new__" and values[1] in refused):
            raise PermissionError(
                "A notebook has no network: put what it needs in data/raw, or in data/private"
            )

    sys.addaudithook(refuse)


def die_with_parent() -> None:
    """Have the system end this process when the one that forked it ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, _KILL)
