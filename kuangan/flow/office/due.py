"""What of the office falls due by itself: returns to be urged, presence checks to be asked."""

from datetime import datetime

from kuangan.office.actions.urging import urge_due
from kuangan.office.actions.watch import ask_due


def office_due(at: datetime) -> int:
    """One round; returns how many rows were dealt with."""
    return urge_due(at) + ask_due(at)
