"""`python -m avtal` is `avtal`."""

from avtal.cli import main

if __name__ == "__main__":  # processes of its own import this file by another name
    main()
