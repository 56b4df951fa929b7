"""A guardian answers on the unit's tablet, without net, in a session apart from the child's."""

from __future__ import annotations

from hub import Hub
from pages import Tablet

WORDS = "Kvartsfiolen hjälper när det är bråk"
RELATION = "bonusmamma Zyxtova"


class Guardian:
    """The guardian's finger. Each tap is on disk before the next."""

    def __init__(self, tablet: Tablet) -> None:
        self._tablet, self.page = tablet, tablet.page

    def prepares(self, language: str = "sv", number: str = "", **child: str) -> None:
        """The adult, who has unlocked, hands the tablet over. child: code, or alias and born."""
        self.page.click("[hx-get='/local/guardian/prepare']")
        self._tablet.shows("prepare-guardian")
        if code := child.get("code"):
            self.page.check("[name=known][value=case]", force=True)
            self.page.fill("[name=case_code]", code)
            self.page.check(f"[name=number][value='{number}']", force=True)
        else:
            self.page.fill("[name=alias]", child["alias"])
            self.page.fill("[name=birth_year]", child.get("born", "2014"))
        self.page.fill("[name=relation]", child.get("relation", RELATION))
        self.page.select_option("[name=language]", language)
        self.page.click("[data-screen=prepare-guardian] button.start")
        self._tablet.shows("guardian-start")
        self.waits_for_the_disk()

    def waits_for_the_disk(self) -> None:
        self._tablet.child.waits_for_the_disk()

    def opens(self, area: str) -> None:
        self._turns(f".areas [data-area={area}]", "guardian-area")

    def taps(self, card: str) -> None:
        self.page.tap(f"[data-card={card}]")
        self.waits_for_the_disk()

    def writes(self, kind: str, words: str) -> None:
        sent = self.page.evaluate("seen.sent.length")
        self.page.fill(f"textarea[data-kind={kind}]", words)
        self.page.wait_for_function("n => seen.sent.length > n && !seen.waiting", arg=sent)

    def turns_to(self, path: str, screen: str) -> None:
        self._turns(f"#screen [hx-get='/local/guardian/{path}']", screen)

    def is_done(self) -> None:
        self.page.click("[hx-post='/local/guardian/done']")
        self._tablet.shows("guardian-thanks")

    def holds_corner(self) -> None:
        self.page.locator("#screen [data-adult-corner]").dispatch_event(
            "pointerdown", {"bubbles": True}
        )
        self._tablet.shows("pin")

    def chosen(self) -> list[str]:
        return self.page.eval_on_selector_all(
            ".told[aria-pressed=true]", "all => all.map(({ dataset }) => dataset.card)"
        )

    def _turns(self, selector: str, screen: str) -> None:
        self.page.locator(selector).first.tap()
        self._tablet.shows(screen)
        self.waits_for_the_disk()


def tells(guardian: Guardian) -> None:
    guardian.opens("hemmet")
    guardian.taps("calm")
    guardian.taps("money")
    guardian.taps("quarrel")
    guardian.taps("quarrel")
    guardian.writes("help", WORDS)


def is_finished(guardian: Guardian) -> None:
    guardian.turns_to("start", "guardian-start")
    guardian.turns_to("read-back", "guardian-read-back")
    guardian.is_done()


def test_a_guardian_tells_without_net_and_it_lands_as_that_guardians_view(
    hub: Hub, tablet: Tablet
) -> None:
    code, number, alva = hub.has_a_guardian("Alva Testlund", "Mamma")
    tablet.start()
    tablet.mentor.unlocks()
    hub.stop()
    guardian = Guardian(tablet)
    guardian.prepares(code=code, number=number, relation="mamma")
    tells(guardian)
    guardian.turns_to("start", "guardian-start")
    guardian.turns_to("read-back", "guardian-read-back")
    assert WORDS in tablet.text and "Det är lugnt hemma" in tablet.text
    assert "bråk" in tablet.text and "Det blir ofta bråk" not in tablet.text
    guardian.is_done()
    guardian.holds_corner()
    tablet.mentor.unlocks()
    tablet.shows("home")
    assert tablet.mentor.drafts() == []
    hub.start()
    tablet.mentor.sends()
    tablet.says("Mottaget av")
    said = hub.said_by(alva)
    assert [(area, kind) for area, kind, _text in said] == [
        ("hemmet", "strength"), ("hemmet", "worry"), ("hemmet", "help"),
    ]  # fmt: skip
    assert said[2][2] == WORDS
    tablet.mentor.sends()
    assert hub.said_by(alva) == said
