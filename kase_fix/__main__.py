"""`python -m kase_fix`: the same as the command `kase-fix`."""

import sys

from kase_fix.app.main import main

if __name__ == "__main__":
    sys.exit(main())
