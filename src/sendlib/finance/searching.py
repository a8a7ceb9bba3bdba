"""The smallest of many positions that reaches a goal, found in few tries."""

from collections.abc import Callable


def smallest(reaches: Callable[[int], bool], *, most: int, guess: int) -> int | None:
    """The smallest position that reaches, where every later one does too.

    From a guess outwards in doubling strides until the edge lies between two
    positions, then by halves: two tries for a right guess, and no more than
    about twice the logarithm of ``most`` for a wrong one.

    Whatever ``reaches`` is, the position found reaches and the one before it
    does not; if there is only one such edge, it is the smallest.

    Examples
    --------
    >>> smallest(lambda position: position >= 37, most=100, guess=10)
    37
    """
    short, enough = _around(reaches, most, guess)
    if enough is None:
        return None
    while enough - short > 1:
        between = (short + enough) // 2
        short, enough = (short, between) if reaches(between) else (between, enough)
    return enough


def _around(reaches: Callable[[int], bool], most: int, guess: int) -> tuple[int, int | None]:
    """A position that falls short and one that reaches; -1 falls short without being tried."""
    position, stride = guess, 1
    if reaches(guess):
        while position > 0:
            lower = max(position - stride, 0)
            if not reaches(lower):
                return lower, position
            position, stride = lower, 2 * stride
        return -1, position
    while position < most:
        upper = min(position + stride, most)
        if reaches(upper):
            return position, upper
        position, stride = upper, 2 * stride
    return position, None
