"""The two scripts of the reference workload import each other by bare name, as they were handed to us."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
