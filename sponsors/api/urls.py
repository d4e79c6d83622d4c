"""Addresses of the sponsors app under /api/v1/."""

from django.urls import URLPattern, URLResolver, include, path

from sponsors.api.views.accounts import Tokens
from sponsors.api.views.census import CensusImports, CensusUploads, Participants, Snapshots
from sponsors.api.views.plans import Members, Plans, Sponsors

import_urls: list[URLPattern | URLResolver] = [
    path("", CensusImports.as_view({"get": "read"}), name="census-import-detail"),
    path("columns/", CensusImports.as_view({"get": "columns"}), name="census-import-columns"),
    path("confirm/", CensusImports.as_view({"post": "confirm"}), name="census-import-confirm"),
    path("refusals/", CensusImports.as_view({"get": "refusals"}), name="census-import-refusals"),
]

plan_urls: list[URLPattern | URLResolver] = [
    path("", Plans.as_view({"get": "read", "patch": "edit"}), name="plan-detail"),
    path("members/", Members.as_view({"get": "list", "post": "create"}), name="member-list"),
    path("members/<int:member>/", Members.as_view({"get": "read"}), name="member-detail"),
    path("members/<int:member>/end/", Members.as_view({"post": "end"}), name="member-end"),
    path(
        "census/imports/", CensusUploads.as_view({"get": "list", "post": "create"}), name="census-import-list"
    ),
    path("census/imports/<int:census_import>/", include(import_urls)),
    path("census/snapshots/", Snapshots.as_view({"get": "list"}), name="census-snapshot-list"),
    path(
        "census/snapshots/<int:snapshot>/",
        Snapshots.as_view({"get": "read"}),
        name="census-snapshot-detail",
    ),
    path("participants/", Participants.as_view({"get": "list"}), name="participant-list"),
    path("participants/<str:pseudonym>/", Participants.as_view({"get": "read"}), name="participant-detail"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("token/", Tokens.as_view({"post": "create", "delete": "revoke"}), name="token"),
    path("sponsors/", Sponsors.as_view({"get": "list", "post": "create"}), name="sponsor-list"),
    path("sponsors/<slug:sponsor>/", Sponsors.as_view({"get": "read"}), name="sponsor-detail"),
    path("sponsors/<slug:sponsor>/plans/", Plans.as_view({"post": "create"}), name="sponsor-plans"),
    path("plans/", Plans.as_view({"get": "list"}), name="plan-list"),
    path("plans/<slug:plan>/", include(plan_urls)),
]
