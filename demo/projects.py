"""Invented projects of real municipalities, under real measures and programmes: what the files are filled with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from demo.codes import cup
from demo.dice import Dice, share
from demo.facts import Row, by, table
from demo.places import Place

ZERO = Decimal(0)
MARK = "(dati dimostrativi)"


@dataclass(frozen=True)
class Project:
    """A project: the words, the places, the money and the days. Amounts in euro, never more paid than funded."""

    number: int
    template: Row
    cup_class: Row
    places: tuple[Place, ...]
    cup: str
    title: str
    abstract: str
    funding: Decimal
    own_share: Decimal
    paid_percent: int
    planned_start: date
    start: date | None
    planned_end: date
    end: date | None

    @property
    def place(self) -> Place:
        """The municipality that carries the project out."""
        return self.places[0]

    @property
    def grant(self) -> Decimal:
        """What the measure or programme pays; the rest is the municipality's own share."""
        return self.funding - self.own_share


def make_projects(
    templates: str, places: list[Place], count: int, *, cycle: str, as_of: date
) -> list[Project]:
    """Return ``count`` projects after the templates in ``data/<templates>.csv``, as they stand on day ``as_of``."""
    dice = Dice(f"{templates}/{places[0].region}")
    return [
        _make_project(
            dice,
            number,
            dice.choice(f"{number}/template", table(templates)),
            places,
            cycle=cycle,
            as_of=as_of,
        )
        for number in range(1, count + 1)
    ]


def _make_project(
    dice: Dice, number: int, template: Row, places: list[Place], *, cycle: str, as_of: date
) -> Project:
    key = f"{number}"
    first = dice.number(f"{key}/place", 0, len(places) - 1)
    # 3.4 % of the real CUPs lie in more than one place (1,739 of 51,840); a few more here, so that they are seen.
    many = dice.number(f"{key}/places", 2, 4) if dice.chance(f"{key}/many", 6) else 1
    where = tuple(places[(first + step) % len(places)] for step in range(min(many, len(places))))
    words = {"comune": where[0].name, "n": dice.number(f"{key}/n", 2, 24)}
    year = dice.number(f"{key}/year", as_of.year - 4, as_of.year - 2)
    planned_start = date(year, 1, 1) + timedelta(days=dice.number(f"{key}/start", 30, 360))
    planned_end = planned_start + timedelta(days=dice.number(f"{key}/length", 300, 900))
    late = timedelta(days=dice.number(f"{key}/late", 0, 150))
    start = planned_start + late if planned_start + late < as_of else None
    end = planned_end + late if start and planned_end + late < as_of else None
    funding = dice.euro(f"{key}/funding", int(template["min_eur"]), int(template["max_eur"]))
    own_percent = dice.number(f"{key}/own", 5, 25) if dice.chance(f"{key}/shared", 35) else 0
    return Project(
        number=number,
        template=template,
        cup_class=by("cup_classes", "code")[template["cup_class"]],
        places=where,
        cup=cup(cycle, year, number),
        title=f"{template['title'].format(**words)} {MARK}",
        abstract=f"{template['abstract'].format(**words)}. Progetto inventato a scopo dimostrativo.",
        funding=funding,
        own_share=share(funding, own_percent),
        paid_percent=_paid(dice, key, start, end),
        planned_start=planned_start,
        start=start,
        planned_end=planned_end,
        end=end,
    )


def _paid(dice: Dice, key: str, start: date | None, end: date | None) -> int:
    if start is None:
        return 0
    return dice.number(f"{key}/paid", 96, 100) if end else dice.number(f"{key}/paid", 0, 90)
