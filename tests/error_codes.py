"""Problems by their codes, so that a test holds whatever their wording."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pytest

from sendlib.errors import Problem, SendlibError


def codes(wrong: SendlibError | Iterable[Problem]) -> list[str]:
    """The code of each problem of an error, or of some problems, in their order."""
    problems = wrong.problems if isinstance(wrong, SendlibError) else wrong
    return [problem.code for problem in problems]


def places(wrong: SendlibError | Iterable[Problem]) -> list[tuple[str, str]]:
    """The code of each problem, and where it is."""
    problems = wrong.problems if isinstance(wrong, SendlibError) else wrong
    return [(problem.code, problem.where) for problem in problems]


@contextmanager
def refuses(
    error: type[SendlibError], *expected: str, match: str | None = None, where: str = ""
) -> Iterator[pytest.ExceptionInfo[SendlibError]]:
    """Expect an error with just these codes; ``match`` is for values, ``where`` for the first."""
    with pytest.raises(error, match=match) as caught:
        yield caught
    assert codes(caught.value) == list(expected)
    assert not where or caught.value.problems[0].where == where
