import sys

from tests import bench
from tests.drills import run_all

sys.exit(run_all(bench))
