"""The exposure engine: what a plan's own people would hold and what could happen to it, with and without a
sleeve.

Pure NumPy: no Django, no files, no clock, no global random state. `docs/engine.md` is the specification.
`results.py` (tidy frames) imports pandas and is therefore not imported here.
"""

from .chunk import MergeError, ProjectionChunk, merge
from .factors import Prepared, prepare
from .inputs import DIGITAL_ASSETS, Behaviour, Limits, Market, Mixture, People, PlanTerms, Scenario
from .manifest import ENGINE_VERSION
from .menu import CryptoLine, FundRebalancing, LineRebalancing, Menu, Sleeve, TargetDateSleeve
from .runs import evaluate, project
from .tables import Tables, tables_for
from .validation import InputError

__all__ = [
    "DIGITAL_ASSETS",
    "ENGINE_VERSION",
    "Behaviour",
    "CryptoLine",
    "FundRebalancing",
    "InputError",
    "Limits",
    "LineRebalancing",
    "Market",
    "Menu",
    "MergeError",
    "Mixture",
    "People",
    "PlanTerms",
    "Prepared",
    "ProjectionChunk",
    "Scenario",
    "Sleeve",
    "Tables",
    "TargetDateSleeve",
    "evaluate",
    "merge",
    "prepare",
    "project",
    "tables_for",
]
