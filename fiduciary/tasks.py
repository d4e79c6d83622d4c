"""What the worker does for this app: renders documents."""


def register_jobs() -> None:
    """Say which function does jobs of which kind; called when the app is ready."""
    from fiduciary.services.documents import JOB_KIND, document_render  # models are not ready at import
    from sponsors.jobs.runner import job_handler

    job_handler(JOB_KIND)(document_render)
