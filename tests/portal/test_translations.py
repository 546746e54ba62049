"""Everything a person reads exists in Italian, and what is compiled is what was written."""

from __future__ import annotations

import re

from ops import translations

PLACEHOLDER = re.compile(r"{(\w*)}|%\((\w+)\)s")


def forms(value: str | tuple[str, ...] | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def test_every_message_of_our_code_and_templates_has_its_italian() -> None:
    catalogue = translations.written()
    missing = []
    for message in translations.collected():
        known = catalogue.get(message.id) if message.id else message
        if known is None or not translations.is_translated(known):
            missing.append(message.id)
    assert missing == [], "run `make translations` and translate what it names"


def test_translations_fill_in_the_same_values() -> None:
    wrong = []
    for message in translations.written():
        if not message.id:
            continue
        wanted = set(PLACEHOLDER.findall(forms(message.id)[-1]))
        for text in forms(message.string):
            if not set(PLACEHOLDER.findall(text)) <= wanted:
                wrong.append((message.id, text))
    assert wrong == []


def test_the_compiled_catalogue_is_the_written_one() -> None:
    compiled = translations.CATALOGUE.with_suffix(".mo").read_bytes()
    assert compiled == translations.compiled(translations.written()), "run `make translations`"
