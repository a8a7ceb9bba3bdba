"""Run a plan on Dask: a cluster of this machine, or one that exists, a task for each authority."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from time import monotonic
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sendlib import data
from sendlib.england import task
from sendlib.england.plan import Plan
from sendlib.errors import ParameterError, Problem, SendlibError, raise_any
from sendlib.packs.publish import RUNS
from sendlib.project import ROOT_VARIABLE
from sendlib.reuse import code_version, trim

if TYPE_CHECKING:
    from distributed import Client

_MEMORY_EACH = 3 * 2**29  # of a worker with its notebook, half as much again as measured [bytes]
_ANSWERS_WITHIN = 15  # seconds
_KILLED = "its worker was killed, or the machine lost"


class EnglandError(SendlibError):
    """Some authorities have no pack of this run; all others have."""

    exit_code = 3


@dataclass(frozen=True)
class Outcome:
    """What came of one authority."""

    code: str
    state: str  # made, kept from a run before, or failed
    seconds: float = 0.0
    problems: tuple[str, ...] = ()


Progress = Callable[[Outcome, int, float], None]
"""Called after each authority: so many are done, and the rest may take so long [seconds]."""


def run(
    plan: Plan,
    *,
    scheduler: str = "",
    workers: int | None = None,
    progress: Progress = lambda *_: None,
) -> dict[str, Outcome]:
    """Make every pack of a plan that is not there already; what came of each, by code.

    ``scheduler`` is the address of a cluster; without one, this machine is the cluster, with as
    many ``workers`` as it has processors and memory for. A ``ParameterError`` comes before
    anything runs.
    """
    mark = f".{uuid4()}"
    raise_any(ParameterError, "Packs cannot be put there.", plan.destination.find_problems(mark))
    kept = [] if plan.fresh else [code for code in plan.authorities if plan.is_made(code)]
    outcomes = {code: Outcome(code, "kept") for code in kept}
    left = [code for code in plan.authorities if code not in outcomes]
    for done, code in enumerate(outcomes, 1):
        progress(outcomes[code], done, float("nan"))
    if left:
        with _connect(plan, scheduler, workers or fitting(len(left))) as client:
            found = client.run(task.describe, plan.destination.address, on_error="return")
            check_workers(found, plan)
            began = monotonic()
            for outcome in _follow(client, plan, left):
                outcomes[outcome.code] = outcome
                here = len(outcomes) - len(kept)
                rest = (monotonic() - began) / here * (len(left) - here)
                progress(outcome, len(outcomes), rest)
            client.run(task.stop, on_error="ignore")
        trim(plan.project.results)
    return {code: outcomes[code] for code in plan.authorities}


def fitting(tasks: int) -> int:
    """How many workers this machine has processors and memory for, and the tasks have work for."""
    from dask.system import CPU_COUNT
    from distributed.system import MEMORY_LIMIT

    return max(1, min(CPU_COUNT, int(MEMORY_LIMIT / _MEMORY_EACH), tasks))


@contextmanager
def _connect(plan: Plan, scheduler: str, workers: int) -> "Iterator[Client]":
    """A client of the cluster at an address, or of one that lasts as long as the block."""
    import dask
    from distributed import Client, LocalCluster

    if scheduler:
        try:
            client = Client(scheduler, timeout=_ANSWERS_WITHIN)  # type: ignore[no-untyped-call]
        except (OSError, ValueError, TimeoutError) as error:
            remedy = "start one with: dask scheduler; or leave --scheduler out"
            found = f"no scheduler answers at {scheduler}"
            problem = Problem("no_scheduler", found, "--scheduler", remedy)
            raise ParameterError("The cluster cannot be used.", [problem]) from error
        with client:
            yield client
        return
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what befalls a task is told here
    settings = {"distributed.scheduler.allowed-failures": 0, "distributed.logging.distributed": 50}
    with (
        dask.config.set(settings),
        LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=workers,
            threads_per_worker=1,
            memory_limit=0,  # kernels are held to theirs, and the worker itself computes nothing
            dashboard_address="127.0.0.1:0",  # any free port
            silence_logs=logging.CRITICAL,
            env={ROOT_VARIABLE: str(plan.project.root)},
        ) as cluster,
        Client(cluster) as client,  # type: ignore[no-untyped-call]
    ):
        yield client


def check_workers(found: Mapping[str, Any], plan: Plan) -> None:
    """Refuse workers that would make other packs than this machine, or cannot write them.

    ``found`` is what each says of itself, or the error that it ended with.
    """
    own = {
        "code": code_version(),
        "data": data.tables_version(plan.project),
        "files": task.files_version(plan.project.root),
    }
    words = {
        "code": "another version of sendlib or of a library",
        "data": "other data",
        "files": "other notebooks, scenarios, strategies or areas",
    }
    problems = [] if found else [Problem("no_workers", "there is no worker", "--scheduler")]
    for worker, about in found.items():
        where = f"worker {worker}"
        if isinstance(about, BaseException):
            said = getattr(about, "headline", f"{type(about).__name__}: {about}")
            remedy = "give it the checkout, and the folder of that in SENDLIB_ROOT"
            problems.append(Problem("worker_without_project", f"it fails: {said}", where, remedy))
            continue
        problems += [
            Problem("other_worker", f"it has {words[what]}", where, "bring it level")
            for what, expected in own.items()
            if about[what] != expected
        ]
        if plan.destination.read(about["mark"]) is None:
            found_there = about["why_not"] or "what it writes there is not seen here"
            what = f"it cannot write to {plan.destination}: {found_there}"
            remedy = "give a folder or an address that every worker shares, with --out"
            problems.append(Problem("worker_cannot_write", what, where, remedy))
        else:
            plan.destination.remove(about["mark"])
        problems += [
            Problem("worker_disk_full", f"too little space in {disk}", where, "free some there")
            for disk in about["full"]
        ]
    raise_any(ParameterError, "These workers cannot make the packs.", problems)


def _follow(client: Any, plan: Plan, codes: list[str]) -> Iterator[Outcome]:
    """What came of each authority, as it is known.

    As many tasks are given out as there are workers, so that one that is lost loses only its own.
    """
    from distributed import as_completed

    left, given = iter(codes), dict[Any, str]()
    running: Any = as_completed([], raise_errors=False)  # type: ignore[no-untyped-call]

    def give_out() -> None:
        spare = sum(client.nthreads().values()) - len(given)
        for code in islice(left, max(spare, 0 if given else 1)):
            key = f"england-{code}-{plan.version}"
            future = client.submit(task.make, plan.task(code), key=key, pure=False)
            given[future] = code
            running.add(future)

    give_out()
    for future in running:
        yield _outcome(given.pop(future), future)
        future.release()
        give_out()


def _outcome(code: str, future: Any) -> Outcome:
    if future.status == "finished":
        answer = future.result()
        problems = tuple(answer.get("problems", ()))
        return Outcome(code, answer["state"], answer.get("seconds", 0.0), problems)
    error = future.exception()
    is_killed = type(error).__name__ == "KilledWorker"
    return Outcome(code, "failed", problems=(_KILLED if is_killed else repr(error),))


def remove_old(plan: Plan, outcomes: Mapping[str, Outcome]) -> None:
    """Remove runs that the site links to no more; what cannot go now is tried by the next run."""
    for code in (each.code for each in outcomes.values() if each.state != "failed"):
        folder = plan.folder(code)
        shown = plan.destination.note(folder).get("run_id")
        for name in plan.destination.names(f"{folder}/{RUNS}"):
            if name != shown:
                with suppress(OSError):
                    plan.destination.remove(f"{folder}/{RUNS}/{name}")


def raise_failures(plan: Plan, outcomes: Mapping[str, Outcome]) -> None:
    """Say which authorities have no new pack, and why."""
    problems = [
        Problem("authority_failed", "; ".join(each.problems), f"{plan.authorities[code]} ({code})")
        for code, each in outcomes.items()
        if each.state == "failed"
    ]
    number = f"{len(problems)} of {len(outcomes)} authorities have no new pack"
    raise_any(EnglandError, f"{number}; run the same command again to make them.", problems)
