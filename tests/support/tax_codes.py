"""Personal tax codes made for tests: valid in form, of nobody in particular."""

from __future__ import annotations

from hypothesis import strategies as st
from stdnum.it import codicefiscale

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_OMOCODIA = dict(zip("0123456789", "LMNPQRSTUV", strict=True))
_DIGIT_PLACES = (6, 7, 9, 10, 12, 13, 14)

MARIO = "RSSMRA80A01H501U"


def finish(first_fifteen: str) -> str:
    """Return the code with its check letter."""
    return first_fifteen + codicefiscale.calc_check_digit(first_fifteen)


def omocode(code: str, places: tuple[int, ...]) -> str:
    """Return the code with the digits at ``places`` turned into letters, as the Revenue Agency does."""
    return finish("".join(_OMOCODIA.get(c, c) if i in places else c for i, c in enumerate(code[:15])))


@st.composite
def personal_tax_codes(draw: st.DrawFn, *, grouped: bool = True) -> str:
    """Valid codes of persons born on any day, with omocodia, in any case, in groups or in one piece."""
    name = draw(st.text(_LETTERS, min_size=6, max_size=6))
    year = draw(st.integers(0, 99))
    month = draw(st.sampled_from("ABCDEHLMPRST"))
    day = draw(st.integers(1, 28)) + draw(st.sampled_from([0, 40]))
    place = draw(st.sampled_from(_LETTERS)) + f"{draw(st.integers(0, 999)):03d}"
    places = draw(st.sets(st.sampled_from(_DIGIT_PLACES)))
    code = omocode(f"{name}{year:02d}{month}{day:02d}{place}", tuple(places))
    if draw(st.booleans()):
        code = code.lower()
    if grouped and draw(st.booleans()):
        code = " ".join((code[:3], code[3:6], code[6:11], code[11:]))
    return code
