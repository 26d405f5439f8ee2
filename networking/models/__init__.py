from networking.models.accounts import User
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
    Suppression,
    Workplace,
    address_hash,
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
    "TeamMember",
    "User",
    "Workplace",
    "address_hash",
)
