"""Addresses of the menus app: the fund catalogue, the menus of a plan, their versions and exposure runs."""

from django.urls import URLPattern, URLResolver, include, path

from menus.views import funds, lab, lines, markets, menus, runs, sleeves, versions, waivers

app_name = "menus"

line_urls: list[URLPattern | URLResolver] = [
    path("", lines.line_edit_page, name="line-edit"),
    path("mark/", lines.line_mark, name="line-mark"),
    path("replace/", lines.line_replace_page, name="line-replace"),
    path("remove/", lines.line_remove_page, name="line-remove"),
]

version_urls: list[URLPattern | URLResolver] = [
    path("", versions.version_detail, name="version-detail"),
    path("panel/", versions.version_panel, name="version-panel"),
    path("compare/", versions.version_compare, name="version-compare"),
    path("propose/", versions.version_propose_page, name="version-propose"),
    path("record/", versions.version_record, name="version-record"),
    path("lines/", lines.line_add_page, name="line-add"),
    path("lines/<int:line>/", include(line_urls)),
    path("sleeve/", sleeves.sleeve_edit, name="sleeve-edit"),
    path("lab/", lab.sleeve_lab, name="sleeve-lab"),
    path("sleeve/remove/", sleeves.sleeve_remove_page, name="sleeve-remove"),
    path("waivers/", waivers.waiver_request_page, name="waiver-request"),
    path("waivers/<int:waiver>/approve/", waivers.waiver_approve_page, name="waiver-approve"),
]

menu_urls: list[URLPattern | URLResolver] = [
    path("", menus.menu_list, name="menu-list"),
    path("<slug:menu>/", menus.menu_detail, name="menu-detail"),
    path("<slug:menu>/versions/", versions.version_create_page, name="version-create"),
    path("<slug:menu>/versions/<int:version>/", include(version_urls)),
]

run_urls: list[URLPattern | URLResolver] = [
    path("", runs.run_list, name="run-list"),
    path("start/", runs.run_create, name="run-create"),
    path("<int:run>/", runs.run_detail, name="run-detail"),
    path("<int:run>/progress/", runs.run_progress, name="run-progress"),
    path("<int:run>/cancel/", runs.run_cancel, name="run-cancel"),
    path("<int:run>/retry/", runs.run_retry, name="run-retry"),
    path("<int:run>/replay/", runs.run_replay, name="run-replay"),
    path("<int:run>/charts/<slug:chart>.svg", runs.run_chart, name="run-chart"),
    path("<int:run>/people/<str:pseudonym>/", runs.run_participant, name="run-participant"),
    path(
        "<int:run>/people/<str:pseudonym>/charts/<slug:chart>.svg",
        runs.run_participant_chart,
        name="run-participant-chart",
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("funds/", funds.fund_list, name="fund-list"),
    path("funds/<str:fund>/", funds.fund_detail, name="fund-detail"),
    path("markets/", markets.market_list, name="market-list"),
    path("markets/backtest/", markets.market_backtest, name="market-backtest"),
    path("markets/<slug:edition>/", markets.market_detail, name="market-detail"),
    path("plans/<slug:plan>/menus/", include(menu_urls)),
    path("plans/<slug:plan>/runs/", include(run_urls)),
]
