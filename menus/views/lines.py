"""Changes of single lines of a draft. Buttons post here; htmx gets the fresh builder, a plain form the page again."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from menus.forms.lines import LineForm
from menus.models import Fund, MenuLine, MenuVersion
from menus.selectors import comparators_of
from menus.services.lines import default_mark, line_add, line_edit, line_remove, line_replace
from menus.views.builder import changed, line_or_404, search_context, version_or_404
from sponsors.access import PlanRequest, plan_view
from sponsors.errors import Refusal
from sponsors.forms.refusals import add_refusal
from sponsors.permissions import Permission


@require_POST
@plan_view(Permission.MENU_EDIT)
def line_add_page(request: PlanRequest, menu: str, version: int) -> HttpResponse:
    found = version_or_404(request, menu, version)
    fund = _fund_named(request)
    if fund is None:
        return changed(request, found, refusal="Choose a fund of the catalogue.")
    try:
        line_add(by=request.user, version=found, fund=fund)
    except Refusal as refusal:
        return changed(request, found, refusal=refusal.message)
    return changed(request, found, f"{fund.name} is on the menu.")


@plan_view(Permission.MENU_EDIT)
def line_edit_page(request: PlanRequest, menu: str, version: int, line: int) -> HttpResponse:
    """One line: its marks, its value statement, and the funds that could stand in its place."""
    found = version_or_404(request, menu, version)
    edited = line_or_404(found, line)
    names = ("is_qdia", "is_core", "value_statement")
    start = {name: getattr(edited, name) for name in names} | {"seen_edits": found.edit_count}
    form = LineForm(request.POST or None, initial=start)
    if form.is_valid():
        try:
            line_edit(by=request.user, line=edited, **form.cleaned_data)
            messages.success(request, f"{edited.fund.name} is saved.")
            return redirect(f"{found.get_absolute_url()}#line-{edited.fund.key}")
        except Refusal as refusal:
            _keep_typed(form, refusal, found)
    context = {"version": found, "menu": found.menu, "line": edited, "form": form}
    context |= {"comparators": _replacements(found, edited), **search_context(request, found)}
    return render(request, "menus/line_edit.html", context)


@require_POST
@plan_view(Permission.MENU_EDIT)
def line_mark(request: PlanRequest, menu: str, version: int, line: int) -> HttpResponse:
    """The core mark, on or off; the default mark, put on a line or its whole series."""
    found = version_or_404(request, menu, version)
    marked = line_or_404(found, line)
    try:
        if request.POST.get("mark") == "default":
            default_mark(by=request.user, line=marked)
            return changed(request, found, f"{marked.fund.series or marked.fund.name} is the default.")
        is_core = request.POST.get("mark") == "core"
        line_edit(by=request.user, line=marked, is_core=is_core)
    except Refusal as refusal:
        return changed(request, found, refusal=refusal.message)
    return changed(
        request, found, f"{marked.fund.name} is {'a core line' if is_core else 'no longer a core line'}."
    )


@require_POST
@plan_view(Permission.MENU_EDIT)
def line_replace_page(request: PlanRequest, menu: str, version: int, line: int) -> HttpResponse:
    found = version_or_404(request, menu, version)
    replaced, fund = line_or_404(found, line), _fund_named(request)
    if fund is None:
        return changed(request, found, refusal="Choose a fund of the catalogue.")
    old = replaced.fund.name
    try:
        line_replace(by=request.user, line=replaced, fund=fund)
    except Refusal as refusal:
        return changed(request, found, refusal=refusal.message)
    return changed(request, found, f"{fund.name} stands in the place of {old}.")


@require_POST
@plan_view(Permission.MENU_EDIT)
def line_remove_page(request: PlanRequest, menu: str, version: int, line: int) -> HttpResponse:
    found = version_or_404(request, menu, version)
    gone = MenuLine.objects.filter(version=found, pk=line).select_related("fund", "version__plan").first()
    if gone is None:
        return changed(request, found, refusal="This line was removed already.")
    try:
        line_remove(by=request.user, line=gone)
    except Refusal as refusal:
        return changed(request, found, refusal=refusal.message)
    return changed(
        request, found, f"{gone.fund.name} is off the menu. Search for {gone.fund.key} to bring it back."
    )


def _fund_named(request: PlanRequest) -> Fund | None:
    return Fund.objects.filter(key=request.POST.get("fund", "")).first()


def _keep_typed(form: LineForm, refusal: Refusal, version: MenuVersion) -> None:
    """Show the refusal with what was typed; once it was seen, saving again goes through."""
    add_refusal(form, refusal)
    version.refresh_from_db(fields=["edit_count"])
    form.data = {**form.data.dict(), "seen_edits": version.edit_count}


def _replacements(version: MenuVersion, line: MenuLine) -> list[Fund]:
    on_menu = set(MenuLine.objects.filter(version=version).values_list("fund_id", flat=True))
    return [fund for fund in comparators_of(line.fund) if fund.pk not in on_menu]
