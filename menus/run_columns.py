"""The columns of a run's tables: key of the figure, heading, and how it prints (text, usd, percent, count)."""

TODAY = (
    ("people", "People", "count"),
    ("balance_today_usd", "Balance today", "usd"),
    ("digital_today_usd", "Digital assets today", "usd"),
    ("flow_per_payroll_usd", "Flow per payroll", "usd"),
    ("loss_if_down_50_usd", "Loss if they fall 50%", "usd"),
    ("loss_if_down_80_usd", "Loss if they fall 80%", "usd"),
)
HORIZON = (
    ("people", "People", "count"),
    ("without_p5_usd", "5th percentile without", "usd"),
    ("with_p5_usd", "5th percentile with", "usd"),
    ("without_p50_usd", "Median without", "usd"),
    ("with_p50_usd", "Median with", "usd"),
    ("without_p95_usd", "95th percentile without", "usd"),
    ("with_p95_usd", "95th percentile with", "usd"),
)
EFFECT = (
    ("people", "People", "count"),
    ("effect_p5_usd", "5th percentile", "usd"),
    ("effect_p5_se_usd", "give or take", "usd"),
    ("effect_p50_usd", "Median", "usd"),
    ("effect_p50_se_usd", "give or take", "usd"),
    ("effect_p95_usd", "95th percentile", "usd"),
    ("effect_p95_se_usd", "give or take", "usd"),
    ("effect_shortfall_usd", "Worst 5%", "usd"),
)
COSTS = (
    ("people", "People", "count"),
    ("sleeve_fees_usd", "Fees of the sleeve", "usd"),
    ("ever_above_cap_probability", "Ever above the cap", "percent"),
)
REPLACEMENT = (
    ("people", "People", "count"),
    ("replacement_without_p5", "5th percentile without", "percent"),
    ("replacement_with_p5", "5th percentile with", "percent"),
    ("replacement_without_p50", "Median without", "percent"),
    ("replacement_with_p50", "Median with", "percent"),
    ("replacement_without_p95", "95th percentile without", "percent"),
    ("replacement_with_p95", "95th percentile with", "percent"),
)
HOLDERS = (
    ("age_band", "Age", "text"),
    ("people", "People", "count"),
    ("people_crypto_line", "Hold a crypto line", "count"),
    ("people_target_date", "Hold them in a target-date fund", "count"),
    ("people_other_lines", "Hold them in another fund", "count"),
    ("people_holding", "Through any door", "count"),
)
HOLDINGS = (
    ("age_band", "Age", "text"),
    ("crypto_line_usd", "Crypto line", "usd"),
    ("target_date_usd", "Target-date funds", "usd"),
    ("other_lines_usd", "Other funds", "usd"),
    ("digital_usd", "Through every door", "usd"),
    ("share", "Share of accounts", "percent"),
)
RISK = (
    ("label", "Digital assets in the mix", "text"),
    ("share", "Share of the risk", "percent"),
    ("volatility", "The mix swings by, a year", "percent"),
)
LADDER = (
    ("label", "Weight", "text"),
    ("people_holding", "People holding", "count"),
    ("digital_today_usd", "Digital assets today", "usd"),
    ("mean_effect_p5_usd", "Change at the 5th percentile", "usd"),
    ("mean_effect_p50_usd", "at the median", "usd"),
    ("mean_effect_p95_usd", "at the 95th", "usd"),
    ("loss_if_down_80_usd", "Plan's loss if they fall 80%", "usd"),
)
STRESS = (
    ("drop", "Fall of digital assets", "percent"),
    ("plan_loss_usd", "Loss of the plan", "usd"),
    ("people_losing", "People who lose", "count"),
    ("people_losing_over_1_percent", "over 1% of the account", "count"),
    ("people_losing_over_5_percent", "over 5%", "count"),
    ("people_losing_over_10_percent", "over 10%", "count"),
)
YEARS = (
    ("calendar_year", "Year", "text"),
    ("people", "People", "count"),
    ("digital_p5_usd", "Digital assets, 5th percentile", "usd"),
    ("digital_p50_usd", "Median", "usd"),
    ("digital_p50_se_usd", "give or take", "usd"),
    ("digital_p95_usd", "95th percentile", "usd"),
    ("share_p5", "Share, 5th percentile", "percent"),
    ("share_p50", "Median", "percent"),
    ("share_p95", "95th percentile", "percent"),
)
ABOVE_CAP = (
    ("calendar_year", "Year", "text"),
    ("people", "People", "count"),
    ("above_cap_p5", "Above the cap, 5th percentile", "count"),
    ("above_cap_p50", "Median", "count"),
    ("above_cap_p95", "95th percentile", "count"),
)
FLOWS = (
    ("calendar_year", "Year", "text"),
    ("people", "People", "count"),
    ("payrolls", "Paydays", "count"),
    ("flow_per_payroll_usd", "Into digital assets each payday", "usd"),
    ("flow_usd", "In the year", "usd"),
)
REBALANCED = (
    ("calendar_year", "Year", "text"),
    ("people", "People", "count"),
    ("rebalanced_usd", "Moved by rebalancing", "usd"),
    ("sleeve_fees_usd", "Fees of the sleeve", "usd"),
)
EMPLOYER = (
    ("calendar_year", "Year", "text"),
    ("people", "People", "count"),
    ("match_usd", "Match", "usd"),
    ("not_vested_usd", "Of it not vested at year end", "usd"),
)
