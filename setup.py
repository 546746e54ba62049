"""Only for CKAN's message extraction (``python setup.py extract_messages``); metadata lives in pyproject.toml."""

from setuptools import setup

setup(
    message_extractors={
        "ckanext": [
            ("**.py", "python", None),
            ("**/templates/**.html", "ckan", None),
        ],
    }
)
