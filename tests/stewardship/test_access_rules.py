"""What counts as a use, and whose."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.opencohesion.stewardship.access.audience import AUDIENCES, audience
from ckanext.opencohesion.stewardship.access.rules import KINDS, counts, day_of

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"


@pytest.mark.parametrize(
    ("user_agent", "who"),
    [
        (FIREFOX, "human"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1", "human"),
        ("curl/8.5.0", "program"),
        ("python-requests/2.32.3", "program"),
        ("R (4.4.1 x86_64-pc-linux-gnu x86_64 linux-gnu)", "program"),
        ("Microsoft.Data.Mashup (https://go.microsoft.com/fwlink/?LinkID=304225)", "program"),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bot"),
        ("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)", "bot"),
        ("", "bot"),
        (None, "bot"),
    ],
)  # fmt: skip
def test_the_client_says_what_it_is(user_agent: str | None, who: str) -> None:
    assert audience(user_agent) == who


@given(st.text(max_size=2000))
def test_any_user_agent_is_one_of_the_kinds(user_agent: str) -> None:
    assert audience(user_agent) in AUDIENCES


@pytest.mark.parametrize(
    ("kind", "method", "status", "headers", "sent_away", "expected"),
    [
        ("view", "GET", 200, {}, False, True),
        ("view", "HEAD", 200, {}, False, False),
        ("view", "GET", 404, {}, False, False),
        ("view", "GET", 200, {"Sec-Purpose": "prefetch;prerender"}, False, False),
        ("download", "GET", 200, {}, False, True),
        ("download", "GET", 304, {}, False, False),
        ("download", "GET", 206, {"Range": "bytes=0-"}, False, True),
        ("download", "GET", 206, {"Range": "bytes=0-99"}, False, True),
        ("download", "GET", 206, {"Range": "bytes=100-"}, False, False),
        ("download", "GET", 206, {"Range": "bytes=-100"}, False, False),
        ("download", "GET", 206, {}, False, False),
        ("download", "GET", 302, {}, True, True),
        ("download", "GET", 302, {}, False, False),
        ("view", "GET", 302, {}, True, False),
        ("api", "GET", 200, {}, False, True),
        ("api", "GET", 200, {"Sec-Fetch-Site": "same-origin"}, False, False),
        ("api", "POST", 200, {}, False, False),
    ],
)
def test_what_counts(
    kind: str, method: str, status: int, headers: dict[str, str], sent_away: bool, expected: bool
) -> None:
    assert counts(kind, method, status, headers, sent_away) is expected


@given(
    st.sampled_from(KINDS),
    st.sampled_from(["GET", "HEAD", "POST"]),
    st.integers(100, 599),
    st.dictionaries(
        st.sampled_from(["Range", "Sec-Purpose", "Purpose", "Sec-Fetch-Site"]), st.text(max_size=20)
    ),
)
def test_an_error_never_counts(kind: str, method: str, status: int, headers: dict[str, str]) -> None:
    if counts(kind, method, status, headers):
        assert method == "GET"
        assert status in (200, 206)


def test_the_day_is_italys() -> None:
    assert day_of(datetime(2026, 6, 30, 22, 30, tzinfo=UTC)).isoformat() == "2026-07-01"
    assert day_of(datetime(2026, 12, 31, 22, 30, tzinfo=UTC)).isoformat() == "2026-12-31"
    assert day_of(datetime(2026, 12, 31, 23, 0, tzinfo=UTC)).isoformat() == "2027-01-01"
