from django.apps import AppConfig


class SponsorsConfig(AppConfig):
    name = "sponsors"

    def ready(self) -> None:
        from sponsors import tasks  # models are ready only now

        tasks.register_jobs()
