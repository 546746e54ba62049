"""Personal data in tables: the rules P1, P2 and P3, and how a found value is kept out of every report.

Plain strings in, plain findings out; ``review`` adds the rules that a person decides on, and
``check`` hangs all of them into frictionless.

Why these three hold a dataset back in every schema: each of them was found in published files of the
national sources (2022: 15 rows with full personal codes; 2025: 24,287 starred codes, many with the name
beside them). D.Lgs 33/2013 art. 26 c. 4, Reg. (EU) 2021/1060 art. 49 c. 3, GDPR art. 5.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from stdnum.it import codicefiscale

from .contacts import contacts

MASK = "***"
"""What a report shows in place of a personal value."""

CODE_LENGTH = 16

# Digits may be letters (omocodia: the Revenue Agency replaces them when two persons would get one code).
# The code is also written in groups, "RSS MRA 80A01 H501U", as on the health card.
_DIGIT = "[0-9LMNPQRSTUVlmnpqrstuv]"
_GAP = "[ .-]?"
_BIRTH_AND_PLACE = (
    rf"{_DIGIT}{{2}}[A-EHLMPR-Ta-ehlmpr-t]{_DIGIT}{{2}}{_GAP}[A-Za-z]{_DIGIT}{{3}}{_GAP}[A-Za-z]"
)
_SHAPE = rf"[A-Za-z]{{3}}{_GAP}[A-Za-z]{{3}}{_GAP}{_BIRTH_AND_PLACE}"
# Looked for first, in all text: names are letters like any word, birth date and place are not, so the search
# fails early (15 ns a character against 92 for the whole shape with its edges).
CODE_HINT_PATTERN = _BIRTH_AND_PLACE
"""True of every text in which ``personal_codes`` could find something. Read by Python and by DuckDB (RE2)."""
_PREFILTER = re.compile(CODE_HINT_PATTERN)
# A letter or digit at the edge means that we look into the middle of a hash or an identifier, where a
# valid code is chance; only the words that announce a code may stand glued to it.
_LEFT_EDGE = r"(?:(?<![A-Za-z0-9])|(?<=[Cc][Ff])|(?<=fiscale)|(?<=FISCALE))"
# The look-ahead lets candidates overlap, so that a false start ("ABC RSS MRA …") hides no true code.
_CANDIDATES = re.compile(rf"{_LEFT_EDGE}(?=({_SHAPE})(?![A-Za-z0-9]))")
_SEPARATORS = str.maketrans("", "", " .-")

LIST_SEPARATOR = ":::"
"""OpenCoesione joins several subjects of a project in one cell, codes and names in parallel."""

EMPTY_WORDS = frozenset({"", "00", "9999", "nd", "na", "nondisponibile", "nonspecificato", "nonapplicabile"})
"""What publishers write where they have nothing to tell (lower case, letters and digits only)."""

_INDIVIDUAL_CODE = re.compile(r"1\.?1\.?\d0?(?:\D|$)")
INDIVIDUAL_WORDS = (
    "imprenditore individuale",
    "impresa individuale",
    "ditta individuale",
    "libero professionista",
    "lavoratore autonomo",
    "persona fisica",
)
# "****", "*INDIVIDUO*", "M**** R****".
_MASKED = re.compile(r"\*+|\*[^*]+\*|(?:\w?\*{2,}\w?\s*)+")
_NO_NAME = ("denominazione del soggetto non presente",)


@dataclass(frozen=True)
class PersonColumns:
    """Columns (0-based) that tell of one subject: its tax code, its name(s), its legal form(s)."""

    code: int | None
    names: tuple[int, ...] = ()
    legal_forms: tuple[int, ...] = ()


@dataclass(frozen=True)
class PersonalHit:
    """One finding in a row: the rule (``P1`` … ``P8``) and the 0-based column where it stands."""

    rule: str
    column: int


# Tax codes in text --------------------------------------------------------------------------------


def personal_codes(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of every valid personal tax code in ``text`` (whole value or inside a sentence).

    Valid means shape, possible birth date and check letter (D.M. 23/12/1976), omocodia included, in upper
    or lower case. Eleven-digit codes are of bodies, not of persons, and are not looked for.
    """
    if not _PREFILTER.search(text):
        return
    for candidate in _CANDIDATES.finditer(text):
        code = candidate.group(1)
        if codicefiscale.is_valid(code.translate(_SEPARATORS).upper()):
            yield candidate.start(1), candidate.end(1)


def holds_personal_code(text: str) -> bool:
    """Whether a valid personal tax code stands anywhere in ``text``."""
    return next(personal_codes(text), None) is not None


def redact(text: str) -> str:
    """Return ``text`` with every personal tax code, e-mail address, telephone number and IBAN replaced by ``MASK``."""
    kept, position = [], 0
    for start, end in sorted([*personal_codes(text), *contacts(text)]):
        if start >= position:
            kept += [text[position:start], MASK]
        position = max(position, end)
    return "".join([*kept, text[position:]])


