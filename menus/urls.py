from django.urls import URLPattern, URLResolver

app_name = "menus"

urlpatterns: list[URLPattern | URLResolver] = []
