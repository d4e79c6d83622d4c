from django.apps import AppConfig


class FiduciaryConfig(AppConfig):
    name = "fiduciary"

    def ready(self) -> None:
        from fiduciary import tasks  # models are ready only now

        tasks.register_jobs()
