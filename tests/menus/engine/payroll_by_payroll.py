"""Contributions told payroll by payroll in plain Python: slow, and written without the engine's closed forms."""

from math import inf

from menus.engine import Behaviour, Limits, PlanTerms

STEPS = (500, 500, 500, 1_000, 5_000, 5_000)


def limits_by_hand(plan: PlanTerms, growth_rate: float, year: int) -> Limits:
    """The last published limits, each raised by one statutory step as often as its growth pays for it."""
    last = max(known for known in plan.limits if known <= year)
    names = list(Limits.__dataclass_fields__)
    figures = []
    for name, step in zip(names, STEPS, strict=True):
        figure = getattr(plan.limits[last], name)
        grown = figure * (1 + growth_rate) ** (year - last)
        while grown < inf and figure + step <= grown + 1e-6:
            figure += step
        figures.append(figure)
    return Limits(*figures)


def catch_up_by_hand(plan: PlanTerms, limits: Limits, age: int, pay_before: float) -> float:
    if not plan.offers_roth and pay_before > limits.roth_catch_up_wages:
        return 0
    return {age >= 50: limits.catch_up_50, age in (60, 61, 62, 63): limits.catch_up_60_63}.get(True, 0)


def tiers_by_hand(deferral: float, pay: float, tiers: tuple[tuple[float, float], ...]) -> float:
    """Dollar by tier from the first up: what is left of the deferral fills the next tier."""
    match, reached = 0.0, 0.0
    for rate, up_to in tiers:
        inside = min(deferral, (up_to - reached) * pay)
        match, deferral, reached = match + rate * inside, deferral - inside, up_to
    return match


def schedule_by_hand(
    age: int, pay: float, rate: float, plan: PlanTerms, behaviour: Behaviour, n_years: int
) -> list[tuple[float, float]]:
    """(deferral, match) of each year."""
    years = []
    pay_before = pay / (1 + behaviour.raise_rate)
    for year in range(n_years):
        limits = limits_by_hand(plan, behaviour.limit_growth_rate, plan.start_year + year)
        most = limits.elective_deferral + catch_up_by_hand(plan, limits, age + year + 1, pay_before)
        deferral, match, counted = 0.0, 0.0, 0.0
        for _ in range(plan.payrolls_per_year):
            paid = pay / plan.payrolls_per_year
            deferred = min(rate * paid, most - deferral)
            counts = min(paid, limits.compensation - counted)
            match += tiers_by_hand(deferred, counts, plan.match_tiers)
            deferral, counted = deferral + deferred, counted + counts
        if plan.match_true_up:
            match = tiers_by_hand(deferral, counted, plan.match_tiers)
        additions = min(limits.annual_additions, pay)
        years.append((deferral, min(match, max(additions - min(deferral, limits.elective_deferral), 0))))
        pay_before, pay = pay, pay * (1 + behaviour.raise_rate)
    return years
