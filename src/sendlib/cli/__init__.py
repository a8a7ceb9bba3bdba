"""The command line: parse, call, print, and give an exit code.

Everything slow is imported inside the command that needs it, so that
``sendlib --help`` answers at once. Exit codes: 0 done; 1 refused, with a
message that says what to mend; 2 a command written wrongly; and of a pack, 3 a
notebook failed, 4 it is not fit to be published, 5 another run is at work, 6 it
could not be written, 7 it is out but a notice of it is not, 130 or 143 stopped.
"""

from sendlib.cli.root import main

__all__ = ["main"]
