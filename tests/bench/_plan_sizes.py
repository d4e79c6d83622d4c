"""How many people each plan of the country has."""

import numpy as np

# PLANSPONSOR, "Small Plans By the Numbers" (2025 Recordkeeping Survey), single-employer 401(k) plans by assets below
# $10M, $10-50M, $50-200M and above: share of plans and share of participants.
SHARE_OF_PLANS = np.array([0.9309, 0.0523, 0.0114, 0.0055])
SHARE_OF_PEOPLE = np.array([0.2081, 0.1337, 0.1163, 0.5429])
SPREAD = 1.0  # of the logarithm of size within a segment: not published, a choice of this benchmark


def plan_sizes(plans: int, people: int, seed: int = 1) -> np.ndarray:
    """Participants of each plan (plans), at least one, adding up to `people`; in each segment log-normal, and each
    segment with its published share of plans and people. Raises ValueError when there are more plans than people."""
    if people < plans:
        raise ValueError(f"{plans:,} plans need at least as many people; {people:,} are too few.")
    rng = np.random.default_rng(seed)
    segment = rng.permutation(np.repeat(np.arange(4), _whole(SHARE_OF_PLANS, plans)))
    weight = np.exp(SPREAD * rng.standard_normal(plans))
    weight *= (SHARE_OF_PEOPLE / np.bincount(segment, weight, minlength=4).clip(1e-9))[segment]
    return 1 + _whole(weight, people - plans)


def _whole(shares: np.ndarray, total: int) -> np.ndarray:
    """Whole numbers in proportion to `shares` that add up to `total`."""
    ends = np.rint(np.cumsum(shares / shares.sum()) * total).astype(np.int64)
    ends[-1] = total
    return np.diff(ends, prepend=0)
