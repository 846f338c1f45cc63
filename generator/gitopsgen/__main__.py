"""`python -m gitopsgen` is the same as `gitopsgen`."""

from gitopsgen.cli import main

if __name__ == "__main__":
    main()
