import sys

from tests import faults
from tests.drills import run_all

sys.exit(run_all(faults))
