"""What a version of a menu makes a review be about. Decides which checklist items apply, with the reason for each."""

from django.utils import timezone

from fiduciary.enums import Subject
from menus.enums import Vehicle
from menus.models import Fund, MenuVersion, Sleeve

FORTY_ACT_VEHICLES = {Vehicle.MUTUAL_FUND, Vehicle.ETF}
PRIVATE_VEHICLES = {Vehicle.PRIVATE_FUND, Vehicle.INTERVAL_FUND}
WINDOW = "The plan offers a brokerage window."
PRIVATE_CLASSES = {"private_equity", "private_credit", "private_real_estate"}


def subjects_of(version: MenuVersion) -> dict[str, str]:
    """Subject -> why it applies to this version. Two queries."""
    sleeve = Sleeve.objects.filter(version=version).select_related("fund").first()
    funds = [line.fund for line in version.lines.select_related("fund")]
    everyone = list({fund.key: fund for fund in [*funds, *([sleeve.fund] if sleeve else [])]}.values())
    outside = [fund for fund in everyone if fund.vehicle not in FORTY_ACT_VEHICLES]
    managed = [fund for fund in funds if fund.vehicle == Vehicle.MANAGED_ACCOUNT]
    reasons = {
        Subject.MENU: "Every review looks at the menu as a whole.",
        Subject.ANY: "Every fund on the menu is a designated investment alternative.",
        Subject.DIGITAL_ASSETS: _digital(funds, sleeve),
        Subject.ASSET_ALLOCATION_SLEEVE: _inside_target_date(sleeve),
        Subject.PRIVATE_ASSETS: _named("Private assets: ", [fund for fund in funds if _is_private(fund)]),
        Subject.NOT_40ACT: _named("Not registered under the 1940 Act: ", outside),
        Subject.NEW_FUND: _named("Record under five years: ", [fund for fund in everyone if _is_new(fund)]),
        Subject.MANAGED_ACCOUNT: _named("Managed accounts: ", managed),
        Subject.BROKERAGE_WINDOW: WINDOW if version.plan.has_brokerage_window else "",
    }
    return {subject.value: reason for subject, reason in reasons.items() if reason}


def _digital(funds: list[Fund], sleeve: Sleeve | None) -> str:
    doors = [f"{fund.key} is a line of the menu" for fund in funds if fund.is_digital_asset]
    if sleeve and sleeve.opens_series:
        doors.append(f"the target-date series holds {sleeve.fund.key}")
    return f"Doors to digital assets: {'; '.join(doors)}." if doors else ""


def _inside_target_date(sleeve: Sleeve | None) -> str:
    inside = sleeve is not None and sleeve.opens_series
    return "The target-date series carries a digital-asset sleeve." if inside else ""


def _is_private(fund: Fund) -> bool:
    return fund.asset_class in PRIVATE_CLASSES or fund.vehicle in PRIVATE_VEHICLES


def _is_new(fund: Fund) -> bool:
    return fund.inception_on is not None and (timezone.localdate() - fund.inception_on).days < 5 * 365.25


def _named(words: str, funds: list[Fund]) -> str:
    return f"{words}{', '.join(sorted(fund.key for fund in funds))}." if funds else ""
