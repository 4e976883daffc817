"""Who puts right, who looks again: the unit that is responsible, and the office that found the problem."""

from kuangan.law.procedure import By
from kuangan.law.role import Role

UNIT = (
    By("unit", "mine_director"),
    By("unit", "mine_engineer"),
    By("unit", "mine_leader"),
    By("unit", "company_officer"),
    By("unit", "bureau_head"),
    By("unit", "bureau_deputy"),
    By("unit", "section_head"),
    By("unit", "government_head"),
)
"""Those who answer for a unit of any kind."""
SIGNERS = tuple(by for by in UNIT if Role(by.role).signs)
"""Those of them who sign for it."""
OFFICERS = (
    By("office", "enforcement_officer"),
    By("office", "section_head"),
    By("office", "inspectorate_officer"),
)
"""Those who make the papers of an enforcement; an inspectorate has one kind of officer only."""
OFFICE = (
    *OFFICERS,
    By("office", "supervision_commissioner"),
    By("office", "company_officer"),
    By("office", "government_head"),
    By("office", "mine_director"),
    By("office", "mine_engineer"),
    By("office", "mine_leader"),
)
"""Those who look again: people of the unit that found the problem, of the mine itself where it was found there."""
OFFICE_HEADS = (
    By("office", "section_head"),
    By("office", "bureau_head"),
    By("office", "bureau_deputy"),
    By("office", "inspectorate_officer"),
    By("office", "company_officer"),
    By("office", "government_head"),
    By("office", "mine_director"),
)
CITY = (By("city", "section_head"), By("city", "enforcement_officer"))
OPENERS = (
    By("office", "enforcement_officer"),
    By("office", "section_head"),
    By("office", "supervision_commissioner"),
    By("company", "company_officer"),
    By("inspectorate", "inspectorate_officer"),
    By("mine", "mine_director"),
    By("mine", "mine_engineer"),
    By("mine", "mine_leader"),
)
"""Who may open a case by hand: whoever inspects, and the mine about itself."""
