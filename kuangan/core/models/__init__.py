"""Tables of `core`: units, people, posts, users with their keys, sessions and requests, rosters, the audit trail, notices, calls, incidents, attachments, days of going live and a city's answers to questions of law."""

from kuangan.core.models.access.invitation import (
    AccountInvitation,
    InvitationIssue,
    Invitee,
    InviteeState,
    IssueKind,
    IssueState,
)
from kuangan.core.models.account_request import AccountRequest, RequestKind, RequestState
from kuangan.core.models.api_token import ApiToken
from kuangan.core.models.attachment import Attachment
from kuangan.core.models.call import Call, CallAttempt, CallState
from kuangan.core.models.channel import BESIDE_SMS, Channel
from kuangan.core.models.event import Event, EventHead, TrailCheck
from kuangan.core.models.form_mark import FormMark, FormUpload
from kuangan.core.models.gateway import ContactAddress, Gateway, QuietHours
from kuangan.core.models.go_live import GoLive
from kuangan.core.models.incident import Incident
from kuangan.core.models.local_answer import LocalAnswer
from kuangan.core.models.notice import Delivery, DeliveryStatus, Notice, WarningLevel
from kuangan.core.models.post import Absence, Person, Post, Tenure
from kuangan.core.models.proof import LookedAt
from kuangan.core.models.roster import Roster, Shift
from kuangan.core.models.session import LoginPace, LoginSession, OldPassword
from kuangan.core.models.unit import ONE_ORGAN, FormerName, Oversight, Unit, UnitKind
from kuangan.core.models.upkeep.backup import Backup, BackupKind, Restoration, RestoreTrial
from kuangan.core.models.upkeep.law_update import LawUpdate
from kuangan.core.models.urging import Urging
from kuangan.core.models.user import User

__all__ = [
    "BESIDE_SMS",
    "ONE_ORGAN",
    "Absence",
    "AccountInvitation",
    "AccountRequest",
    "ApiToken",
    "Attachment",
    "Backup",
    "BackupKind",
    "Call",
    "CallAttempt",
    "CallState",
    "Channel",
    "ContactAddress",
    "Delivery",
    "DeliveryStatus",
    "Event",
    "EventHead",
    "FormMark",
    "FormUpload",
    "FormerName",
    "Gateway",
    "GoLive",
    "Incident",
    "InvitationIssue",
    "Invitee",
    "InviteeState",
    "IssueKind",
    "IssueState",
    "LawUpdate",
    "LocalAnswer",
    "LoginPace",
    "LoginSession",
    "LookedAt",
    "Notice",
    "OldPassword",
    "Oversight",
    "Person",
    "Post",
    "QuietHours",
    "RequestKind",
    "RequestState",
    "Restoration",
    "RestoreTrial",
    "Roster",
    "Shift",
    "Tenure",
    "TrailCheck",
    "Unit",
    "UnitKind",
    "Urging",
    "User",
    "WarningLevel",
]
