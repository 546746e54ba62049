"""What a region publishes of a folder of real files."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.facts import table
from demo.real_files import real_plans


def make(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("CUP\n")
    return folder


def test_a_file_of_the_region_is_published(tmp_path: Path) -> None:
    make(tmp_path, "pnrr/cut/PNRR_Pagamenti_di_Progetto_2025_CAL.csv")
    [plan] = real_plans("18", tmp_path)[0]
    assert plan.name == "pnrr-pagamenti-2025-calabria"
    assert plan.territory == "18"
    assert plan.files[0].table_schema == "italiadomani/pnrr_pagamenti"


def test_another_region_s_file_is_never_published_as_ours(tmp_path: Path) -> None:
    make(tmp_path, "pnrr/cut/PNRR_Pagamenti_di_Progetto_2025_CAL.csv")
    plans, skipped = real_plans("09", tmp_path)
    assert plans == []
    reasons = {skip.path: skip.reason for skip in skipped}
    assert "ALTRA REGIONE" in reasons["pnrr/cut/PNRR_Pagamenti_di_Progetto_2025_TOS.csv"]
    assert reasons["pnrr/cut/PNRR_Pagamenti_di_Progetto_2025_CAL.csv"] == "dati di un'altra regione"


def test_a_national_table_is_published_without_the_region_s_name(tmp_path: Path) -> None:
    make(tmp_path, "pnrr/cut/PNRR_QuadroFinProgrammazione_2025.csv")
    [plan] = real_plans("09", tmp_path)[0]
    assert plan.territory == ""
    assert "Toscana" not in plan.title


def test_a_file_that_the_table_does_not_know_is_told(tmp_path: Path) -> None:
    make(tmp_path, "pnrr/nuovo.csv")
    assert any(
        skip.path == "pnrr/nuovo.csv" and "sconosciuto" in skip.reason
        for skip in real_plans("18", tmp_path)[1]
    )


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="non c'è"):
        real_plans("18", tmp_path / "nowhere")


def test_every_row_publishes_or_says_why_not() -> None:
    for row in table("real_files"):
        assert bool(row["skip"]) != bool(row["dataset"]), row["path"]


def test_every_real_file_has_its_place(samples: Path) -> None:
    plans, skipped = real_plans("18", samples)
    assert not [skip.path for skip in skipped if "sconosciuto" in skip.reason]
    assert len({plan.name for plan in plans}) == len(plans) >= 20
