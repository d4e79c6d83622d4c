from django.apps import AppConfig


class FiduciaryConfig(AppConfig):
    name = "fiduciary"

    def ready(self) -> None:
        from fiduciary import tasks  # models are ready only now
        from fiduciary import today as sections  # likewise
        from sponsors import today  # likewise

        tasks.register_jobs()
        today.register(50, sections.review_section)
        today.register(60, sections.decision_section)
        today.register(70, sections.document_section)
