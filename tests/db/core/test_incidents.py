from datetime import UTC, datetime, timedelta

from kuangan.core.actions import end_incident, raise_incident
from kuangan.core.models import Event, Incident, Notice
from kuangan.core.queries.incidents import recent_incidents
from kuangan.core.source import source_address
from kuangan.core.trail.verify import verify_trail

AT = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
LATER = AT + timedelta(minutes=5)


def test_a_flood_of_signs_is_one_incident_told_once(city):
    for minute in range(50):
        raise_incident(kind="disk_full", key="/", text="磁盘已满", at=AT + timedelta(minutes=minute))
    incident = Incident.objects.get()
    assert (incident.count, incident.began_at, incident.last_at) == (50, AT, AT + timedelta(minutes=49))
    assert Notice.objects.filter(kind="incident").count() == 1


def test_after_its_end_a_new_sign_is_a_new_incident(city):
    raise_incident(kind="disk_full", key="/", text="磁盘已满", at=AT)
    assert end_incident(kind="disk_full", key="/", at=LATER)
    assert not end_incident(kind="disk_full", key="/", at=LATER)
    raise_incident(kind="disk_full", key="/", text="磁盘已满", at=LATER)
    assert [incident.ended_at for incident in recent_incidents(LATER)] == [None, LATER]


def test_the_trail_keeps_where_a_request_came_from_and_proves_it(city):
    token = source_address.set("192.0.2.7")
    raise_incident(kind="disk_full", key="/", text="磁盘已满", at=AT)
    source_address.reset(token)
    assert Event.objects.get(action="incident_began").source == "192.0.2.7"
    assert verify_trail().broken is None
