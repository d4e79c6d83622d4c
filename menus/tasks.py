"""Which service does which kind of job. Celery itself carries only the job's id; see `sponsors.tasks`."""


def register_jobs() -> None:
    """Called when the app is ready."""
    from menus.services.projections import projection_ended, projection_run  # models are ready only now
    from menus.services.replays import replay_run
    from sponsors.jobs.runner import job_handler

    job_handler("projection", on_end=projection_ended)(projection_run)
    job_handler("projection_replay")(replay_run)
