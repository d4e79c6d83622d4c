"""Addresses of the menus app under /api/v1/."""

from django.urls import URLPattern, URLResolver, include, path

from menus.api.views.funds import Funds, Presets
from menus.api.views.lines import Lines, Sleeves
from menus.api.views.menus import Menus, Versions, Waivers

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
    path(
        "sleeve/", Sleeves.as_view({"get": "read", "put": "set", "delete": "remove"}), name="sleeve-detail"
    ),
    path("waivers/", Waivers.as_view({"get": "list", "post": "create"}), name="waiver-list"),
    path("waivers/<int:waiver>/approve/", Waivers.as_view({"post": "approve"}), name="waiver-approve"),
]

menu_urls: list[URLPattern | URLResolver] = [
    path("", Menus.as_view({"get": "list", "post": "create"}), name="menu-list"),
    path("<slug:menu>/", Menus.as_view({"get": "read"}), name="menu-detail"),
    path("<slug:menu>/versions/", Versions.as_view({"get": "list", "post": "create"}), name="version-list"),
    path("<slug:menu>/versions/<int:version>/", include(version_urls)),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("funds/", Funds.as_view({"get": "list"}), name="fund-list"),
    path("funds/<str:fund>/", Funds.as_view({"get": "read"}), name="fund-detail"),
    path("presets/", Presets.as_view({"get": "list"}), name="preset-list"),
    path("plans/<slug:plan>/menus/", include(menu_urls)),
]
