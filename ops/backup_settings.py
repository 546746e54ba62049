"""Where backups lie and how many are kept: PORTAL_BACKUPS, PORTAL_BACKUP_KEEP, PORTAL_RESTORE, PORTAL_FORCE."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ops.errors import SettingError

KEEP = 7


@dataclass(frozen=True)
class BackupSettings:
    """`folder`: where backups are made. `keep`: how many. `restore`: the one to restore, None for the newest. `force`:
    whether a portal with data may be overwritten."""

    folder: Path
    keep: int = KEEP
    restore: Path | None = None
    force: bool = False


def from_environment(environ: Mapping[str, str], state: Path) -> BackupSettings:
    """Read the settings from `environ`. By default backups lie beside the state folder, so that `make clean` spares them.

    Raises SettingError for a value that can not be used.
    """
    keep = environ.get("PORTAL_BACKUP_KEEP") or str(KEEP)
    if not keep.isdigit() or int(keep) < 1:
        raise SettingError(f"PORTAL_BACKUP_KEEP={keep}: give how many backups are kept, 1 or more.")
    force = environ.get("PORTAL_FORCE") or "no"
    if force not in ("yes", "no"):
        raise SettingError(
            f"PORTAL_FORCE={force}: give yes, to overwrite a portal that has data, or leave it out."
        )
    restore = environ.get("PORTAL_RESTORE", "")
    folder = environ.get("PORTAL_BACKUPS", "")
    return BackupSettings(
        folder=Path(folder).expanduser().absolute() if folder else state.with_name(f"{state.name}-backups"),
        keep=int(keep),
        restore=Path(restore).expanduser().absolute() if restore else None,
        force=force == "yes",
    )
