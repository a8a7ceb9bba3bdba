"""Disclosure control: nothing that a pack writes may tell of a few children, or of one."""

from sendlib.board.disclosure.everything import find_problems

__all__ = ["find_problems"]
