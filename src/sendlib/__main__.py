"""The command line where its program is not on the path: ``python -m sendlib``."""

from sendlib.cli import main

if __name__ == "__main__":
    main()
