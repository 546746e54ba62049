"""Who asks, in four kinds: never more than that is kept. Plain module.

``human``: a browser. ``program``: a person's tool that fetches data (curl, Python, R, a spreadsheet): a use of the data,
told apart as the COUNTER Code of Practice for Research Data tells "regular" from "machine" access. ``bot``: a crawler,
or who does not say what it is. ``office``: a member of the organization that publishes.
"""

from __future__ import annotations

import re
from functools import lru_cache

from crawlerdetect import CrawlerDetect

AUDIENCES = ("human", "program", "bot", "office")

#: How tools that people run to fetch data begin their User-Agent; taken from these tools' own documentation.
_PROGRAM = re.compile(
    r"^(curl|wget|python-requests|python-urllib|python-httpx|python/\d|aiohttp|urllib3|pandas|r \(|r/|libcurl|httr|rcurl|"
    r"duckdb|polars|gdal|qgis|mozilla/5\.0 qgis|libreoffice|microsoft\.data\.mashup|microsoft office|postmanruntime|"
    r"java/|apache-httpclient|okhttp|go-http-client|node-fetch|axios|undici|stata|matlab|julia|tableau|knime)",
    re.IGNORECASE,
)
_MAX_LENGTH = 500
_crawlers = CrawlerDetect()


@lru_cache(maxsize=1024)
def _of_user_agent(user_agent: str) -> str:
    if not user_agent:
        return "bot"
    if _PROGRAM.match(user_agent):
        return "program"
    return "bot" if _crawlers.isCrawler(user_agent) else "human"


def audience(user_agent: str | None) -> str:
    """Return which kind of client sends this User-Agent: ``human``, ``program`` or ``bot``."""
    return _of_user_agent((user_agent or "").strip()[:_MAX_LENGTH])
