"""What a person is told when the process stops them: what is missing, and whose words ask for it.

It must never say only no: each sentence says what to do, and shows the agreement's own sentence.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

AGREEMENT = Path(__file__).parent.parent / "content" / "agreement.toml"


@dataclass(frozen=True)
class Reason:
    """guard: its name. missing: what to do, in the reader's language. because: the agreement, in
    Swedish, verbatim."""

    guard: str
    missing: str
    because: str


def reasons(guards: list[str]) -> list[Reason]:
    words, sentences = missing_words(), _agreement()["guard"]
    return [Reason(guard, words[guard], sentences[guard]) for guard in guards]


def edition() -> str:
    """The agreement's edition, as it is shown and printed."""
    found: str = _agreement()["edition"]
    return found


def missing_words() -> dict[str, str]:
    """What is missing when a guard does not hold, and what to do about it."""
    return {
        "child_identified": _("Skriv vilket barn det gäller, så att signalen hamnar rätt."),
        "guardians_informed": _(
            "Skriv att vårdnadshavarna är informerade, eller varför de inte är det än."
        ),
        "four_sources": _(
            "Fyra källor behövs: signalen, verksamheten, vårdnadshavarna och barnet. Fyll i den "
            "som saknas, eller skriv varför den saknas."
        ),
        "child_heard": _(
            "Barnets röst saknas. Håll ett samtal med hjulet, eller skriv varför det inte går."
        ),
        "five_questions": _("Svara på alla fem frågorna."),
        "focus_areas": _("Välj vilka områden i hjulet som är i fokus."),
        "needs_in_plain_words": _("Skriv vad barnet behöver i varje fokusområde, med enkla ord."),
        "child_view_weighed": _(
            "Skriv hur barnets åsikt vägdes in och vem som bedömde barnets mognad."
        ),
        "best_interests": _("Skriv minst en mening om barnets bästa."),
        "decision_made": _("Välj vad ni kommer fram till, och skriv varför."),
        "own_action": _("Lägg till minst en egen insats med någon som ansvarar och ett datum."),
        "follow_up_booked": _("Boka ett datum för uppföljning, från i dag och framåt."),
        "recipients_named": _("Skriv vilka som behöver vara med, för vilka områden och varför."),
        "no_action_decided": _("Beslutet i kartläggningen är ett annat. Ändra det först."),
        "help_decided": _(
            "Beslutet i kartläggningen är att inget mer görs nu. Ändra beslutet först."
        ),
        "refusal_recorded": _("Skriv vem som inte samtycker."),
        "consent_for_every_participant": _(
            "Någon som är inbjuden omfattas inte av ett samtycke eller en annan laglig grund som "
            "gäller nu. Hämta in det, eller ta bort den inbjudna."
        ),
        "participants_in_focus": _("Knyt varje inbjuden till minst ett fokusområde."),
        "forum_chosen": _("Välj mötesform och skriv var, när och hur mötet anpassas."),
        "child_told_who_comes": _(
            "Berätta för barnet vilka som kommer, och skriv vad barnet sa om det."
        ),
        "presence_recorded": _("Skriv vilka som var med på mötet."),
        "present_are_covered": _(
            "Någon som var med på mötet omfattas inte av ett samtycke eller en annan laglig grund "
            "som gäller nu. Hämta in det innan ni går vidare."
        ),
        "child_asked_first": _(
            "Fråga barnet vem det vill vända sig till innan samordningspersonen utses, och skriv "
            "när och hur ni frågade."
        ),
        "coordinator_appointed": _("Utse en samordningsperson."),
        "deviation_explained": _(
            "Barnet ville ha någon annan. Skriv de särskilda skälen, vem som bestämde och hur det "
            "förklarades för barnet."
        ),
        "plan_has_action": _("Lägg till minst en insats i planen."),
        "professional_owner": _(
            "Varje insats behöver någon som arbetar med den. En vårdnadshavare kan inte ensam "
            "ansvara."
        ),
        "sip_complete": _(
            "En SIP behöver visa vilka insatser som behövs, vem som ger vilket stöd, vad andra gör "
            "och vem som har det övergripande ansvaret."
        ),
        "plan_shared": _("Gå igenom planen med barnet och vårdnadshavarna, och skriv när."),
        "child_view_at_follow_up": _(
            "Hör barnet på nytt: ett nytt samtal, barnets egna ord, eller varför det inte går."
        ),
        "has_plan": _("Ärendet har ingen plan. Fortsätt det egna stödet i stället."),
        "has_no_plan": _("Ärendet har en plan. Samordningspersonen fortsätter den."),
        "actions_settled": _("Någon insats är inte avslutad. Skriv vad det blev av den."),
        "messages_answered": _(
            "Barnet eller en vårdnadshavare väntar på svar om något som inte blev av."
        ),
        "orosanmalan_considered": _("Svara på frågan om orosanmälan."),
        "every_wish_answered": _(
            "Barnet har önskat eller valt något som viktigt utan att få veta vad det blev av det."
        ),
        "child_told": _("Barnet har inte fått svaret än. Berätta, och skriv när och hur."),
        "kept_elsewhere": _(
            "Bekräfta att det som ska finnas i journal eller akt är fört dit, eller att inget ska "
            "det."
        ),
        "receiver_accepted": _(
            "Ingen annan huvudman har tagit emot barnet än. Erbjud ärendet först, och vänta på "
            "svaret."
        ),
        "second_person": _("En till behöver intyga att ärendet öppnades av misstag."),
    }


@lru_cache
def _agreement() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads(AGREEMENT.read_text("utf-8"))
    return found
