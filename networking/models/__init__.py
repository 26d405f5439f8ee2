from networking.models.accounts import User
from networking.models.addresses import (
    OtherAddress,
    Suppression,
    SuppressionReason,
    address_hash,
)
from networking.models.circles import (
    CarePathway,
    Circle,
    Membership,
    Role,
    TeamMember,
)
from networking.models.imports import PeopleImport
from networking.models.meetups import MealPaidBy, Meetup, MeetupStatus
from networking.models.partners import Partner, PartnerKind, PartnerMember
from networking.models.people import (
    Channel,
    Family,
    Gender,
    PracticeMode,
    Profession,
    Professional,
    ProfessionCode,
    Workplace,
)

__all__ = (
    "CarePathway",
    "Channel",
    "Circle",
    "Family",
    "Gender",
    "MealPaidBy",
    "Meetup",
    "MeetupStatus",
    "Membership",
    "OtherAddress",
    "Partner",
    "PartnerKind",
    "PartnerMember",
    "PeopleImport",
    "PracticeMode",
    "Profession",
    "ProfessionCode",
    "Professional",
    "Role",
    "Suppression",
    "SuppressionReason",
    "TeamMember",
    "User",
    "Workplace",
    "address_hash",
)
