"""Trying a mix of series over a window of its record."""

from typing import Any

from django import forms

from menus.backtests import Backtest, Rebalance, backtest, mix_read
from menus.panel.history_markets import history_table, imported_names
from sponsors.errors import Refusal
from sponsors.facts import FactError
from sponsors.forms.refusals import add_refusal

EXAMPLE = {
    "mix": "us_large=57%, us_agg=38%, bitcoin=5%",
    "rebalance": "quarterly",
    "first_month": "2014-01",
    "last_month": "2026-07",
}


class BacktestForm(forms.Form):
    """A mix, how often it is rebalanced, and the months. Nothing is stored: the address holds the question."""

    mix = forms.CharField(
        max_length=500,
        help_text="Series and weights that sum to 100%, as us_large=60%, us_agg=40%.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    rebalance = forms.ChoiceField(
        label="Rebalanced", choices=[(str(one), one.words.capitalize()) for one in Rebalance]
    )
    first_month = forms.CharField(
        max_length=7, required=False, help_text="As 2014-01; empty: from the first."
    )
    last_month = forms.CharField(max_length=7, required=False, help_text="As 2026-07; empty: to the last.")
    history = forms.ChoiceField(label="Record", required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["history"].choices = [
            ("", "The one that comes with Steward"),
            *((n, n) for n in imported_names()),
        ]

    def tested(self) -> Backtest | None:
        """The backtest, or None with the reason at its field."""
        if not self.is_valid():
            return None
        given = self.cleaned_data
        try:
            table, mix = history_table(given["history"]), mix_read(given["mix"])
            return backtest(
                table, mix, Rebalance(given["rebalance"]), given["first_month"], given["last_month"]
            )
        except Refusal as refusal:
            add_refusal(self, refusal)
        except FactError as error:
            self.add_error("history", str(error))
        return None
