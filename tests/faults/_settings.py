"""Settings of a drill: the real ones, and the drills' own kind of work."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults._work.DrillConfig"]
