"""`python -m netbuilder` is `netbuilder`."""

import sys

from netbuilder.app import main

sys.exit(main())
