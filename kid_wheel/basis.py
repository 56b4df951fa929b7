"""Why something about a child may be told to somebody: a samtycke, or one of a closed list of laws.

It must never offer what a law keeps from a sector: 25:12 and 26:9 never reach a school, and 10:27
is not open to those who are bound by the secrecy of health care or social services.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from .routing import UnitKind

MONTHS = 12  # the longest that a samtycke or a decision holds (domain 2.4)


class Sector(StrEnum):
    """What somebody works with, who is told something or answers for an action of a plan."""

    EDUCATION = "education"
    SOCIAL_SERVICES = "social_services"
    HEALTH = "health"
    OTHER = "other"  # Försäkringskassan, police, an association, somebody in the child's network


class Ground(StrEnum):
    """CONSENT is the rule. The others are decisions of a person, with a motive, until a day."""

    CONSENT = "consent"
    DUTY = "osl_10_28"
    HEALTH_TO_SOCIAL = "osl_25_12"
    SOCIAL_TO_HEALTH = "osl_26_9"
    NECESSARY = "osl_10_2"
    GENERAL = "osl_10_27"
    SAME_AUTHORITY = "same_authority"
    REFERRAL = "referral_only"  # no more than that somebody is to take over, and why


PARAGRAPH = {
    Ground.CONSENT: "12 kap. 2 § OSL",
    Ground.DUTY: "10 kap. 28 § OSL",
    Ground.HEALTH_TO_SOCIAL: "25 kap. 12 § OSL",
    Ground.SOCIAL_TO_HEALTH: "26 kap. 9 § OSL",
    Ground.NECESSARY: "10 kap. 2 § OSL",
    Ground.GENERAL: "10 kap. 27 § OSL",
    Ground.SAME_AUTHORITY: "8 kap. 2 § OSL",
    Ground.REFERRAL: "",
}
LAWS = tuple(one for one in Ground if one not in {Ground.CONSENT, Ground.REFERRAL})


@dataclass(frozen=True)
class Basis:
    """What a disclosure rests on. rows: ids of the answers, or of the decision. until_on: the
    last day it holds."""

    ground: Ground
    rows: tuple[str, ...]
    until_on: date


SECTOR = {
    UnitKind.BVC: Sector.HEALTH,
    UnitKind.FORSKOLA: Sector.EDUCATION,
    UnitKind.GRUNDSKOLA: Sector.EDUCATION,
    UnitKind.GYMNASIUM: Sector.EDUCATION,
    UnitKind.KAA: Sector.EDUCATION,
    UnitKind.UPPFOLJNING: Sector.EDUCATION,
    UnitKind.CENTRAL: Sector.EDUCATION,
    UnitKind.SOCIALTJANST: Sector.SOCIAL_SERVICES,
    UnitKind.BUP: Sector.HEALTH,
    UnitKind.VARD: Sector.HEALTH,
}


def sector_of(kind: UnitKind) -> Sector:
    return SECTOR[kind]


def may_use(
    ground: Ground, sender: Sector, to: Sector, *, same_organisation: bool, is_child: bool
) -> bool:
    """Whether a law is open between two sectors at all; a person still decides and says why."""
    if ground is Ground.HEALTH_TO_SOCIAL:
        return is_child and (sender, to) == (Sector.HEALTH, Sector.SOCIAL_SERVICES)
    if ground is Ground.SOCIAL_TO_HEALTH:
        return is_child and (sender, to) == (Sector.SOCIAL_SERVICES, Sector.HEALTH)
    if ground is Ground.GENERAL:
        return sender not in {Sector.HEALTH, Sector.SOCIAL_SERVICES} and to is not Sector.OTHER
    if ground is Ground.SAME_AUTHORITY:
        return same_organisation and sender is to
    return ground in {Ground.DUTY, Ground.NECESSARY}


def latest_until(on: date) -> date:
    """The last day that something decided on a day can hold: twelve months on."""
    day = 28 if (on.month, on.day) == (2, 29) else on.day
    return date(on.year + MONTHS // 12, on.month, day)
