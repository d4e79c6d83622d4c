"""The people of the plan: what the latest census says, and how the next one comes in."""

import csv
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET
from django_htmx.http import HttpResponseClientRefresh

from sponsors.access import PlanRequest, plan_view
from sponsors.census import CensusFileError, DecodedFile, Mapping
from sponsors.enums import CensusImportStatus
from sponsors.errors import Refusal
from sponsors.forms.census import CensusMappingForm, CensusUploadForm
from sponsors.forms.refusals import add_refusal
from sponsors.models import CensusImport
from sponsors.pages import page_of
from sponsors.permissions import Permission as P
from sponsors.selectors import census_summary, imports_of
from sponsors.services.census import census_confirm, census_decoded, census_upload

PREVIEW_ROWS = 3
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@plan_view(P.CENSUS_VIEW)
def census_detail(request: PlanRequest) -> HttpResponse:
    """The people of the latest census in figures, and the files that came before."""
    context = {
        "plan": request.plan,
        "summary": census_summary(request.plan),
        "imports": imports_of(request.plan)[:20],
        "may_import": P.CENSUS_IMPORT in request.permissions,
    }
    return render(request, "sponsors/census_detail.html", context)


@plan_view(P.CENSUS_IMPORT)
def census_new(request: PlanRequest) -> HttpResponse:
    """Bring a file. It is screened here; its rows are read by the worker once the columns are confirmed."""
    form = CensusUploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            census_import = _upload(request, form)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            return _follow(request, census_import)
    return render(request, "sponsors/census_upload.html", {"plan": request.plan, "form": form})


def _upload(request: PlanRequest, form: CensusUploadForm) -> CensusImport:
    file = form.cleaned_data["file"]
    return census_upload(
        by=request.user,
        plan=request.plan,
        data=file.read(),
        file_name=file.name,
        as_of=form.cleaned_data["as_of"],
        declared_ids=form.cleaned_data["employee_numbers"],
    )


def _follow(request: PlanRequest, census_import: CensusImport) -> HttpResponse:
    if census_import.status == CensusImportStatus.UPLOADED:
        return redirect("sponsors:census-map", plan=request.plan.slug, census_import=census_import.pk)
    messages.info(
        request,
        "This file was uploaded before for the same day, so nothing was changed. Here is that import.",
    )
    return _to_import(request, census_import)


def _to_import(request: PlanRequest, census_import: CensusImport) -> HttpResponse:
    return redirect("sponsors:census-import", plan=request.plan.slug, census_import=census_import.pk)


@plan_view(P.CENSUS_IMPORT)
def census_columns(request: PlanRequest, census_import: int) -> HttpResponse:
    """Which column is what: guesses to confirm or correct, beside the first rows of the file."""
    found = get_object_or_404(imports_of(request.plan), pk=census_import)
    try:
        decoded = census_decoded(found)
    except CensusFileError as error:
        messages.error(request, error.message)
        return _to_import(request, found)
    form = CensusMappingForm(
        request.POST or None, headers=decoded.headers, mapping=Mapping.from_json(found.mapping)
    )
    if request.method == "POST" and form.is_valid():
        try:
            queued = census_confirm(
                by=request.user,
                census_import=found,
                mapping=form.mapping(),
                accept_partial=form.cleaned_data["accept_partial"],
            )
            return _to_import(request, queued)
        except Refusal as refusal:
            add_refusal(form, refusal)
    context = {
        "plan": request.plan,
        "census_import": found,
        "form": form,
        "columns": _columns(form, decoded, found),
    }
    return render(request, "sponsors/census_map.html", context)


def _columns(
    form: CensusMappingForm, decoded: DecodedFile, census_import: CensusImport
) -> list[dict[str, Any]]:
    """Each column of the file: name, first values, the two questions, and how sure the guess is."""
    rows = decoded.sample_rows(PREVIEW_ROWS)
    confidence = census_import.mapping.get("confidence", {})
    return [
        {
            "header": header,
            "values": [row[place] for row in rows],
            "meaning": form[f"meaning_{place}"],
            "fund": form[f"fund_{place}"],
            "is_unsure": 0 < confidence.get(header, 0) < 0.75,
        }
        for place, header in enumerate(decoded.headers)
    ]


@plan_view(P.CENSUS_VIEW)
def census_result(request: PlanRequest, census_import: int) -> HttpResponse:
    """What became of a file: progress while it is read, then every refused row with its remedy."""
    found = get_object_or_404(imports_of(request.plan), pk=census_import)
    is_reading = found.status == CensusImportStatus.QUEUED
    if request.htmx and not is_reading:
        return HttpResponseClientRefresh()
    template = "sponsors/_census_progress.html" if request.htmx else "sponsors/census_import.html"
    context = {
        "plan": request.plan,
        "census_import": found,
        "is_reading": is_reading,
        "refusals": page_of(request, found.refusals.all(), 50),
        "may_import": P.CENSUS_IMPORT in request.permissions,
        "shows_values": P.PARTICIPANT_NAMES in request.permissions,
    }
    return render(request, template, context)


@plan_view(P.CENSUS_IMPORT)
def census_partial(request: PlanRequest, census_import: int) -> HttpResponse:
    """Accept what could be read of a refused file (POST only; anything else shows the import)."""
    found = get_object_or_404(imports_of(request.plan), pk=census_import)
    if request.method == "POST" and found.status == CensusImportStatus.REFUSED:
        try:
            mapping = Mapping.from_json(found.mapping)
            found = census_confirm(by=request.user, census_import=found, mapping=mapping, accept_partial=True)
        except Refusal as refusal:
            messages.error(request, refusal.message)
    return _to_import(request, found)


@require_GET
@plan_view(P.CENSUS_IMPORT)
def census_refusals(request: PlanRequest, census_import: int) -> HttpResponse:
    """The refused rows as CSV, safe to open in a spreadsheet."""
    found = get_object_or_404(imports_of(request.plan), pk=census_import)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="refused-rows-{found.pk}.csv"'
    response.write("\ufeff")  # spreadsheets take the file for UTF-8 by this mark
    writer = csv.writer(response)
    writer.writerow(["row", "column", "value", "reason", "remedy"])
    for refusal in found.refusals.iterator():
        cells = (refusal.column, refusal.value_shown, refusal.reason, refusal.remedy)
        writer.writerow([refusal.row, *map(_neutral, cells)])
    return response


def _neutral(cell: str) -> str:
    """A cell that a spreadsheet shows and never runs as a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell
