"""Pages at /, the API at /api/v1/. Both only include the apps' own urls."""

from django.urls import include, path

from config import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("styleguide/", views.styleguide, name="styleguide"),
    path("account/", include("allauth.account.urls")),
    path("api/v1/", include("config.api", namespace="api")),
    path("", include("sponsors.urls")),
    path("", include("menus.urls")),
    path("", include("fiduciary.urls")),
]
