"""The inner loops of the tables, compiled; see `tables.py` for what they mean and `kernels.py` for the rules
they follow.

A table's first axis of nodes is u = 0, 1/64 ... 1, the part of an account's normalised size that comes from
contributions. A value at (x, z) dollars of opening balance and contributions, both in normalised dollars, is
(x + z) Q(z / (x + z)).
"""

import numpy as np

from .compiling import compiled
from .kernels import BLOCK
from .schedules import fill_schedule

COLUMNS = 17  # at the horizon: five percentiles, their errors, shortfall, its error, errors of five effects


@compiled
def composite(held, paid, share, holds_digital, slot, opening, election, wealth, inside):
    """One opening dollar and one dollar a year in a mix: `wealth` and `inside` (2, n_years, n_paths) are all
    of it, and what of it is digital assets."""
    n_years, n_paths = wealth.shape[1:]
    for year in range(n_years):
        for part in range(2):
            total, digital = wealth[part, year], inside[part, year]
            total[:] = 0
            digital[:] = 0
            for k in range(len(slot)):
                weight = np.float32(opening[k]) if part == 0 else np.float32(election[k])
                unit = held[slot[k], year] if part == 0 else paid[slot[k], year]
                shares = share[slot[k], year]
                for s in range(n_paths):
                    total[s] += weight * unit[s]
                if holds_digital[slot[k]]:
                    for s in range(n_paths):
                        digital[s] += weight * unit[s] * shares[s]


@compiled
def roll_schedule(growth, annuity, share, holds_digital, slot, election, money, wealth, inside):
    """Contributions of `money` (n_years) a year in a mix: `wealth` and `inside` (n_years, n_paths)."""
    n_years, n_paths = wealth.shape
    wealth[:] = 0
    inside[:] = 0
    now = np.empty(n_paths, np.float32)
    for k in range(len(slot)):
        q = slot[k]
        now[:] = 0
        for year in range(n_years):
            bought = np.float32(election[k] * money[year])
            unit, new, shares, total, digital = (
                growth[q, year],
                annuity[q, year],
                share[q, year],
                wealth[year],
                inside[year],
            )
            for s in range(n_paths):
                now[s] = now[s] * unit[s] + bought * new[s]
                total[s] += now[s]
            if holds_digital[q]:
                for s in range(n_paths):
                    digital[s] += now[s] * shares[s]


@compiled
def node_rows(opening, paid, norms, out):
    """Value at every node of every year (n_years * n_nodes, n_paths) of accounts whose parts are `opening`
    and `paid` (n_years, n_paths); `norms` (n_years, 2) are their normalised dollars."""
    n_years, n_paths = opening.shape
    n_nodes = out.shape[0] // n_years
    for year in range(n_years):
        held, more = opening[year], paid[year]
        for j in range(n_nodes):
            u = j / (n_nodes - 1)
            a, b, row = (
                np.float32((1 - u) / norms[year, 0]),
                np.float32(u / norms[year, 1]),
                out[year * n_nodes + j],
            )
            for s in range(n_paths):
                row[s] = a * held[s] + b * more[s]


@compiled
def share_rows(opening, paid, digital_opening, digital_paid, norms, out):
    """Digital share at every node of every year (n_years * n_nodes, n_paths)."""
    n_years, n_paths = opening.shape
    n_nodes = out.shape[0] // n_years
    for year in range(n_years):
        held, more, inside, more_inside = opening[year], paid[year], digital_opening[year], digital_paid[year]
        for j in range(n_nodes):
            u = j / (n_nodes - 1)
            a, b, row = (
                np.float32((1 - u) / norms[year, 0]),
                np.float32(u / norms[year, 1]),
                out[year * n_nodes + j],
            )
            for s in range(n_paths):
                row[s] = (a * inside[s] + b * more_inside[s]) / (a * held[s] + b * more[s])


