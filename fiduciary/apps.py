from django.apps import AppConfig


class FiduciaryConfig(AppConfig):
    name = "fiduciary"