def redact_value(value: Any) -> Any:
    """Return a JSON-like value with all its strings redacted, keys included."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {redact_value(key): redact_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [redact_value(item) for item in value]
    return value


# Columns ------------------------------------------------------------------------------------------

# Words in the headers of the national sources' tables (typos included: "giuritica"), and their English names.
_TAX_CODE = re.compile(
    r" (?:codice fiscale(?:piva)?|cod fisc|codfisc|codicefiscale|cf|fiscal code|tax code)(?= )"
)
_NAME = re.compile(r" (?:denominazione|denom|nominativo|nome|cognome|ragione sociale|intestatario|name)(?= )")
_LEGAL_FORM = re.compile(r" (?:forma giu\w*|natura giuridica|legal form|legal status)(?= )")


def person_columns(labels: Sequence[str]) -> list[PersonColumns]:
    """Find by header words which columns hold a tax code, and the name and legal form that go with it.

    Columns of one role share its word ("codice fiscale ATTUATORE", "Denominazione ATTUATORE", or "Soggetto
    attuatore" beside "Codice fiscale soggetto attuatore"). Without one, the publishers put code, name and
    legal form side by side: a code takes what stands to its right before the next, or else to its left.
    """
    words = [column_words(label) for label in labels]
    codes = [column for column, label in enumerate(words) if _TAX_CODE.search(label)]
    if not codes:
        names, forms = (
            tuple(column for column, label in enumerate(words) if wanted.search(label))
            for wanted in (_NAME, _LEGAL_FORM)
        )
        return [PersonColumns(None, names, forms)] if names and forms else []
    found = []
    for order, code in enumerate(codes):
        role = _TAX_CODE.sub("", words[code]).strip()
        following = codes[order + 1] if order + 1 < len(codes) else len(words)
        previous = codes[order - 1] if order else -1
        sides = (range(code + 1, following), range(previous + 1, code))
        names = tuple(column for column, label in enumerate(words) if role and label.strip() == role)
        found.append(
            PersonColumns(
                code,
                names or _columns_of(role, words, _NAME, sides),
                _columns_of(role, words, _LEGAL_FORM, sides),
            )
        )
    return found


def _columns_of(
    role: str, words: list[str], wanted: re.Pattern[str], sides: tuple[range, range]
) -> tuple[int, ...]:
    candidates = [column for column, label in enumerate(words) if wanted.search(label)]
    if role:
        same_role = tuple(column for column in candidates if words[column].endswith(f" {role} "))
        if same_role:
            return same_role
    for side in sides:
        beside = tuple(column for column in candidates if column in side)
        if beside:
            return beside
    return ()


def column_words(label: str) -> str:
    """Return a header for words to be found in: ``' codice fiscale soggetto '``, without accents and marks."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    return f" {' '.join(re.findall('[a-z0-9]+', plain))} "


# Rows ---------------------------------------------------------------------------------------------


def row_hits(cells: Sequence[Any], columns: Iterable[PersonColumns]) -> list[PersonalHit]:
    """Judge one row: P1 in any cell, P2 and P3 on the subjects that ``columns`` names.

    One finding per cell: where a whole code stands (P1), P3 adds nothing.
    """
    # 16 characters at least: most cells are shorter, and the regular expression is the dear part.
    long_cells = [cell for cell in cells if isinstance(cell, str) and len(cell) >= CODE_LENGTH]
    hits: list[PersonalHit] = []
    if long_cells and _PREFILTER.search("\n".join(long_cells)):
        hits = [
            PersonalHit("P1", index)
            for index, cell in enumerate(cells)
            if isinstance(cell, str) and holds_personal_code(cell)
        ]
    for subject in columns:
        if subject.code is not None and subject.code < len(cells):
            hits += _subject_hits(cells, subject, subject.code, {hit.column for hit in hits})
    return hits


def _subject_hits(
    cells: Sequence[Any], subject: PersonColumns, code_column: int, already: set[int]
) -> list[PersonalHit]:
    code_cell = text_of(cells, code_column)
    if "*" in code_cell:
        codes = elements(code_cell)
        return [
            PersonalHit("P2", column)
            for column in subject.names
            if _names_masked_subject(codes, elements(text_of(cells, column)))
        ]
    if code_column in already or len(code_cell) < CODE_LENGTH:
        return []
    if any(_is_personal_length(code) for code in elements(code_cell)) and _may_be_individual(
        [text_of(cells, column) for column in subject.legal_forms]
    ):
        return [PersonalHit("P3", code_column)]
    return []


def _names_masked_subject(codes: list[str], names: list[str]) -> bool:
    if len(codes) == len(names):
        return any("*" in code and is_name(name) for code, name in zip(codes, names, strict=True))
    # Lists that do not match one to one: every masked code must find a masked or empty name.
    masked = sum("*" in code for code in codes)
    return sum(is_name(name) for name in names) > len(codes) - masked


def is_name(text: str) -> bool:
    """Whether a cell beside a masked code still names somebody (not empty, not masked, not "n/d")."""
    plain = text.strip().lower()
    if _MASKED.fullmatch(plain) or plain.startswith(_NO_NAME):
        return False
    return _bare(plain) not in EMPTY_WORDS


def _is_personal_length(code: str) -> bool:
    plain = code.strip()
    return len(plain) == CODE_LENGTH and plain.isalnum() and not plain.isdigit()


def _may_be_individual(legal_forms: list[str]) -> bool:
    """Legal form 1.1.x (sole trader, professional), or none given, or only "not available"."""
    stated = [form for form in legal_forms if is_stated(form)]
    return not stated or any(map(is_individual_form, stated))


def is_stated(legal_form: str) -> bool:
    """Whether a cell gives a legal form (not empty, not "00", not "Non Disponibile")."""
    return _bare(legal_form).lower() not in EMPTY_WORDS


def is_individual_form(legal_form: str) -> bool:
    """Whether a legal form is that of an individual: 1.1.x, or the words for it."""
    return bool(_INDIVIDUAL_CODE.match(legal_form.strip())) or any(
        word in legal_form.lower() for word in INDIVIDUAL_WORDS
    )


def _bare(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", text)


def elements(text: str) -> list[str]:
    """Return the subjects that a cell lists."""
    return text.split(LIST_SEPARATOR)


def text_of(cells: Sequence[Any], column: int) -> str:
    """Return a cell as text; '' where the row has none."""
    return str(cells[column]) if column < len(cells) and cells[column] is not None else ""
