"""The command line: parse, call, print, and give an exit code.

Everything slow is imported inside the command that needs it, so that
``sendlib --help`` answers at once. Exit codes: 0 done, 1 refused with a
message that says what to mend, 2 a command written wrongly.
"""

from sendlib.cli.root import main

__all__ = ["main"]
