"""Who may open what in the room `notices`."""

from kuangan.base import clock
from kuangan.core.models import Gateway
from kuangan.law.role import Role
from tests.web.matrix.rows import AUTHORITY, EVERYONE, MINE, OPERATOR, SIGHTED, Row
from tests.web.world import World


def gateway_of(world: World) -> int:
    """A gateway that was set up."""
    made = {"kind": "json_gateway", "channel": "sms", "changed_at": clock.now()}
    return Gateway.objects.get_or_create(name="移动短信", defaults=made)[0].pk


ROWS: dict[str, Row] = {
    "notice": Row(EVERYONE, lambda w: [w.notice.pk], owned=True, receivers={*SIGHTED} - {Role.company_officer}),
    "unreached": Row(AUTHORITY | MINE),
    "reaching": Row(EVERYONE),
    "gateways": Row(OPERATOR),
    "quiet_roles": Row(OPERATOR),
    "new_gateway": Row(OPERATOR, lambda w: ["wecom_robot"]),
    "gateway": Row(OPERATOR, lambda w: [gateway_of(w)]),
    "test_gateway": Row(OPERATOR, lambda w: [gateway_of(w)], post=True, data={"to": "13900000001"}),
}
