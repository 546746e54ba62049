"""The process manager of a portal: supervisord, which starts every part and starts it again when it dies."""

from __future__ import annotations

import configparser
import io
import os
import shlex
import subprocess
import time
import xmlrpc.client
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

from ops.errors import UnhealthyError
from ops.secret_store import write_private
from ops.settings import CHECKOUT, Settings

SETPRIV = "/usr/bin/setpriv"

# Codes of supervisor's XML-RPC interface: it worked, or it was so already.
SUCCESS = 80
ALREADY_STARTED = 60
NOT_RUNNING = 70


@dataclass(frozen=True)
class Program:
    """One part that runs for as long as the portal does."""

    name: str
    command: list[str]
    copies: int = 1
    stop_signal: str = "TERM"
    stop_seconds: int = 20
    whole_group: bool = False
    environment: dict[str, str] = field(default_factory=dict)


def configuration(settings: Settings, password: str, programs: list[Program]) -> str:
    """supervisord's configuration file. Programs are started one by one, by us, when what they need is ready."""
    parser = configparser.RawConfigParser()
    address = f"127.0.0.1:{settings.supervisor_port}"
    parser["inet_http_server"] = {"port": address, "username": "portal", "password": password}
    parser["supervisord"] = {
        "logfile": _escaped(settings.logs / "supervisor.log"),
        "pidfile": _escaped(settings.run / "supervisord.pid"),
        "childlogdir": _escaped(settings.logs),
        "directory": _escaped(CHECKOUT),
        "silent": "true",
    }
    parser["rpcinterface:supervisor"] = {
        "supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"
    }
    for program in programs:
        parser[f"program:{program.name}"] = {
            "command": _escaped(shlex.join([*ends_with_parent(program.stop_signal), *program.command])),
            "autostart": "false",
            "autorestart": "true",
            "startsecs": "1",
            "startretries": "1000",
            "stopsignal": program.stop_signal,
            "stopwaitsecs": str(program.stop_seconds),
            "stopasgroup": str(program.whole_group).lower(),
            "killasgroup": str(program.whole_group).lower(),
            "redirect_stderr": "true",
            "stdout_logfile": _escaped(settings.logs / f"{program.name}.log"),
            # ops/log_keeper.py puts logs aside by day; this is for a day on which one of them grows without end
            "stdout_logfile_maxbytes": "100MB",
            "stdout_logfile_backups": "5",
            "numprocs": str(program.copies),
            "process_name": "%(program_name)s" if program.copies == 1 else "%(program_name)s-%(process_num)d",
            "environment": ",".join(f'{k}="{_escaped(v)}"' for k, v in program.environment.items()),
        }
    text = io.StringIO()
    parser.write(text)
    return text.getvalue()


def ends_with_parent(stop_signal: str) -> list[str]:
    """The start of a command line whose process is told to stop when supervisord is gone, also by `kill -9`.

    The kernel sends the signal; a process that changes its user afterwards has to ask for it again.
    """
    return [SETPRIV, "--pdeathsig", stop_signal]


def _escaped(value: object) -> str:
    return str(value).replace("%", "%%")


class Supervisor:
    """A state folder's supervisord, running or not. Where it listens is read from the file it was started with, so that
    `make stop` needs nothing but the state folder."""

    def __init__(self, state: Path) -> None:
        self._logs = state / "logs"
        self._file = state / "run" / "supervisord.conf"

    @property
    def port(self) -> int:
        """The port it listens on, 0 before it was ever started."""
        return int(self._server().get("port", ":0").rpartition(":")[2])

    def is_running(self) -> bool:
        """Whether our supervisord answers: the password tells it from another one on the same port."""
        try:
            return bool(self._rpc.getState()["statename"] == "RUNNING")
        except (OSError, HTTPException, xmlrpc.client.Error):
            return False

    def start(self, settings: Settings, password: str, programs: list[Program]) -> None:
        """Start supervisord unless it runs, and make it know `programs`, also those whose command has changed."""
        if self.is_running() and self.port != settings.supervisor_port:
            self.shutdown()
        text = configuration(settings, password, programs)
        if not self._file.is_file() or self._file.read_text() != text:
            write_private(self._file, text)
        if self.is_running():
            self._reread()
        else:
            command = [str(settings.venv / "bin" / "supervisord"), "-c", str(self._file)]
            subprocess.run(command, check=True, cwd=CHECKOUT)  # noqa: S603
            self._wait_until_running()

    def _wait_until_running(self) -> None:
        for _ in range(100):
            if self.is_running():
                return
            time.sleep(0.1)
        raise UnhealthyError(f"The process manager did not start; see {self._logs / 'supervisor.log'}")

    def _reread(self) -> None:
        added, changed, removed = self._rpc.reloadConfig()[0]
        for name in [*changed, *removed]:
            self._rpc.stopProcessGroup(name)
            self._rpc.removeProcessGroup(name)
        for name in [*added, *changed]:
            self._rpc.addProcessGroup(name)

    def start_program(self, name: str) -> None:
        """Start a program, all its copies, unless it runs."""
        self._call("startProcessGroup", name)

    def stop_program(self, name: str) -> None:
        """Stop a program, all its copies, if it runs."""
        self._call("stopProcessGroup", name)

    def states(self) -> dict[str, str]:
        """Every process by name with its state: RUNNING, STARTING, STOPPED, BACKOFF, FATAL …"""
        return {info["name"]: info["statename"] for info in self._rpc.getAllProcessInfo()}

    def pids(self) -> dict[str, int]:
        """The process ids of what runs, by name."""
        return {info["name"]: info["pid"] for info in self._rpc.getAllProcessInfo() if info["pid"]}

    def shutdown(self) -> None:
        """Stop every program and supervisord itself, and wait until it is gone."""
        pid = self._rpc.getPID()
        self._rpc.shutdown()
        for _ in range(600):
            if not _alive(pid):
                return
            time.sleep(0.1)
        raise UnhealthyError(f"The process manager (process {pid}) does not stop.")

    @property
    def _rpc(self) -> Any:
        server = self._server()
        address = f"http://{server.get('username')}:{server.get('password')}@127.0.0.1:{self.port}/RPC2"
        return xmlrpc.client.ServerProxy(address).supervisor

    def _server(self) -> Mapping[str, str]:
        parser = configparser.RawConfigParser()
        parser.read(self._file)
        return parser["inet_http_server"] if parser.has_section("inet_http_server") else {}

    def _call(self, method: str, name: str) -> None:
        for result in getattr(self._rpc, method)(name):
            if result["status"] not in (SUCCESS, ALREADY_STARTED, NOT_RUNNING):
                log = self._logs / f"{name}.log"
                raise UnhealthyError(f"{result['name']} does not start ({result['description']}); see {log}")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True
