"""The sentences that the tablet's script shows to an adult, each in one place to be translated.

They must never blame, and always say whether something is lost (it is not) and what to do.
"""

from __future__ import annotations

from flask_babel import gettext as _


def messages() -> dict[str, str]:
    """Key → sentence; {name} is filled in on the tablet."""
    return {
        "ready": _("Redo utan nät"),
        "not-ready": _("Inte redo utan nät än"),
        "pack-ready": _("finns på surfplattan ({wanted} filer)"),
        "pack-missing": _("hämtas … {missing} av {wanted} kvar"),
        "local-missing": _("verksamhetens egna kort hämtas …"),
        "pack-none": _("hämtas … vänta en stund med nät"),
        "store-ready": _("fungerar"),
        "durable-yes": _("lagringen är skyddad"),
        "durable-no": _(
            "webbläsaren lovar inte att behålla allt för alltid. Installera hjulet som app. "
            "Skicka samtal samma dag."
        ),
        "next-ready": _("Surfplattan kan användas utan nät från och med nu."),
        "next-wait": _("Ha nätet på tills allt är hämtat. Samtal kan inte starta innan dess."),
        "no-hub": _("Inget nät till navet just nu. Det behövs för det här steget. Försök igen."),
        "pins-differ": _("De två pinkoderna är inte lika. Skriv dem en gång till."),
        "pin-digits": _("Pinkoden ska vara minst sex siffror."),
        "pin-simple": _("Välj en pinkod som är svårare att gissa, inte 123456 eller 000000."),
        "pin-wrong": _("Pinkoden stämmer inte. {left} försök kvar."),
        "pin-locked": _(
            "Pinkoden är låst efter åtta försök. Logga in med nät och välj en ny. "
            "Dina påbörjade samtal är kvar."
        ),
        "sign-in-for-pin": _("Logga in med nät, så får du välja en ny pinkod. Inget är borta."),
        "not-you": _("Det var ett annat konto än det som valdes."),
        "back": _("Tillbaka"),
        "back-to-child": _("Tillbaka till barnet"),
        "not-this-unit": _("Kontot hör inte längre till den här verksamheten."),
        "alias-missing": _("Skriv ett alias för barnet."),
        "alias-personal-number": _("Det ser ut som ett personnummer. Använd ett alias i stället."),
        "year-missing": _("Skriv vilket år barnet är fött, med fyra siffror."),
        "year-future": _(
            "Året ligger i framtiden. Kontrollera födelseåret, och surfplattans klocka: den visar "
            "{today}."
        ),
        "year-old": _(
            "Personen är vuxen. Hjulet är för barn under 18 år. Kontrollera födelseåret, och "
            "surfplattans klocka: den visar {today}."
        ),
        "too-young": _(
            "För barn 0–2 år finns ingen vy att trycka på. Iaktta barnet tillsammans med "
            "vårdnadshavaren i stället. Är barnet äldre, kontrollera surfplattans klocka: den "
            "visar {today}."
        ),
        "clock-wrong": _(
            "Surfplattans klocka går fel: den visar {clock}, men navets visar {hub}. Ställ den "
            "rätt i surfplattans inställningar. Barns ålder och samtalens tider följer den."
        ),
        "note-empty": _("Skriv barnets ord, ordagrant, innan du sparar."),
        "variant-missing": _("Välj förskola eller äldre."),
        "held-on-missing": _("Välj vilken dag samtalet hölls."),
        "held-on-future": _("Dagen har inte varit än. Välj dagen då samtalet hölls."),
        "held-on-old": _("Dagen är mer än ett år sedan. Kontrollera året."),
        "case-wrong": _("Ärendekoden stämmer inte. Läs den en gång till, den har sex tecken."),
        "outside": _("En annan"),
        "gym-year": _("Gymnasiet år {year}"),
        "draft-about": _("{variant} · påbörjat {when}"),
        "draft-guardian": _("Vårdnadshavare: {who} · påbörjat {when}"),
        "draft-stopped": _("{variant} · barnet ville sluta och spara · {when}"),
        "variant-preschool": _("Förskola"),
        "variant-older": _("Äldre"),
        "nothing-waiting": _("Inget väntar på att skickas."),
        "waiting-one": _("Ett samtal väntar på att skickas."),
        "waiting": _("{n} samtal väntar på att skickas."),
        "sync-no-hub": _("Inget nät till navet. Det skickas av sig självt när nätet är tillbaka."),
        "sync-online": _("Navet svarar."),
        "state-sealed": _("Sparat här, förseglat. Inte skickat än."),
        "state-sent": _("Skickat. Väntar på kvitto."),
        "state-received": _("Mottaget av {ansvarig}, {unit}, {when}."),
        "state-refused": _("Inte mottaget: {reason} Inget är borta."),
        "saved": _("Sparat"),
        "saving": _("Sparar …"),
        "full": _(
            "Lagringen på surfplattan är full. Det senaste är inte sparat än. Stäng andra appar, "
            "frigör utrymme och tryck på Försök igen. Allt före det är sparat."
        ),
        "too-large": _(
            "Samtalet är större än 8 MB och kan inte förseglas. Det ligger kvar som påbörjat."
        ),
        "other-digest": _(
            "Kvittot gällde inte det här samtalet. Det ligger kvar och skickas igen."
        ),
        "cannot-store": _(
            "Lagringen svarar inte. Ladda om sidan. Det som redan är sparat är kvar."
        ),
        "unexpected": _("Något gick fel på surfplattan. Det som redan är sparat är kvar."),
        "locked": _("Surfplattan är låst. Skriv din pinkod för att fortsätta."),
        "voice-yes": _("{language}: surfplattan har en röst."),
        "voice-no": _(
            "{language}: surfplattan har ingen röst. Orden visas ändå i en ruta. Ni kan spela in "
            "egna röster."
        ),
        "voice-recorded": _("{n} texter är inspelade."),
        "recording-no-microphone": _(
            "Surfplattan har ingen mikrofon som går att använda. Välj en ljudfil i stället."
        ),
        "recording-denied": _(
            "Webbläsaren fick inte använda mikrofonen. Tillåt mikrofonen för hjulet i surfplattans "
            "inställningar och försök igen, eller välj en ljudfil."
        ),
        "recording-wrong-file": _(
            "Filen är inte ett ljud som surfplattan kan spela. Välj en annan fil."
        ),
        "recording-too-long": _("Ljudet är längre än 30 sekunder. Läs in bara den här texten."),
        "recording-empty": _("Inget hördes. Försök igen, närmare mikrofonen."),
        "sound-too-large": _("Ljudet är större än 1 MB. Gör det kortare eller välj en annan fil."),
        "sounds-full": _("De inspelade rösterna tar 64 MB, mer får inte plats. Ta bort någon."),
        "sound-kept": _("Sparad på surfplattan."),
        "sound-deleted": _("Borttagen."),
        "sound-failed": _("Ljudet gick inte att spara. Det som redan är sparat är kvar."),
        "sounds-own": _("{n} inspelningar finns bara på den här surfplattan."),
        "sounds-shared": _("Delade. De andra surfplattorna hämtar dem när de når navet."),
        "sound-is-units": _("Delad. Administratören kan ta bort den."),
        "sounds-count": _("{n} av {all} inspelade"),
        "sounds-everywhere": _("På alla skärmar"),
        "sounds-gone": _("Texter som inte längre används"),
        "recording-now": _("Spelar in … tryck på Stoppa när du har läst klart."),
        "update-waiting": _("En ny version är hämtad."),
    }
