"""`python -m memorusctl`."""

from __future__ import annotations

import sys

from memorusctl import main

if __name__ == "__main__":
    sys.exit(main())
