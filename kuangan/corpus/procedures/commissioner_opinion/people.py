"""Who writes an opinion, who obeys it, who takes the matter further."""

from kuangan.law.procedure import By

COMMISSIONERS = (By("office", "supervision_commissioner"),)
OFFICERS = (By("supervisor", "enforcement_officer"),)
"""Those who may establish on site what a stop rests on: an opinion alone orders none."""
