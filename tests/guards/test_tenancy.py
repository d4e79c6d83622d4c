"""Every row that belongs to an employer says so on the row itself, and cannot outlive it."""

from django.apps import apps
from django.db import models

from sponsors.models import Plan, PlanOwned, PlanSponsor, SponsorOwned

APPS = ("sponsors", "menus", "fiduciary")
# Models without an owner, each with its reason.
WITHOUT_OWNER = {
    "sponsors.plansponsor": "is the owner",
    "sponsors.user": "a person may act for several employers; memberships say for which",
    "sponsors.ledgerbook": "the platform's own book has no sponsor",
    "sponsors.ledgerevent": "ids are plain columns, so that no delete elsewhere can reach into the ledger",
    "menus.fund": "the catalogue is the same for everybody",
    "menus.returnhistory": "a market record says nothing of any sponsor; runs of all may draw from it",
}


def own_models() -> list[type[models.Model]]:
    return [
        model for model in apps.get_models() if model._meta.app_label in APPS and not model._meta.auto_created
    ]


def test_every_model_belongs_to_a_sponsor_or_says_why_not():
    without = {model._meta.label_lower for model in own_models() if not issubclass(model, SponsorOwned)}

    assert without == set(WITHOUT_OWNER)


def test_owner_is_always_there_and_protected():
    for model in own_models():
        for name, owner in (("sponsor", PlanSponsor), ("plan", Plan)):
            if not issubclass(model, SponsorOwned if name == "sponsor" else PlanOwned):
                continue
            field = model._meta.get_field(name)
            assert (field.related_model, field.null, field.remote_field.on_delete) == (
                owner,
                False,
                models.PROTECT,
            ), f"{model._meta.label}.{name}"


def test_what_points_to_a_row_of_a_plan_is_of_a_plan_too():
    """Otherwise its plan could only be found by a join, and one day nobody would look."""
    strays = {
        f"{model._meta.label}.{field.name}"
        for model in own_models()
        if not issubclass(model, PlanOwned)
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and issubclass(field.related_model, PlanOwned)
    }

    assert strays == set()


def test_no_model_of_a_plan_is_deleted_with_another():
    """Records end with a date or a status; only parts of a job go with their job."""
    cascading = {
        f"{model._meta.label_lower}.{field.name}"
        for model in own_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is models.CASCADE
    }

    assert cascading == {"sponsors.jobchunk.job"}
