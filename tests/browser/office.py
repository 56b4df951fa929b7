"""What people do on the hub, each at a laptop of their own, in their own words.

Every verb presses what a person sees and waits for what it promises. `met` is told of each page.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from playwright.sync_api import Locator, Page, expect

from kid_wheel.demo import PASSWORD

LAPTOP = {"width": 1366, "height": 768}


def in_days(days: int) -> str:
    return (date.today() + timedelta(days=days)).isoformat()


class Office:
    """Somebody on the staff, signed in on the hub."""

    def __init__(self, page: Page, url: str, met: Callable[[Page], None] = lambda page: None):
        self.page, self._url, self._met = page, url, met

    def signs_in(self, email: str) -> None:
        self.page.goto(f"{self._url}/")
        self.page.fill("[name=email]", email)
        self.page.fill("[name=password]", PASSWORD)
        self._presses("Logga in")

    def sees(self, words: str) -> None:
        expect(self.page.locator("main")).to_contain_text(words)

    def sees_the_state(self, words: str) -> None:
        expect(self.page.locator("main .facts dd").first).to_have_text(words)

    def follows(self, link: str, where: str = "main", exact: bool = True) -> None:
        self.page.locator(where).get_by_role("link", name=link, exact=exact).first.click()
        self._arrives()

    def goes_back_to_the_case(self) -> None:
        self.page.locator(".way").get_by_role("link", name="Ärende").click()
        self._arrives()

    def turns_to(self, stage: str) -> None:
        """A page of the case, from the case."""
        pages = "nav[aria-label='Ärendets sidor']"
        if not self.page.locator(pages).count():
            self.goes_back_to_the_case()
        self.follows(stage, where=pages)

    def _presses(self, button: str, within: Locator | None = None) -> None:
        self._presses_on(button, within)
        self._arrives()

    def _presses_on(self, button: str, within: Locator | None = None) -> None:
        place = within or self.page.locator("body")
        place.get_by_role("button", name=button, exact=True).first.click()

    def _writes(self, label: str, words: str, within: Locator | None = None) -> None:
        (within or self.page.locator("main")).get_by_label(label, exact=True).first.fill(words)

    def _marks(self, question: str, *answers: str) -> None:
        """Choices of a question, by what stands beside them."""
        asked = self.page.get_by_role("group", name=question, exact=True).first
        for answer in answers:
            asked.get_by_label(answer).first.check()

    def _chooses(self, field: str, words: str) -> None:
        """The first of a list's choices that has the words."""
        found = self.page.locator(f"{field} option", has_text=words).first
        self.page.select_option(field, value=found.get_attribute("value"))

    def _opens(self, summary: str, within: Locator | None = None) -> None:
        found = (within or self.page.locator("main")).locator("details", has_text=summary).last
        if not found.evaluate("one => one.open"):
            found.locator("summary").first.click()

    def _part(self, heading: str) -> Locator:
        named = self.page.get_by_role("heading", name=heading, exact=True)
        return self.page.locator("main section, main article, main li").filter(has=named).last

    def _arrives(self) -> None:
        self.page.wait_for_load_state()
        self._met(self.page)


