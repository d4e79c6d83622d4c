from django.apps import AppConfig


class SponsorsConfig(AppConfig):
    name = "sponsors"

    def ready(self) -> None:
        from sponsors import sections, tasks, today  # models are ready only now

        tasks.register_jobs()
        today.register(10, sections.plan_section)
        today.register(20, sections.census_section)
