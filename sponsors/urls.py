from django.urls import path

from sponsors.views import census, home, members, participants, plans, platform

app_name = "sponsors"

urlpatterns = [
    path("", home.home, name="home"),
    path("start/", plans.sponsor_start, name="sponsor-create"),
    path("plans/<slug:plan>/", plans.plan_today, name="plan-today"),
    path("plans/<slug:plan>/facts/", plans.plan_detail, name="plan-detail"),
    path("plans/<slug:plan>/facts/edit/", plans.plan_change, name="plan-edit"),
    path("plans/<slug:plan>/another/", plans.plan_another, name="plan-create"),
    path("plans/<slug:plan>/members/", members.member_list, name="member-list"),
    path("plans/<slug:plan>/members/add/", members.member_new, name="member-add"),
    path("plans/<slug:plan>/members/<int:member>/link/", members.member_invite, name="member-invite"),
    path("plans/<slug:plan>/members/<int:member>/end/", members.member_leave, name="member-end"),
    path("plans/<slug:plan>/people/", census.census_detail, name="census-detail"),
    path("plans/<slug:plan>/people/upload/", census.census_new, name="census-upload"),
    path("plans/<slug:plan>/people/list/", participants.participant_list, name="participant-list"),
    path("plans/<slug:plan>/people/imports/<int:census_import>/", census.census_result, name="census-import"),
    path(
        "plans/<slug:plan>/people/imports/<int:census_import>/columns/",
        census.census_columns,
        name="census-map",
    ),
    path(
        "plans/<slug:plan>/people/imports/<int:census_import>/partial/",
        census.census_partial,
        name="census-partial",
    ),
    path(
        "plans/<slug:plan>/people/imports/<int:census_import>/refused-rows.csv",
        census.census_refusals,
        name="census-refusals",
    ),
    path(
        "plans/<slug:plan>/people/<str:pseudonym>/",
        participants.participant_detail,
        name="participant-detail",
    ),
    path("platform/", platform.platform_home, name="platform-home"),
    path("platform/users/", platform.platform_users, name="platform-users"),
    path("platform/users/<int:user>/", platform.platform_user, name="platform-user"),
    path("platform/health/", platform.platform_health, name="platform-health"),
]