class Ansvarig(Office):
    """Whose case it is, from the conversation in the inbox to the answer."""

    # The conversation and the case

    def opens_what_has_come(self, alias: str) -> None:
        self.follows(alias)
        self.page.locator("main a[href*='/conversation/']").first.click()
        self._arrives()

    def opens_a_case(self) -> None:
        self.goes_back_to_the_case()
        self._presses("Öppna ett ärende")

    # The kartläggning

    def begins_the_kartlaggning(self, guardians_know: str) -> None:
        self.turns_to("Kartläggning")
        self._marks("Vet vårdnadshavarna om att ni kartlägger?", "Ja")
        self._writes("När och hur de fick veta, eller varför inte än", guardians_know)
        self._presses("Spara och börja kartlägga")

    def gathers_the_sources(self, signal: str, own_unit: str, no_guardian: str) -> None:
        self._writes("Vad den som upptäckte har berättat", signal)
        self._writes("Vad verksamheten vet, också det som fungerar", own_unit)
        guardian = self.page.locator("[data-source=guardian]")
        self._writes("Om källan saknas: varför", no_guardian, guardian)
        self._presses("Spara och gå vidare till de fem frågorna")

    def answers_the_five_questions(self, *answers: str) -> None:
        for number, answer in enumerate(answers, 1):
            self._writes(f"Svar på fråga {number}", answer)
        self._presses("Spara svaren")

    def rests_an_answer_on(self, number: str, words: str) -> None:
        """On what the child has said."""
        block = self.page.locator(f"[data-question='{number}']")
        self._opens("Välj vad svaret bygger på", block)
        block.locator(".choice", has_text=words).locator("input").first.check()
        self._presses("Spara svaren")

    def asks_for_help_of(self, who: str, areas: tuple[str, ...], why: str) -> None:
        self._opens("Fråga 5: lägg till någon vars hjälp behövs")
        recipients = self.page.locator("#recipients")
        self._writes("Eller vem det är", who, recipients)
        for area in areas:
            recipients.get_by_label(area, exact=True).check()
        self._writes("Varför behövs just de?", why, recipients)
        self._presses("Lägg till", recipients)

    def writes_what_the_child_needs(self, needs: dict[str, str]) -> None:
        for area, need in needs.items():
            self.page.locator("#needs").get_by_label(area, exact=True).check()
            self._writes(f"Vad barnet behöver: {area}", need)
        self._presses("Spara behoven")

    def decides_on_collaboration(self, child_view: str, best: str, motive: str) -> None:
        self._writes("Så vägdes barnets åsikt in", child_view)
        self._writes("Vem bedömde barnets mognad?", "Mentorn och skolsköterskan")
        self._writes("Barnets bästa", best)
        self.page.locator("#decision [name=decision][value=collaboration]").check()
        self._writes("Varför", motive, self.page.locator("#decision"))
        self._presses("Spara och besluta")

    # Samtycke

    def goes_on_to_consent(self) -> None:
        self._presses("Gå vidare och fråga om samtycke")

    def adds_a_guardian(self, name: str, relation: str) -> None:
        self.follows("Lägg till en vårdnadshavare")
        self._writes("Namn", name)
        self._writes("Relation, med familjens ord", relation)
        self._presses("Spara")

    def assesses_that_both_decide(self, motive: str) -> None:
        self.follows("Bedöm barnets mognad")
        self._marks("Vem bestämmer om samtycke?", "Vårdnadshavarna och den unga bestämmer båda")
        self.page.fill("[name=motive]", motive)
        self._presses("Spara bedömningen")

    def hears_a_yes_from(self, giver: str, to: str, said: str = "") -> None:
        self.page.locator("article", has_text=to).get_by_role("link", name="Anteckna").click()
        self._arrives()
        self._marks("Vem svarar?", giver)
        self._marks("Svaret", "Ja")
        for box in self.page.locator("[name=areas]").all():
            box.check()
        self._marks("Hur svaret gavs", "Muntligt")
        self.page.fill("[name=said]", said)
        self._presses("Spara svaret")

    # The meeting

    def plans_a_meeting(self, place: str, adaptations: str) -> None:
        self.follows("Planera ett möte")
        self.page.locator("[name=forum]").first.check()
        self.page.fill("[name=starts_at]", f"{in_days(7)}T14:00")
        self.page.fill("[name=place]", place)
        self.page.fill("[name=adaptations]", adaptations)
        self._presses("Spara")

    def invites(self, who: str, areas: tuple[str, ...] = ()) -> None:
        self.follows("Bjud in någon")
        self._marks("Vem bjuds in?", who)
        if areas:
            self._marks("Fokusområden", *areas)
        self._presses("Bjud in")

    def asks_how_the_child_takes_part(self, how: str, said: str) -> None:
        self.follows("Fråga barnet hur det vill vara med")
        self._marks("Så vill barnet vara med", how)
        self.page.fill("[name=said]", said)
        self._presses("Spara")

    def tells_the_child_who_comes(self, how: str, said: str) -> None:
        self.follows("Berätta för barnet vilka som kommer")
        self.page.fill("[name=how]", how)
        self.page.fill("[name=said]", said)
        self._presses("Barnet vet nu")

    def calls_the_meeting(self) -> None:
        self._presses("Kalla till mötet")

    def shows_the_pages_of_the_meeting(self) -> list[str]:
        """What the meeting is shown, page by page."""
        self.follows("Visa mötets sidor")
        shown = [self.page.inner_text("main")]
        while self.page.get_by_role("link", name="Nästa").count():
            self.page.get_by_role("link", name="Nästa").click()
            self._arrives()
            shown.append(self.page.inner_text("main"))
        self.page.get_by_role("link", name="Avsluta visningen").click()
        self._arrives()
        return shown

    def asks_whom_the_child_turns_to(self, person: str, how: str) -> None:
        self.follows("Fråga barnet")
        self._marks("Vem vill barnet vända sig till?", "En person som barnet nämner")
        self.page.fill("[name=chosen]", person)
        self.page.fill("[name=how_asked]", how)
        self._presses("Spara")

    def appoints_whom_the_child_chose(self, name: str, contact: str) -> None:
        self.follows("Utse samordningsperson")
        self.page.locator("[name=whom][value=child]").check()
        self.page.fill("[name=name]", name)
        self.page.select_option("[name=staff]", label=name)
        self.page.locator("[name=is_same_person]").check()
        self.page.fill("[name=contact]", contact)
        self._presses("Utse")

    def holds_the_meeting(self) -> None:
        for everybody in self.page.locator("[name^=present-][value=yes]").all():
            everybody.check()
        self._presses("Spara vilka som var med")
        self._presses("Mötet är hållet")

    # The answer

    def begins_to_close(self) -> None:
        self._presses("Börja avsluta")

    def answers_every_wish(self, fate: str, because: str) -> int:
        wishes = self.page.locator(".wish").all()
        for wish in wishes:
            wish.get_by_label(fate, exact=True).check()
            wish.locator("textarea").fill(because)
            wish.locator("[name^=by-]").fill("Mötet")
        self._presses("Spara svaren")
        return len(wishes)

    def reads_the_letter(self) -> str:
        self.follows("Visa brevet på skärmen")
        letter = self.page.inner_text("main")
        self.follows("Gå tillbaka")
        return letter

    def lends_the_letter(self) -> None:
        self._presses("Visa på surfplatta")

    def has_told_the_child(self, said: str) -> None:
        self._writes("Vad sa barnet om det? Ordagrant, om barnet sa något", said)
        self._presses("Barnet har fått veta")

    def closes_the_case(self) -> None:
        self.page.locator("[name=orosanmalan]").first.check()
        self.page.locator("[name=kept]").first.check()
        self._writes("Var finns det?", "Elevakten")
        self._presses("Avsluta ärendet")

    def opens_it_again(self) -> None:
        self._presses("Öppna ärendet igen")


