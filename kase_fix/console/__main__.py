"""`python -m kase_fix.console <descriptor>`: how the venue starts the console."""

import sys

from kase_fix.console.process import main

if __name__ == "__main__":
    main(sys.argv[1:])
