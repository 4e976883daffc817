"""Every address of the pages: the sum of the rooms."""

from django.urls import URLPattern

from kuangan.web.account import urls as account
from kuangan.web.admin import urls as admin
from kuangan.web.alarms import urls as alarms
from kuangan.web.board import urls as board
from kuangan.web.briefs import urls as briefs
from kuangan.web.cases import urls as cases
from kuangan.web.city import urls as city
from kuangan.web.duties import urls as duties
from kuangan.web.frame import urls as frame
from kuangan.web.law import urls as law
from kuangan.web.ledgers import urls as ledgers
from kuangan.web.mines import urls as mines
from kuangan.web.notices import urls as notices
from kuangan.web.office import urls as office
from kuangan.web.registry import urls as registry
from kuangan.web.start import urls as start
from kuangan.web.supervision import urls as supervision
from kuangan.web.today import urls as today
from kuangan.web.watch import urls as watch

ROOMS = (
    account,
    admin,
    alarms,
    board,
    briefs,
    cases,
    city,
    duties,
    frame,
    law,
    ledgers,
    mines,
    notices,
    office,
    registry,
    start,
    supervision,
    today,
    watch,
)
urlpatterns: list[URLPattern] = [pattern for room in ROOMS for pattern in room.urlpatterns]
