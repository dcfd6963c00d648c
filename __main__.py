"""`python -m hinterland`."""

from hinterland.cli import main

if __name__ == "__main__":
    main()