@compiled
def ever_above(wealth, inside, paid, inside_paid, norms, cap, counts):
    """Paths above `cap` at any year end up to the last, by node of the last year, into `counts` (n_nodes):
    opening parts `wealth`, `inside` and contributed parts `paid`, `inside_paid` (n_years, n_paths); `norms`
    (2) of the last year."""
    n_years, n_paths = wealth.shape
    n_nodes = len(counts)
    crossed = np.empty(BLOCK, np.bool_)
    for j in range(n_nodes):
        u = j / (n_nodes - 1)
        a, b = np.float32((1 - u) / norms[0]), np.float32(u / norms[1])
        for low in range(0, n_paths, BLOCK):
            width = min(BLOCK, n_paths - low)
            crossed[:] = False
            for year in range(n_years):
                total, digital = wealth[year, low : low + width], inside[year, low : low + width]
                more, more_digital = paid[year, low : low + width], inside_paid[year, low : low + width]
                for s in range(width):
                    crossed[s] |= a * digital[s] + b * more_digital[s] > cap * (a * total[s] + b * more[s])
            for s in range(width):
                counts[j] += crossed[s]


@compiled
def count_above(wealth, inside, paid, inside_paid, norms, cap, people, above):
    """Add `people` (n_nodes), taken to stand at the nodes of the last year, to `above` (n_years, n_paths)
    where their digital share lies above `cap`; the parts are as in `ever_above`."""
    n_years, n_paths = wealth.shape
    n_nodes = len(people)
    for j in range(n_nodes):
        if people[j] == 0:
            continue
        u = j / (n_nodes - 1)
        a, b, count = np.float32((1 - u) / norms[0]), np.float32(u / norms[1]), people[j]
        for year in range(n_years):
            total, digital, more, more_digital, out = (
                wealth[year],
                inside[year],
                paid[year],
                inside_paid[year],
                above[year],
            )
            for s in range(n_paths):
                if a * digital[s] + b * more_digital[s] > cap * (a * total[s] + b * more[s]):
                    out[s] += count


@compiled
def lower_bound(x, z, below, above, j, n_nodes):
    """The most that surely does not lie above the value at (x, z) in normalised dollars: a value grows with
    both parts and in proportion to them, so it is at least the node on either side, shrunk until neither part
    is larger. `below`, `above`: values at nodes j and j + 1."""
    return max(x * (n_nodes - 1) / (n_nodes - 1 - j) * below, z * (n_nodes - 1) / (j + 1) * above)


@compiled
def upper_bound(x, z, below, above, j, n_nodes):
    """The least that surely does not lie below the value at (x, z): either node, grown until neither part is
    smaller."""
    bound = np.inf
    if j > 0:
        bound = z * (n_nodes - 1) / j * below
    elif z == 0:
        bound = x * below
    if j < n_nodes - 2:
        return min(bound, x * (n_nodes - 1) / (n_nodes - 2 - j) * above)
    if x == 0:
        return min(bound, z * above)
    return bound


@compiled
def node_below(u, n_nodes):
    """The interval in which u lies, by its lower node."""
    return min(int(u * (n_nodes - 1)), n_nodes - 2)


@compiled
def cubic(u, n_nodes, weights):
    """First of the four nodes around u; their weights in the cubic through them into `weights` (4)."""
    first = min(max(node_below(u, n_nodes) - 1, 0), n_nodes - 4)
    x = u * (n_nodes - 1) - first
    weights[0] = -(x - 1) * (x - 2) * (x - 3) / 6
    weights[1] = x * (x - 2) * (x - 3) / 2
    weights[2] = -x * (x - 1) * (x - 3) / 2
    weights[3] = x * (x - 1) * (x - 2) / 6
    return first