class Coordinator(Office):
    """The one the child chose to turn to: the plan, and what became of it."""

    def opens_the_plan_of(self, alias: str) -> None:
        self.follows(alias)

    def adds_an_action(self, area: str, what: str, for_child: str, wish: str) -> None:
        self.follows("Lägg till en insats")
        self._chooses("[name=area]", area)
        self.page.fill("[name=what]", what)
        self.page.fill("[name=for_child]", for_child)
        self._chooses("[name=wish]", wish)
        self.page.locator("[name=sector]").first.check()
        self.page.fill("[name=who]", "Mentorn")
        self.page.fill("[name=due_on]", in_days(30))
        self._presses("Spara insatsen")

    def books_a_follow_up(self) -> None:
        part = self._part("Uppföljning")
        self._writes("Dag", in_days(60), part)
        self._presses("Boka", part)

    def goes_through_the_plan(self, how: str) -> None:
        """With the child and the guardians."""
        part = self._part("Genomgången med barnet och vårdnadshavarna")
        self._writes("Med barnet", in_days(0), part)
        self._writes("Med vårdnadshavarna", in_days(0), part)
        self._writes("Hur gick det till, och vad sa barnet?", how, part)
        self._presses("Spara", part)

    def starts_the_plan(self) -> None:
        self._presses("Planen börjar gälla")

    def writes_down_what_did_not_happen(self, words: str) -> None:
        self._opens("Skriv ner vad barnet eller en vårdnadshavare sa")
        self._writes("Ordagrant, med deras egna ord", words)
        self._presses("Spara", self.page.locator("#concerns details"))

    def answers_what_did_not_happen(self, answer: str) -> None:
        self._writes("Ditt svar", answer)
        self._presses("Spara svaret")

    def follows_up(self, childs_words: str) -> None:
        self.follows("Till uppföljningen")
        self.page.locator("[name=how][value=words]").check()
        self._writes("Ordagrant", childs_words)
        self._presses("Spara", self._part("Så här ser barnet på det nu"))

    def settles_every_action(self) -> None:
        for number in range(self.page.locator(".plan-action").count()):
            action = self.page.locator(".plan-action").nth(number)
            self._opens("Skriv vad det blev", action)
            action.locator("[name=state]").select_option("done")
            self._presses("Spara", action)

    def holds_the_follow_up(self) -> None:
        self._presses("Uppföljningen är hållen")
