"""How it is, what I think, what I want, and how it feels: each in the child's own way."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hub import Hub
from pages import Hand, Tablet
from playwright.sync_api import Page, expect
from test_nothing_left import LEFT

from kid_wheel.catalog import LANGUAGES, leading_questions

LEADING = {
    "sv": (
        "Är det bra hemma?",
        "Bråkar mamma och pappa?",
        "Var det jobbigt",
        "Visst är det roligt i skolan?",
        "Du trivs hemma, eller hur?",
        "Du är glad, inte sant?",
        "Hur mår du, bra eller dåligt?",
        "Okej. Har du ont?",
        "Men slår han dig?",
    ),
    "en": (
        "Is it nice at home?",
        "Don’t you like school?",
        "You are happy, aren't you?",
        "How are you, good or bad?",
        "And was it hard?",
        "So you like him?",
    ),
    "fi": (
        "Onko kotona hyvä olla?",
        "Mutta lyökö joku sinua?",
        "Sinulla on kivaa, eikö niin?",
        "Millaista siellä on, kivaa vai tylsää?",
    ),
    "ar": ("هل البيت جيد؟", "أنت سعيد، أليس كذلك؟", "هَلْ يضربك أحد؟"),
    "so": (
        "Ma ku fiican tahay guriga?",
        "Waad faraxsan tahay, sow ma aha?",
        "Guriga waa fiican yahay mise waa xun yahay?",
    ),
    "uk": ("Чи добре вдома?", "Тобі добре, правда?", "А чи б’є він тебе?", "Добре чи погано?"),
}
OPEN = {
    "sv": (
        "",
        "Berätta om kvällen",
        "Hur är det när du ska sova?",
        "Var bor du?",
        "Vem är med då?",
        "Hur är det när du äter eller badar?",
        "Vill du berätta mer?",
        "Berätta om något roligt eller tråkigt",
        "Ärtsoppan, berätta om den",
    ),
    "en": ("Tell me about the evening", "How is it when you go to bed?", "Can you tell me more?"),
    "fi": ("Kerro illasta", "Haluatko kertoa lisää?", "Millaista kotona on?", "Kuka on mukana?"),
    "ar": ("احكِ لي عن المساء", "هل تريد أن تحكي أكثر؟", "كيف الحال في البيت؟", "ماذا تفعل أمك؟"),
    "so": ("Ii sheeg fiidkii", "Ma rabtaa inaad ii sheegto?", "Maxaad samaysaa fiidkii?"),
    "uk": ("Розкажи про вечір", "Чи хочеш розповісти більше?", "Що ти робиш увечері?"),
}
SAYS_LEADING = """async ([questions, lists]) => {
  const { isLeading } = await import("/static/tablet/child/leading.js");
  return questions.map((question) => isLeading(question, lists));
}"""


def test_a_child_of_twelve_says_how_it_is_what_it_thinks_and_what_it_wants(
    tablet: Tablet, hub: Hub
) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    tablet.mentor.prepares("Ronja", 2014, place_kind="grundskola")
    child = tablet.child
    child.goes_to_the_wheel()
    child.opens("hemmet")
    child.chooses("Kvällen")
    for kind, words in (
        ("Så här är det", "Det är stojigt"),
        ("Så tycker jag", "Det är tråkigt"),
        ("Så vill jag ha det", "Att vi äter ihop"),
        ("", "Bara det"),
    ):
        child.wants_to_tell()
        if kind:
            child.says_what_it_is_about(kind)
        child.tells(words)
        child.has_told()
        chosen = tablet.page.get_attribute(".tray [aria-current='true']", "data-mark")
        assert chosen == "hemmet/older/evenings", "the child comes back to the card it was at"
    child.tells_how_it_feels()
    child.feels("Trött")
    child.feels("Ledsen")
    child.feels("Ledsen")
    tablet.page.tap("[data-other-page]")
    tablet.says("Trygg")
    child.feels("Trygg")
    tablet.kill()

    tablet.start()
    tablet.mentor.unlocks()
    tablet.shows("feelings")
    expect(tablet.page.locator(".feeling[aria-pressed='true']")).to_have_text(["Trygg"])
    child.has_felt()
    child.goes_to_the_wheel()
    child.reads_back()
    said = tablet.page.locator(".readback-item")
    expect(said.filter(has_text="Att vi äter ihop").locator(".kind-sign")).to_be_visible()
    expect(said.filter(has_text="Bara det").locator(".kind-sign")).to_be_hidden()
    child.turns_the_page()
    expect(said.filter(has_text="Trött").locator(".picked-feeling")).to_have_text(
        ["Trött", "Trygg"]
    )
    child.reads_to_the_end()
    child.is_done()
    tablet.mentor.holds_corner()
    tablet.mentor.unlocks()
    tablet.page.wait_for_selector(".outbox[data-waiting='0']")
    (record,) = hub.received("Ronja")
    home = next(area for area in record["areas"] if area["key"] == "hemmet")
    kinds = {one["text"]: one.get("kind") for one in home["statements"]}
    assert kinds == {
        "Det är stojigt": "is",
        "Det är tråkigt": "think",
        "Att vi äter ihop": "wish",
        "Bara det": None,
    }
    assert [(f["key"], f["speaker"]) for f in home["feelings"]] == [
        ("tired", "child_chose"),
        ("safe", "child_chose"),
    ]


def test_a_small_child_says_what_it_thinks_and_what_it_wants_by_a_picture_of_each(
    tablet: Tablet, hub: Hub
) -> None:
    tablet.is_at_the_wheel_with("Lo", 2021)
    child, page = tablet.child, tablet.page
    child.opens("hemmet")
    child.says_what_it_thinks()
    assert page.locator("[data-kind-sign]").inner_text() == "Så tycker jag"
    child.tells("Det är för många bråk")
    tablet.reload()
    tablet.mentor.unlocks()
    assert page.locator("[data-kind-sign]").inner_text() == "Så tycker jag"
    child.has_told()
    child.wishes()
    child.tells("Att vi äter ihop")
    child.has_told()
    child.wants_to_tell()
    child.tells("Bara det")
    child.has_told()
    child.stops_and_keeps()
    tablet.mentor.finishes()
    page.wait_for_selector(".outbox[data-waiting='0']")
    (record,) = hub.received("Lo")
    home = next(area for area in record["areas"] if area["key"] == "hemmet")
    assert {said["text"]: said.get("kind") for said in home["statements"]} == {
        "Det är för många bråk": "think",
        "Att vi äter ihop": "wish",
        "Bara det": None,
    }


def test_feelings_may_be_taken_away_when_they_are_read_back(tablet: Tablet) -> None:
    tablet.is_at_the_wheel_with("Ture", 2021)
    tablet.child.opens("trygghet")
    tablet.child.tells_how_it_feels()
    expect(tablet.page.locator(".feeling")).to_have_count(8)
    tablet.child.feels("Arg")
    tablet.child.feels("Glad")
    tablet.child.has_felt()
    tablet.child.goes_to_the_wheel()
    tablet.child.reads_back()
    tablet.page.tap("[data-unfeel]")
    tablet.shows("nothing")


@pytest.fixture
def page(tablet: Tablet) -> Page:
    tablet.start()
    return tablet.page


def test_a_leading_question_is_known_in_the_childs_language_and_in_swedish(page: Page) -> None:
    for language in LANGUAGES:
        own, lists = language.split("-")[0], leading_questions(language)
        for asked, are_leading in ((LEADING, True), (OPEN, False)):
            questions = [*asked[own], *asked["sv"]]
            found = page.evaluate(SAYS_LEADING, [questions, lists])
            wrong = [
                q
                for q, is_leading in zip(questions, found, strict=True)
                if is_leading != are_leading
            ]
            assert not wrong, f"{language}: leading should be {are_leading}"


def test_a_question_that_may_lead_gets_a_quiet_hint_and_nothing_more(tablet: Tablet) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    for language in ("sv", "en"):
        tablet.mentor.prepares("Iris", 2021, language=language)
        tablet.child.goes_to_the_wheel()
        tablet.child.opens("halsa")
        tablet.child.wants_to_tell()
        hint = tablet.page.locator("[data-leading-hint]")
        for question in LEADING[language]:
            tablet.page.fill("[name=question]", question)
            assert hint.is_visible(), question
        tablet.child.tells("Det vet jag inte", question=LEADING[language][0])
        for question in OPEN[language]:
            tablet.page.fill("[name=question]", question)
            assert hint.is_hidden(), question
        tablet.page.fill("[name=question]", LEADING[language][0])
        tablet.page.check("[name=speaker][value=child_said]", force=True)
        assert hint.is_hidden(), "a child who writes has asked itself nothing"
        tablet.child.has_told()
        tablet.child.throws_away()
        tablet.mentor.holds_corner()
        tablet.mentor.unlocks()
        tablet.shows("home")


def in_own_words(tablet: Tablet) -> str:
    tablet.child.opens("halsa")
    tablet.child.wants_to_tell()
    return "[name=text]"


def before_an_answer(tablet: Tablet) -> str:
    """What the adult asks, which the child has not answered."""
    in_own_words(tablet)
    return "[name=question]"


def about_somebody_else(tablet: Tablet) -> str:
    tablet.child.reads_back_nothing()
    tablet.page.tap("[hx-get='/local/child/step/help/0']")
    tablet.shows("help")
    tablet.child.wants("Någon annan")
    tablet.page.tap("[data-name-person]")
    tablet.shows("who")
    return "form.who [name=text]"


def in_a_note(tablet: Tablet) -> str:
    tablet.mentor.holds_corner()
    tablet.mentor.unlocks()
    tablet.mentor.hears_something_serious()
    return "[data-note] [name=text]"


def before_an_answer_in_a_note(tablet: Tablet) -> str:
    in_a_note(tablet)
    return "[data-note] [name=question]"


def taps(selector: str) -> Callable[[Tablet], None]:
    return lambda tablet: tablet.page.tap(selector)


def three_fingers(tablet: Tablet) -> None:
    Hand(tablet).taps_with_three_fingers()


def leaves_the_page(tablet: Tablet) -> None:
    tablet.page.evaluate(LEFT)


WHEEL, PAUSE = taps(".to-wheel"), taps("[hx-get='/local/child/pause']")


@pytest.mark.parametrize(
    ("where", "goes"),
    [
        (in_own_words, WHEEL),
        (in_own_words, PAUSE),
        (in_own_words, three_fingers),
        (in_own_words, leaves_the_page),
        (before_an_answer, WHEEL),
        (about_somebody_else, WHEEL),
        (about_somebody_else, three_fingers),
        (in_a_note, taps("[hx-get='/local/during']")),
        (in_a_note, three_fingers),
        (before_an_answer_in_a_note, taps("[data-resume]")),
    ],
)
def test_the_last_letters_are_kept_whichever_way_leads_from_them(
    tablet: Tablet, where: Callable[[Tablet], str], goes: Callable[[Tablet], None]
) -> None:
    tablet.is_at_the_wheel_with("Lo", 2021)
    tablet.page.fill(where(tablet), "Morfars båt")
    goes(tablet)
    tablet.page.wait_for_function(
        """(words) => seen.saved.some(({ text, question, label }) =>
          [text, question, label].includes(words))""",
        arg="Morfars båt",
    )


def test_an_adults_question_waits_for_the_childs_answer_also_after_a_kill(
    tablet: Tablet, hub: Hub
) -> None:
    tablet.is_at_the_wheel_with("Lo", 2021)
    child = tablet.child
    child.opens("hemmet")
    child.wants_to_tell()
    child.is_asked("Berätta om båten")
    tablet.kill()

    tablet.start()
    tablet.mentor.unlocks()
    page = tablet.page
    expect(page.locator("[name=question]")).to_have_value("Berätta om båten")
    child.goes_to_the_wheel()
    child.reads_back_nothing()
    page.tap("[hx-get='/local/child/wheel']:visible")
    tablet.shows("wheel")
    child.opens("hemmet")
    child.wants_to_tell()
    expect(page.locator("[name=question]")).to_have_value("Berätta om båten")
    child.tells("Den är grön")
    child.has_told()
    child.wants_to_tell()
    expect(page.locator("[name=question]")).to_have_value("")
    child.stops_and_keeps()
    tablet.mentor.finishes()
    page.wait_for_selector(".outbox[data-waiting='0']")
    (record,) = hub.received("Lo")
    home = next(area for area in record["areas"] if area["key"] == "hemmet")
    assert [(said["question"], said["text"]) for said in home["statements"]] == [
        ("Berätta om båten", "Den är grön")
    ]


def test_a_question_in_a_note_waits_gets_a_hint_and_alone_is_no_note(tablet: Tablet) -> None:
    tablet.is_at_the_wheel_with("Lo", 2021)
    page = tablet.page
    page.fill(before_an_answer_in_a_note(tablet), "Berätta mer")
    page.tap("[hx-get='/local/during']")
    tablet.shows("during")
    tablet.mentor.hears_something_serious()
    expect(page.locator("[data-note] [name=question]")).to_have_value("Berätta mer")
    expect(page.locator(".notes")).to_have_count(0)
    hint = page.locator("[data-note] [data-leading-hint]")
    for question, is_leading in ((LEADING["sv"][0], True), (OPEN["sv"][1], False)):
        page.fill("[data-note] [name=question]", question)
        assert hint.is_visible() == is_leading, question
    tablet.mentor.writes_down("Han slår mig", question="Berätta mer")
    expect(page.locator(".notes q")).to_have_text(["Berätta mer"])
    expect(page.locator("[data-note] [name=question]")).to_have_value("")
