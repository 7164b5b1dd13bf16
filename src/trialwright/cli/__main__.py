"""Lets `python -m trialwright.cli` stand for `trialwright` where scripts are not on the path."""

from trialwright.cli import main

if __name__ == "__main__":
    main()
