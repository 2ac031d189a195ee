"""``python -m tests.crash_matrix``: the long form."""

import sys

from tests.crash_matrix.long import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