@compiled
def read_straight(
    ages, pay, rates, balances, group, horizon, tiers, quiet, opening_norm, paid_norm, by_year, at_horizon, ever,
    balance, years_out, ever_out, node_out, first_paid, bent, low, high, low_digital, high_digital,
):  # fmt: skip
    """Figures of savers whom no limit stops, one row each; the others are marked in `bent` (n) and left.

    Tables: `by_year` (n_groups, n_years, n_nodes, 8) digital dollars at p5, p50, p95, nothing, shares at the
    same, nothing: eight columns fill a register; `at_horizon` (n_groups, n_arms, n_years, n_ends, 17), `ever`
    (n_groups, n_years, n_nodes). Out: `balance` (n, n_arms, 12) five percentiles, their errors, shortfall and
    its error; `years_out` (n, n_years, 8) or (n, 0, 8), NaN beyond the horizon; `ever_out` paths, `node_out`
    nearest node, `first_paid` dollars of the first year (n). `low`, `high`, `low_digital`, `high_digital` (n,
    n_years, 4) are sure brackets, or empty.
    """
    n_years, n_nodes, n_arms = by_year.shape[1], by_year.shape[2], at_horizon.shape[1]
    top, n_ends, with_brackets, weights = n_nodes - 1, at_horizon.shape[3], low.shape[0] > 0, np.empty(4)
    table, ends, evers = by_year.ravel(), at_horizon.ravel(), ever.ravel()
    norm_of, paid_of, flat_out = opening_norm.ravel(), paid_norm.ravel(), years_out.reshape(-1)
    n_out = years_out.shape[1]
    inverse = np.empty(n_nodes + 1, np.float32)
    inverse[0] = np.inf
    for j in range(1, n_nodes + 1):
        inverse[j] = top / j
    for i in range(len(ages)):
        age, g, years, rate, wage = ages[i], group[i], horizon[i], rates[i], pay[i]
        matched, lower = 0.0, 0.0
        for tier in range(len(tiers)):
            matched += tiers[tier, 0] * max(min(rate, tiers[tier, 1]) - lower, 0.0)
            lower = tiers[tier, 1]
        paid = wage * (rate + matched)
        quiet_now = rate * wage <= quiet[age, 0] and wage <= quiet[age, 1] and paid <= quiet[age, 2]
        if not quiet_now or rate + matched > 1:
            bent[i] = True
            continue
        first_paid[i] = paid
        held = balances[i]
        for year in range(min(years, n_out)):
            at = g * n_years + year
            out = (i * n_out + year) * 8
            x, z = np.float32(held * norm_of[at]), np.float32(paid * paid_of[at])
            size = x + z
            if size <= 0:
                for c in range(8):
                    flat_out[out + c] = 0
                continue
            place = z / size * np.float32(top)
            j = min(int(place), top - 1)
            first = min(max(j - 1, 0), n_nodes - 4)
            v = place - np.float32(first)
            one, two, three, six = np.float32(1), np.float32(2), np.float32(3), np.float32(1 / 6)
            w0, w1 = -(v - one) * (v - two) * (v - three) * six, v * (v - two) * (v - three) * np.float32(0.5)
            w2, w3 = -v * (v - one) * (v - three) * np.float32(0.5), v * (v - one) * (v - two) * six
            base = (at * n_nodes + first) * 8
            for c in range(8):
                flat_out[out + c] = (
                    w0 * table[base + c]
                    + w1 * table[base + 8 + c]
                    + w2 * table[base + 16 + c]
                    + w3 * table[base + 24 + c]
                )
            low_0, low_1 = x * inverse[top - j], z * inverse[j + 1]
            # at either end one part is nothing, and the node there is the value itself
            high_0 = z * inverse[j] if z > 0 else (x if j == 0 else np.float32(0))
            high_1 = x * inverse[top - 1 - j] if x > 0 else (z if j == top - 1 else np.float32(0))
            near = (at * n_nodes + j) * 8
            for c in range(4):
                below, above = table[near + c], table[near + 8 + c]
                least = max(low_0 * below, low_1 * above)
                # an infinite bound times a digital value of nothing is no number, and then bounds nothing
                most = min(
                    high_0 * below if below > 0 else np.float32(0),
                    high_1 * above if above > 0 else np.float32(0),
                )
                flat_out[out + c] = min(max(size * flat_out[out + c], least), max(most, least))
                if with_brackets:
                    low_digital[i, year, c], high_digital[i, year, c] = least, max(most, least)
        for k in range((i * n_out + years) * 8, (i + 1) * n_out * 8):
            flat_out[k] = np.nan
        at = g * n_years + years - 1
        x_end, z_end = held * norm_of[at], paid * paid_of[at]
        whole = x_end + z_end
        if whole <= 0:
            continue
        u = z_end / whole
        node_out[i] = int(u * top + 0.5)
        first = cubic(u, n_nodes, weights)
        base = at * n_nodes + first
        counted = (
            weights[0] * evers[base] + weights[1] * evers[base + 1] + weights[2] * evers[base + 2]
            + weights[3] * evers[base + 3]
        )  # fmt: skip
        ever_out[i] = max(int(counted + 0.5), 0)
        first, j = cubic(u, n_ends, weights), node_below(u, n_ends)
        e0, e1, e2, e3 = weights[0] * whole, weights[1] * whole, weights[2] * whole, weights[3] * whole
        for arm in range(n_arms):
            rows = ((g * n_arms + arm) * n_years + years - 1) * n_ends
            base, near, ending = (rows + first) * COLUMNS, (rows + j) * COLUMNS, balance[i, arm]
            for c in range(COLUMNS):
                ending[c] = (
                    e0 * ends[base + c]
                    + e1 * ends[base + COLUMNS + c]
                    + e2 * ends[base + 2 * COLUMNS + c]
                    + e3 * ends[base + 3 * COLUMNS + c]
                )
            for c in (0, 1, 2, 3, 4, 10):
                least = lower_bound(x_end, z_end, ends[near + c], ends[near + COLUMNS + c], j, n_ends)
                most = upper_bound(x_end, z_end, ends[near + c], ends[near + COLUMNS + c], j, n_ends)
                ending[c] = min(max(ending[c], least), most)
                if with_brackets:
                    low[i, arm, c], high[i, arm, c] = least, most


