"""Which kinds of unit are offices: governments and their bureaus, who write to others and open cases. Everybody receives."""

from typing import Final

from kuangan.core.models import UnitKind

OFFICE_KINDS: Final = (
    UnitKind.city_government,
    UnitKind.city_bureau,
    UnitKind.city_coal_section,
    UnitKind.county_government,
    UnitKind.county_bureau,
)
