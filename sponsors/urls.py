from django.urls import path

from sponsors.views import home

app_name = "sponsors"

urlpatterns = [
    path("", home.home, name="home"),
]
