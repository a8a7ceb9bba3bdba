"""Faults on demand: which requests they strike, how often, and what they do to an answer."""

import re
import threading
from dataclasses import dataclass, field

KINDS = (
    "429",  # too many requests, without saying how long to wait
    "429-retry-after",  # the same, with how long
    "500",
    "503",
    "504",  # the gateway gave up
    "truncated",  # a body that ends before it should
    "html",  # a page with status 200 where data should be
    "redirect",  # to the same, elsewhere on this server
    "redirect-loop",
    "redirect-away",  # to a server that no source names
    "withdrawn",  # a version that was there is not public
    "schema-changed",  # other columns under the same version
    "slow",  # no answer in time
    "reset",  # the connection ends before an answer
    "garbage",  # what says that it is compressed is not
    "huge",  # far more than there should be
)


@dataclass
class Fault:
    """One fault, until it has struck as often as it was asked to."""

    kind: str
    path: str = ""  # a regular expression that the path of a request must match
    times: int = 1
    seconds: float = 0.0  # to wait, by Retry-After or of a slow answer

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no fault {self.kind!r}; there are {', '.join(KINDS)}")


@dataclass
class Faults:
    """The faults that wait for their requests."""

    waiting: list[Fault] = field(default_factory=list)
    struck: list[tuple[str, str]] = field(default_factory=list)  # kind and path of each
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, path: str = "", *, times: int = 1, seconds: float = 0.0) -> None:
        """Let a fault strike the next requests whose path matches."""
        with self._lock:
            self.waiting.append(Fault(kind, path, times, seconds))

    def next_for(self, path: str) -> Fault | None:
        """The fault that strikes a request, if one does."""
        with self._lock:
            for fault in self.waiting:
                if re.search(fault.path, path):
                    fault.times -= 1
                    self.struck.append((fault.kind, path))
                    if fault.times <= 0:
                        self.waiting.remove(fault)
                    return fault
        return None
