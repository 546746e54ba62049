"""The catalogue of translations that every plugin of the house shares (``i18n/``)."""

from __future__ import annotations

from pathlib import Path

I18N = Path(__file__).parent / "i18n"


class HouseTranslation:
    """``ITranslation`` over ``ckanext/opencohesion/i18n``, for whichever of our plugins a portal loads."""

    def i18n_directory(self) -> str:
        """Return the folder of the message catalogues."""
        return str(I18N)

    def i18n_locales(self) -> list[str]:
        """Return the languages that there are catalogues for."""
        return sorted(folder.name for folder in I18N.iterdir() if folder.is_dir())

    def i18n_domain(self) -> str:
        """Return the name of the message catalogues."""
        return "ckanext-opencohesion"
