"""Addresses of the menus app under /api/v1/."""

from django.urls import URLPattern, URLResolver, include, path

from menus.api.views.funds import Funds, Presets
from menus.api.views.lab import Lab
from menus.api.views.lines import Lines, Sleeves
from menus.api.views.menus import Menus, Versions, Waivers
from menus.api.views.runs import Runs

line_urls: list[URLPattern | URLResolver] = [
    path("", Lines.as_view({"get": "read", "patch": "edit", "delete": "remove"}), name="line-detail"),
    path("replace/", Lines.as_view({"post": "replace"}), name="line-replace"),
    path("default/", Lines.as_view({"post": "mark_default"}), name="line-default"),
]

version_urls: list[URLPattern | URLResolver] = [
    path("", Versions.as_view({"get": "read"}), name="version-detail"),
    path("compare/", Versions.as_view({"get": "compare"}), name="version-compare"),
    path("totals/", Versions.as_view({"get": "totals"}), name="version-totals"),
    path("findings/", Versions.as_view({"get": "findings"}), name="version-findings"),
    path("propose/", Versions.as_view({"post": "propose"}), name="version-propose"),
    path("record/", Versions.as_view({"post": "record_as_found"}), name="version-record"),
    path("lines/", Lines.as_view({"get": "list", "post": "create"}), name="line-list"),
    path("lines/<int:line>/", include(line_urls)),
    path("sleeve/", Sleeves.as_view({"get": "read", "put": "set", "delete": "remove"}), name="sleeve-detail"),
    path("lab/", Lab.as_view({"post": "ask"}), name="version-lab"),
    path("waivers/", Waivers.as_view({"get": "list", "post": "create"}), name="waiver-list"),
    path("waivers/<int:waiver>/approve/", Waivers.as_view({"post": "approve"}), name="waiver-approve"),
]

menu_urls: list[URLPattern | URLResolver] = [
    path("", Menus.as_view({"get": "list", "post": "create"}), name="menu-list"),
    path("<slug:menu>/", Menus.as_view({"get": "read"}), name="menu-detail"),
    path("<slug:menu>/versions/", Versions.as_view({"get": "list", "post": "create"}), name="version-list"),
    path("<slug:menu>/versions/<int:version>/", include(version_urls)),
]

run_urls: list[URLPattern | URLResolver] = [
    path("", Runs.as_view({"get": "list", "post": "create"}), name="run-list"),
    path("<int:run>/", Runs.as_view({"get": "read"}), name="run-detail"),
    path("<int:run>/cancel/", Runs.as_view({"post": "cancel"}), name="run-cancel"),
    path("<int:run>/retry/", Runs.as_view({"post": "retry"}), name="run-retry"),
    path("<int:run>/replay/", Runs.as_view({"post": "replay"}), name="run-replay"),
    path(
        "<int:run>/participants/<str:pseudonym>/",
        Runs.as_view({"get": "participant"}),
        name="run-participant",
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("funds/", Funds.as_view({"get": "list"}), name="fund-list"),
    path("funds/<str:fund>/", Funds.as_view({"get": "read"}), name="fund-detail"),
    path("presets/", Presets.as_view({"get": "list"}), name="preset-list"),
    path("plans/<slug:plan>/menus/", include(menu_urls)),
    path("plans/<slug:plan>/runs/", include(run_urls)),
]
