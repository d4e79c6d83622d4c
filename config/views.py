"""Pages that belong to the site as a whole."""

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from config.styleguide import sample
from sponsors.access import public_view


@public_view
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Says nothing about the database, so that a busy one does not restart the web process."""
    return HttpResponse("ok\n", content_type="text/plain")


@public_view
def readyz(request: HttpRequest) -> HttpResponse:
    """The process can serve: the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"database": connection.vendor, "ready": True})


@public_view
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component of the pages, once."""
    return render(request, "styleguide.html", sample())
