"""The parts of a portal as the process manager runs them."""

from __future__ import annotations

from ops import postgres, redis, solr
from ops.settings import Settings
from ops.supervisor import Program

WEB_SETTINGS = "ckanext.opencohesion.portal.gunicorn_settings"
#: Queues of the background workers: one worker serves nobody but people who wait, so that none waits for a harvest.
WORKERS = {"worker": ["default", "later"], "worker-now": ["default"]}
#: Whoever looks at a page goes before what runs in the background.
NICE = ["/usr/bin/nice", "-n", "10"]


def services(settings: Settings) -> list[Program]:
    """What CKAN stands on, as far as it is the portal's own."""
    given = settings.external
    own = []
    if not given.database:
        # SIGINT is PostgreSQL's fast shutdown: it ends the sessions and loses nothing.
        own.append(Program("postgres", postgres.command(settings), stop_signal="INT", stop_seconds=60))
    if not given.redis:
        own.append(Program("redis", redis.command(settings)))
    if not given.solr:
        own.append(Program("solr", solr.command(settings)))
    return own


def site(settings: Settings) -> list[Program]:
    """CKAN: web server, background workers, scheduler; and what keeps the logs."""
    programs = settings.venv / "bin"
    environment = {"CKAN_INI": str(settings.ini), "PYTHONUNBUFFERED": "1"}
    ckan = [str(programs / "ckan"), "-c", str(settings.ini)]
    host = f"[{settings.bind}]" if ":" in settings.bind else settings.bind
    gunicorn, python = str(programs / "gunicorn"), str(programs / "python")
    web_environment = {
        **environment,
        "PORTAL_LOG_FORMAT": settings.log_format,
        # where the processes of the web server bring their figures together for /metrics
        "PROMETHEUS_MULTIPROC_DIR": str(settings.run / "metrics"),
    }
    web = [gunicorn, f"--bind={host}:{settings.port}", f"--config=python:{WEB_SETTINGS}"]
    return [
        Program("web", web, environment=web_environment, whole_group=True),
        *(
            Program(
                name, [*NICE, *ckan, "jobs", "worker", *queues], environment=environment, whole_group=True
            )
            for name, queues in WORKERS.items()
        ),
        Program("scheduler", [*ckan, "opencohesion-jobs", "run-scheduler"], environment=environment),
        Program("log-keeper", [python, "-m", "ops.log_keeper", str(settings.state), str(settings.log_days)]),
    ]
