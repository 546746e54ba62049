"""What stops a portal from standing up, as sentences for the person at the keyboard, each with its exit code."""

from __future__ import annotations


class PortalError(Exception):
    """Something that a person has to mend. `str(error)` says what and how."""

    exit_code = 1


class SettingError(PortalError):
    """A PORTAL_* variable has a value that can not be used."""

    exit_code = 2


class MissingSystemPartError(PortalError):
    """A program of the operating system is missing and could not be installed. The shell part uses the same code."""

    exit_code = 3


class PortTakenError(PortalError):
    """A port that the portal needs is in use by someone else."""

    exit_code = 4


class DiskFullError(PortalError):
    """The disk of the state folder has too little room."""

    exit_code = 5


class UnhealthyError(PortalError):
    """A part was started and does not answer."""

    exit_code = 6
