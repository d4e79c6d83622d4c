"""Which service does which kind of job. Celery itself carries only the job's id; see `sponsors.tasks`."""


def register_jobs() -> None:
    """Called when the app is ready."""
    from menus.services.projection_work import projection_run  # models are ready only now
    from menus.services.projections import RUN_JOB, projection_ended
    from menus.services.replays import REPLAY_JOB, replay_run
    from sponsors.jobs.runner import job_handler

    job_handler(RUN_JOB, on_end=projection_ended)(projection_run)
    job_handler(REPLAY_JOB)(replay_run)
