"""`python -m kase_fix.gateway.doorman <fd>`: started by the venue, never by hand."""

import sys

from kase_fix.gateway.doorman.process import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
