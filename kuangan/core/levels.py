"""The office above each kind of unit, except a mine, whose supervising body the register names."""

from collections.abc import Mapping
from typing import Final

from kuangan.core.models import UnitKind

ABOVE: Final[Mapping[str, str]] = {
    UnitKind.company: UnitKind.city_bureau,
    UnitKind.county: UnitKind.city_bureau,
    UnitKind.county_bureau: UnitKind.city_bureau,
    UnitKind.county_government: UnitKind.city_government,
    UnitKind.city_coal_section: UnitKind.city_government,
    UnitKind.city_bureau: UnitKind.city_government,
}
"""A section is one organ with its bureau. A city government has none above it here."""
TOP: Final = UnitKind.city_government
