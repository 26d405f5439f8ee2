from reports.models.after import (
    Certificate,
    FollowUp,
)
from reports.models.attendances import (
    Attendance,
    Presence,
    Tap,
)
from reports.models.links import (
    Connection,
    Consent,
    ConsentKind,
    Nudge,
    Portrait,
)
from reports.models.portal import (
    NoticeKind,
    PartnerNotice,
)
from reports.models.reports import (
    Indicator,
    Report,
    ReportKind,
)
from reports.models.sendings import (
    Download,
    DownloadFormat,
    Frequency,
    ReportLink,
    ReportSubscription,
)
from reports.models.voices import (
    AtEase,
    GoodNews,
    Moderation,
    Opinion,
    WhatNext,
)

__all__ = (
    "AtEase",
    "Attendance",
    "Certificate",
    "Connection",
    "Consent",
    "ConsentKind",
    "Download",
    "DownloadFormat",
    "FollowUp",
    "Frequency",
    "GoodNews",
    "Indicator",
    "Moderation",
    "NoticeKind",
    "Nudge",
    "Opinion",
    "PartnerNotice",
    "Portrait",
    "Presence",
    "Report",
    "ReportKind",
    "ReportLink",
    "ReportSubscription",
    "Tap",
    "WhatNext",
)
