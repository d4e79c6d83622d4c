"""The sleeve of a draft: choose its kind, set its terms, take it off."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from menus.enums import SleeveKind
from menus.forms.sleeves import SLEEVE_FORMS
from menus.models import Sleeve
from menus.selectors import totals
from menus.services.sleeves import sleeve_remove, sleeve_set
from menus.views.builder import changed, version_or_404
from sponsors.access import PlanRequest, plan_view
from sponsors.errors import Refusal
from sponsors.forms.refusals import add_refusal
from sponsors.permissions import Permission


@plan_view(Permission.MENU_EDIT)
def sleeve_edit(request: PlanRequest, menu: str, version: int) -> HttpResponse:
    """Terms of one kind of sleeve; the other kinds are a tab away. Terms in the address, as the lab hands them over,
    stand in the form until they are saved."""
    found = version_or_404(request, menu, version)
    sleeve = Sleeve.objects.filter(version=found).select_related("fund").first()
    kind = request.GET.get("kind", sleeve.kind if sleeve else SleeveKind.CRYPTO_LINE)
    form_class = SLEEVE_FORMS.get(kind, SLEEVE_FORMS[SleeveKind.CRYPTO_LINE])
    handed_over = {name: value for name, value in request.GET.items() if name not in ("kind", "seen_edits")}
    initial = handed_over | {"seen_edits": found.edit_count}
    form = form_class(request.POST or None, sleeve=sleeve, initial=initial)
    if form.is_valid():
        try:
            seen = form.cleaned_data["seen_edits"]
            sleeve_set(by=request.user, version=found, terms=form.terms(), seen_edits=seen)
            messages.success(request, "The sleeve's terms are saved.")
            return redirect(f"{found.get_absolute_url()}#sleeve")
        except Refusal as refusal:
            add_refusal(form, refusal)
            found.refresh_from_db(fields=["edit_count"])
            form.data = {**form.data.dict(), "seen_edits": found.edit_count}
    tabs = [
        {"label": one.label, "url": f"?kind={one.value}", "current": one == form_class.kind}
        for one in SleeveKind
    ]
    context = {"version": found, "menu": found.menu, "form": form, "sleeve": sleeve, "tabs": tabs}
    context["from_lab"] = bool(handed_over)
    return render(request, "menus/sleeve_edit.html", {**context, "totals": totals(found)})


@require_POST
@plan_view(Permission.MENU_EDIT)
def sleeve_remove_page(request: PlanRequest, menu: str, version: int) -> HttpResponse:
    found = version_or_404(request, menu, version)
    try:
        sleeve_remove(by=request.user, version=found)
    except Refusal as refusal:
        return changed(request, found, refusal=refusal.message)
    return changed(request, found, "The sleeve is off, and so is its line where it had one.")
