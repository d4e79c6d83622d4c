"""Tables of the menus app: funds, menus and their versions, sleeves, waivers, exposure runs."""

from menus.models.fund import Fund
from menus.models.history import ReturnHistory
from menus.models.menu import Menu, MenuLine, MenuVersion
from menus.models.projection import ProjectionRun
from menus.models.sleeve import Sleeve
from menus.models.waiver import Waiver

__all__ = ["Fund", "Menu", "MenuLine", "MenuVersion", "ProjectionRun", "ReturnHistory", "Sleeve", "Waiver"]
