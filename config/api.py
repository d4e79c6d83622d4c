"""The API's urls: each app brings its own; schema and documentation stand beside them."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import IsAuthenticated

from sponsors.access import account_view

app_name = "api"

schema = SpectacularAPIView.as_view(permission_classes=[IsAuthenticated])
docs = SpectacularSwaggerSplitView.as_view(url_name="api:schema", template_name="api_docs.html")

urlpatterns = [
    path("schema/", schema, name="schema"),
    path("docs/", account_view(docs), name="docs"),
    path("", include("sponsors.api.urls")),
    path("", include("menus.api.urls")),
    path("", include("fiduciary.api.urls")),
]
