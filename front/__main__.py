"""The command line where no script is on the path: ``python -m tradeshock``."""

from tradeshock.forecast.cli.main import main

if __name__ == "__main__":
    main()