@compiled
def read_bent(
    people, ages, pay, rates, balances, group, horizon, terms, growth_norm, annuity_norm, opening_norm, straight_norm,
    first_line, line_slot, line_election, buys_digital, bent_of, zs, base_limit, typical_match, counted_match,
    counted_pay, paid_norm, by_year, at_horizon, ever, shapes, tolerance,
    balance, years_out, ever_out, node_out, first_paid, flow_by_year, exact, low, high, low_digital, high_digital,
):  # fmt: skip
    """As `read_straight` for `people` whom a limit stops; see `bent.Bent` for the tables. Contributions lie
    between two shapes, and a match other than the typical one adds or takes some of the first shape, which is
    straight, and brings in the last, that of high pay: percentiles are blended in these proportions.

    `flow_by_year` (n_years) is added to. `exact` (n) is set where the contributions stray further from that
    blend than `tolerance` from one year to another.
    """
    n_years, n_nodes, n_arms, n_ends = (
        by_year.shape[2],
        by_year.shape[3],
        at_horizon.shape[2],
        at_horizon.shape[3],
    )
    weights = np.empty(4)
    money, match, raises = np.empty(n_years), np.empty(n_years), terms.raises
    running = np.empty(max(1, (first_line[1:] - first_line[:-1]).max()))
    # the shapes read and their weights: two neighbours in z, the straight one, and that of high pay
    blend, shape, n_shapes = np.empty(4), np.zeros(4, np.int64), zs.shape[1]
    shape[3] = n_shapes
    for i in people:
        age, g, years = ages[i], group[i], horizon[i]
        b, out_years = bent_of[g, age], min(years, years_out.shape[1])
        if b < 0:  # no table was made: it is the match, not the deferral, that meets a limit
            exact[i] = True
            continue
        fill_schedule(age, pay[i], rates[i], terms, money[:years], match[:years])
        wanted, k = rates[i] * pay[i] / base_limit[age], 0
        while k < n_shapes - 2 and wanted > zs[b, k + 1]:
            k += 1
        wanted = min(max(wanted, zs[b, 0]), zs[b, n_shapes - 1])
        part = (wanted - zs[b, k]) / (zs[b, k + 1] - zs[b, k])
        # the match as so many dollars that grow with raises and so many with the pay that counts, right in the
        # first year and the last
        end, counted_end = raises[years - 1], counted_pay[years - 1]
        by_count = (
            (match[0] * end - match[years - 1]) / (end - counted_end)
            if abs(end - counted_end) > 1e-9
            else 0.0
        )
        top = by_count / counted_match[age] if counted_match[age] > 0 else 0.0
        by_raise = match[0] - by_count - (1 - top) * typical_match * wanted * base_limit[age]
        least_ratio, most_ratio, least_gap, most_gap = np.inf, 0.0, np.inf, 0.0
        for year in range(years):
            tabled = (1 - top) * ((1 - part) * shapes[b, k, year] + part * shapes[b, k + 1, year])
            tabled += by_raise * raises[year] + top * shapes[b, n_shapes, year]
            money[year] += match[year]
            gap = money[year] / tabled if tabled > 0 else np.inf
            least_gap, most_gap = min(least_gap, gap), max(most_gap, gap)
            ratio = money[year] / shapes[b, k, year]
            least_ratio, most_ratio = min(least_ratio, ratio), max(most_ratio, ratio)
        if not 0.0 < most_gap <= least_gap * (1 + tolerance):  # who pays nothing in has no shape
            exact[i] = True
            continue
        shape[0], shape[1] = k, k + 1
        first_paid[i] = money[0]
        running[:] = 0
        for year in range(years):
            flow_by_year[year] += money[year] * buys_digital[g, year]
            z = 0.0
            for line in range(first_line[g], first_line[g + 1]):
                q, at = line_slot[line], line - first_line[g]
                running[at] = running[at] * growth_norm[q, year] + money[year] * annuity_norm[q, year]
                z += line_election[line] * running[at]
            last = year == years - 1
            if year >= out_years and not last:
                continue
            x = balances[i] * opening_norm[g, year]
            size = x + z
            blend[2] = by_raise * straight_norm[g, year] / z
            blend[3] = top * paid_norm[b, n_shapes, year] / z
            blend[0] = (1 - blend[2] - blend[3]) * (1 - part)
            blend[1] = (1 - blend[2] - blend[3]) * part
            place = z / size * (n_nodes - 1)
            j = min(int(place), n_nodes - 2)
            first = min(max(j - 1, 0), n_nodes - 4)
            v = place - first
            w0, w1 = -(v - 1) * (v - 2) * (v - 3) / 6, v * (v - 2) * (v - 3) / 2
            w2, w3 = -v * (v - 1) * (v - 3) / 2, v * (v - 1) * (v - 2) / 6
            z_low, z_high = least_ratio * paid_norm[b, k, year], most_ratio * paid_norm[b, k, year]
            j_low, j_high = (
                node_below(z_low / (x + z_low), n_nodes),
                node_below(z_high / (x + z_high), n_nodes),
            )
            if year < out_years:
                for c in range(8):
                    value = 0.0
                    for n in range(4):
                        q = shape[n]
                        value += blend[n] * (
                            w0 * by_year[b, q, year, first, c] + w1 * by_year[b, q, year, first + 1, c]
                            + w2 * by_year[b, q, year, first + 2, c] + w3 * by_year[b, q, year, first + 3, c]
                        )  # fmt: skip
                    if c > 3:
                        years_out[i, year, c] = value
                        continue
                    below, above = by_year[b, k, year, j_low, c], by_year[b, k, year, j_low + 1, c]
                    least = lower_bound(x, z_low, below, above, j_low, n_nodes)
                    below, above = by_year[b, k, year, j_high, c], by_year[b, k, year, j_high + 1, c]
                    most = upper_bound(x, z_high, below, above, j_high, n_nodes)
                    years_out[i, year, c] = min(max(size * value, least), most)
                    if low_digital.shape[0] > 0:
                        low_digital[i, year, c], high_digital[i, year, c] = least, most
        for year in range(years, years_out.shape[1]):
            years_out[i, year, :] = np.nan
        node_out[i] = int(place + 0.5)
        counted = 0.0
        for n in range(4):
            q = shape[n]
            counted += blend[n] * (
                w0 * ever[b, q, first]
                + w1 * ever[b, q, first + 1]
                + w2 * ever[b, q, first + 2]
                + w3 * ever[b, q, first + 3]
            )
        ever_out[i] = max(int(counted + 0.5), 0)
        first = cubic(z / size, n_ends, weights)
        j_low, j_high = node_below(z_low / (x + z_low), n_ends), node_below(z_high / (x + z_high), n_ends)
        for arm in range(n_arms):
            for c in range(COLUMNS):
                value = 0.0
                for n in range(4):
                    q = shape[n]
                    for at in range(4):
                        value += blend[n] * weights[at] * at_horizon[b, q, arm, first + at, c]
                value *= size
                if c < 5 or c == 10:
                    below, above = at_horizon[b, k, arm, j_low, c], at_horizon[b, k, arm, j_low + 1, c]
                    least = lower_bound(x, z_low, below, above, j_low, n_ends)
                    below, above = at_horizon[b, k, arm, j_high, c], at_horizon[b, k, arm, j_high + 1, c]
                    most = upper_bound(x, z_high, below, above, j_high, n_ends)
                    value = min(max(value, least), most)
                    if low.shape[0] > 0:
                        low[i, arm, c], high[i, arm, c] = least, most
                balance[i, arm, c] = value
