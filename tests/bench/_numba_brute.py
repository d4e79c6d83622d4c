"""The opponent that knows the machine: Numba over participants on every core, month by month, float32.

Holders of one fund go through a month together (`PEOPLE` of them, `PATHS` paths), so that its growth is read once for
all and the accounts stay in the processor's cache; fused multiply-adds are allowed (fastmath). Quantiles come from
np.sort outside the compiled loop, on as many threads: NumPy's sort uses the processor's vector instructions, and a
full vector sort of a row is quicker than any sort or selection that Numba compiles.
"""

from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np

from tests.bench._opponents import FAN, HORIZON, Case, Output, read_off, worst

PATHS, PEOPLE = 500, 8
NUMBERS = 4_000_000  # of yearly rows that a batch of people writes before they are sorted


def numba_brute(case: Case, workers: int = 2) -> Output:
    numba.set_num_threads(workers)
    output, paths = case.empty(), case.without.shape[2]
    size = max(PEOPLE, NUMBERS // (paths * int(case.years.max())))
    rows = np.empty(min(size, len(case.years)) * (2 * int(case.years.max()) + 2) * paths, np.float32)
    with ThreadPoolExecutor(workers) as pool:
        for fund in range(len(case.without)):
            members = np.flatnonzero(case.funds == fund)
            for first in range(0, len(members), size):
                _batch(case, fund, members[first : first + size], rows, output, pool, workers)
    return output


def _batch(
    case: Case,
    fund: int,
    rows: np.ndarray,
    buffer: np.ndarray,
    output: Output,
    pool: ThreadPoolExecutor,
    workers: int,
) -> None:
    years, paths = case.years[rows], case.without.shape[2]
    starts = np.concatenate([[0], np.cumsum(years)])
    lines = buffer[: 2 * (len(rows) + starts[-1]) * paths].reshape(-1, paths)
    ends, yearly = (
        lines[: 2 * len(rows)].reshape(2, -1, paths),
        lines[2 * len(rows) :].reshape(2, -1, paths),
    )
    counts = np.zeros((len(rows), -(-paths // PATHS)), dtype=np.int64)
    opening = np.stack([case.crowd.balances, *case.opening])[:, rows].astype(np.float32)
    taken = case.taken[rows]
    _follow(
        case.without[fund],
        case.with_sleeve[fund],
        case.crypto,
        case.digital[fund],
        years,
        starts,
        opening,
        np.stack(
            [case.paid[rows], case.paid[rows] * (1 - taken)[:, None], case.paid[rows] * taken[:, None]]
        ).astype(np.float32),
        case.payday.astype(np.float32),
        np.float32(case.scenario.sleeve.cap * (1 + 1e-6)),
        ends,
        yearly,
        counts,
    )
    list(pool.map(lambda part: part.sort(axis=1), np.array_split(lines, workers)))
    who, year = np.repeat(rows, years), np.concatenate([np.arange(n) for n in years.tolist()])
    output["digital"][who, year], output["share"][who, year] = read_off(yearly, FAN)
    output["balance"][rows] = read_off(ends, HORIZON).swapaxes(0, 1)
    output["shortfall"][rows] = worst(ends).T
    output["ever_above"][rows] = counts.sum(axis=1)


@numba.njit(parallel=True, fastmath=True, cache=True)
def _follow(
    without, inside, crypto, digital, years, starts, opening, paid, payday, cap, ends, yearly, counts
):
    """One task for each block of people and paths. Accounts: without the sleeve, the sleeved fund, the crypto line."""
    n, paths = len(years), without.shape[1]
    path_blocks = -(-paths // PATHS)
    for task in numba.prange(path_blocks * (-(-n // PEOPLE))):
        people, block = task // path_blocks * PEOPLE, task % path_blocks
        low = block * PATHS
        width, size = min(PATHS, paths - low), min(PEOPLE, n - people)
        dollars = np.empty((3, PEOPLE, PATHS), np.float32)
        ever = np.zeros((PEOPLE, PATHS), np.uint8)
        for k in range(3):
            for q in range(size):
                dollars[k, q, :] = opening[k, people + q]
        for year in range(years[people + size - 1]):
            for month in range(-1 if payday[0] > 0 else 0, 12):
                for k in range(3):
                    growth = without if k == 0 else (inside if k == 1 else crypto)
                    row = growth[max(year * 12 + month, 0), low : low + width]
                    for q in range(size):
                        if years[people + q] <= year or (
                            k == 2 and opening[2, people + q] == 0 and paid[2, people + q, 0] == 0
                        ):
                            continue
                        bought = paid[k, people + q, year] * payday[month + 1]
                        account = dollars[k, q, :width]
                        if month < 0:
                            account += bought
                        else:
                            for s in range(width):
                                account[s] = account[s] * row[s] + bought
            part = digital[year, low : low + width]
            for q in range(size):
                if years[people + q] > year:
                    place, held, line, above = (
                        starts[people + q] + year,
                        dollars[1, q, :width],
                        dollars[2, q, :width],
                        ever[q, :width],
                    )
                    amount, share = yearly[0, place, low : low + width], yearly[1, place, low : low + width]
                    for s in range(width):
                        amount[s] = held[s] * part[s] + line[s]
                        share[s] = amount[s] / (held[s] + line[s])
                        above[s] |= share[s] > cap
        for q in range(size):
            ends[0, people + q, low : low + width] = dollars[0, q, :width]
            ends[1, people + q, low : low + width] = dollars[1, q, :width] + dollars[2, q, :width]
            counts[people + q, block] = ever[q].sum()
