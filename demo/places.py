"""The region's real provinces and municipalities, from the vocabularies of the package."""

from __future__ import annotations

from dataclasses import dataclass

from ckanext.opencohesion.vocabularies import vocabulary

VOWELS = {"À": "A'", "È": "E'", "É": "E'", "Ì": "I'", "Ò": "O'", "Ù": "U'"}
# Both publishers call this province otherwise than ISTAT's list does.
PROVINCES = {"080": "REGGIO DI CALABRIA"}


@dataclass(frozen=True)
class Place:
    """A municipality with its codes as the publishers split them."""

    istat_code: str
    name: str
    region: str
    region_name: str
    province: str
    province_name: str

    @property
    def in_province(self) -> str:
        """The three digits of the municipality within its province."""
        return self.istat_code[3:]


def publisher_spelling(name: str) -> str:
    """Return ``name`` in capitals with a final accent written as an apostrophe: ``Agliè`` → ``AGLIE'``.

    Measured: Italia Domani's and OpenCoesione's tables of municipalities are written so; an accent inside a word stays.
    """
    words = name.upper().split(" ")
    return " ".join(word[:-1] + VOWELS.get(word[-1:], word[-1:]) for word in words)


def region_name(region: str) -> str:
    """Return the name of the region with this ISTAT code; LookupError if there is none."""
    term = vocabulary("istat-regions").by_code.get(region)
    if term is None:
        raise LookupError(
            f"«{region}» non è il codice ISTAT di una regione: due cifre, da 01 a 20 (18 è la Calabria)."
        )
    return term.label()


def municipalities(region: str) -> list[Place]:
    """Return the municipalities of ``region``, in the order of their ISTAT codes."""
    name = publisher_spelling(region_name(region))
    provinces = vocabulary("istat-provinces").by_code
    places = [
        Place(
            istat_code=term.code,
            name=term.label(),
            region=region,
            region_name=name,
            province=term.fields["province_code"],
            province_name=PROVINCES.get(term.fields["province_code"])
            or publisher_spelling(provinces[term.fields["province_code"]].label()),
        )
        for term in vocabulary("istat-municipalities").terms
        if term.fields["region_code"] == region
    ]
    return sorted(places, key=lambda place: place.istat_code)
