"""Before torch is imported: its threads wait without spinning, which is ruinous where cores are shared."""

from __future__ import annotations

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
