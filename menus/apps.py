from django.apps import AppConfig


class MenusConfig(AppConfig):
    name = "menus"

    def ready(self) -> None:
        from menus import tasks  # models are ready only now
        from menus import today as sections  # likewise
        from sponsors import today  # likewise

        tasks.register_jobs()
        today.register(30, sections.menu_section)
        today.register(40, sections.run_section)
