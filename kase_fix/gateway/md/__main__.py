"""`python -m kase_fix.gateway.md <fd>`: started by the venue, never by hand."""

import sys

from kase_fix.gateway.md.process import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
