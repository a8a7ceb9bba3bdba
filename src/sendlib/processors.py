"""How many processors this process may use, and how many of them one computation may."""

import os

THREADS_VARIABLE = "SENDLIB_THREADS"  # how many threads one computation may use


def processors() -> int:
    """The processors that this process may run on, which may be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def threads() -> int:
    """What the run that started this process left to it; all processors where none did."""
    return int(os.environ.get(THREADS_VARIABLE) or 0) or processors()
