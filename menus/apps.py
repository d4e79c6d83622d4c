from django.apps import AppConfig


class MenusConfig(AppConfig):
    name = "menus"

    def ready(self) -> None:
        from menus import tasks  # models are ready only now

        tasks.register_jobs()
