"""The kartläggning: four sources, five questions, needs in plain words, and a decision."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from county import Clock, County
from page_client import PageClient
from test_voices import add_guardian, delegate, says

from kid_wheel import kartlaggning
from kid_wheel.action import Source, actions_of
from kid_wheel.case import Case, CaseState
from kid_wheel.db import db
from kid_wheel.kartlaggning import ChildUnheard, Kartlaggning, Recipient, words_of
from kid_wheel.process import GUARDS, MOVES
from kid_wheel.views.stopped import AGREEMENT
from kid_wheel.voices import Kind, Layer

HOME, ARGUMENTS = "hemmet/older/home", "hemmet/older/arguments"
WORDS = "Jag vill att de slutar bråka när jag ska plugga."
WISH = "Jag vill ha en vuxen i skolan."
FIVE = [
    "Har jag all information som jag behöver för att hjälpa barnet?",
    "Vad står i vägen för barnets välmående?",
    "Vad kan jag göra nu för att hjälpa det här barnet?",
    "Vad kan min verksamhet göra för att hjälpa barnet?",
    "Vilken ytterligare hjälp behöver jag från andra?",
]
SOURCES = {
    "source-signal": "Mentorn har sett fler sena morgnar.",
    "source-own_unit": "Mira har vänner i klassen.",
    "missing-guardian": "Mötet med dem är på torsdag.",
}
ANSWERS = {
    "answer-1": "Nej, morgnarna hemma. Det vet vårdnadshavarna.",
    "answer-2": "Det är svårt att sova när det är bråk.",
    "answer-3": "Jag möter Mira varje morgon.",
    "answer-4": "Läxläsning i skolan.",
    "answer-5": "Socialtjänsten kan stödja hela familjen.",
}
NEEDS = {
    "focus": ["trygghet", "hemmet", "relationer"],
    "need-trygghet": "Mira behöver en vuxen att gå till.",
    "need-hemmet": "Mira behöver lugn när hon läser läxor.",
    "need-relationer": "Mira behöver få träffa mormor.",
}
DECISION = {
    "child_view": "Mira vill ha lugn hemma, och det styr valet av insatser.",
    "maturity_by": "Anna Påhittsson",
    "best_interests": "Det är bäst för Mira att få stöd tidigt.",
    "decision": "collaboration",
    "motive": "Skolan kan inte ensam stödja familjen.",
}


@pytest.fixture(autouse=True)
def another_family(county: County) -> str:
    """Noise: another child of another huvudman, with a kartläggning of its own."""
    case_id, _ = county.receive(county.make_record("Demoskolan", alias="Yusuf"))
    client = county.sign_in("Bodil")
    client.send(f"/case/{case_id}", action="/step/open_case")
    inform(client, case_id, text="Grannens ord")
    return case_id


@pytest.fixture
def anna(county: County) -> PageClient:
    return county.sign_in("Anna")


@pytest.fixture
def mira(county: County, anna: PageClient) -> str:
    """Received: a child of årskurs 6 who has talked with her mentor."""
    record = county.make_record(
        placed={HOME: "so_so", ARGUMENTS: "not_good"},
        said={
            "hemmet": [{"text": WORDS, "speaker": "child_said", "card": ARGUMENTS}],
            "trygghet": [{"text": WISH, "speaker": "adult_wrote_childs_words"}],
        },
    )
    case_id, _ = county.receive(record)
    anna.send(f"/case/{case_id}", action="/step/open_case")
    return case_id


def test_the_agreements_own_example_goes_from_received_to_asking_for_consent(
    county: County, anna: PageClient, mira: str, time: Clock
) -> None:
    assert inform(anna, mira).status_code == 302
    assert state(county, mira) is CaseState.COLLECTING
    assert write(anna, mira, "sources", step="1", **SOURCES).status_code == 302
    assert state(county, mira) is CaseState.ANALYSING
    write(anna, mira, "questions", **ANSWERS)
    write(anna, mira, "needs", **NEEDS)
    act(county, anna, mira, question="3", area="trygghet")
    name(anna, mira, unit=county.id("Centralt Provkommunen"), areas=["hemmet"])
    time.pass_(minutes=1)
    name(anna, mira, who="BUP Demo", areas=["trygghet", "relationer"])
    assert write(anna, mira, "decision", step="1", **DECISION).status_code == 302
    assert state(county, mira) is CaseState.DECIDED
    answer = write(anna, mira, "step/ask_consent")
    assert answer.status_code == 302 and state(county, mira) is CaseState.CONSENT_PENDING
    mona = county.id("Mona")
    with county.hub.app_context():
        key = db.session.get_one(Case, mira).key(county.ring)
        focus = kartlaggning.focus_areas(db.session, key, mira)
        assert focus == ["hemmet", "relationer", "trygghet"], "in the order of the wheel"
        named = kartlaggning.recipients(db.session, key, mira)
        assert [row["areas"] for row in named] == [["hemmet"], ["relationer", "trygghet"]]
        assert [row["who"] for row in named] == ["", "BUP Demo"]
        assert all(row["id"] and row["why"] for row in named)
        (own,) = actions_of(db.session, mira, Source.OWN)
        assert own.due_on == date(2026, 12, 1)
        assert own.staff_id == mona
    for event in ("opened", "sources_complete", "decided"):
        assert county.events(f"kartlaggning:{event}", case_id=mira), event


def test_the_five_questions_are_the_agreements_own_words_in_its_order(
    county: County, anna: PageClient, mira: str
) -> None:
    with county.hub.app_context():
        assert [one.text for one in kartlaggning.questions("sv")] == FIVE
        english = kartlaggning.questions("en")
        assert [one.text for one in english] == FIVE and all(one.beside for one in english)
    analysing(county, anna, mira)
    shown = re.findall(r'<span lang="sv">\d\. (.*?)</span>', anna.get(kart(mira)).text)
    assert shown == FIVE
    assert "diagnos" in anna.page(kart(mira)).text, "the page says that it is none"


GUARDED = [
    ("open_kartlaggning", "guardians_informed"),
    ("complete_sources", "four_sources"),
    ("complete_sources", "child_heard"),
    ("decide", "five_questions"),
    ("decide", "focus_areas"),
    ("decide", "needs_in_plain_words"),
    ("decide", "child_view_weighed"),
    ("decide", "best_interests"),
    ("decide", "decision_made"),
    ("start_own_support", "own_action"),
    ("ask_consent", "recipients_named"),
    ("ask_consent", "help_decided"),
    ("start_own_support", "help_decided"),
    ("take_no_action", "no_action_decided"),
]


def test_every_guard_of_the_kartlaggning_is_tried_below() -> None:
    assert {guard for _step, guard in GUARDED} == set(kartlaggning.GUARDS)
    assert all(guard in MOVES[step].guards for step, guard in GUARDED)


@pytest.mark.parametrize(("step", "guard"), GUARDED)
def test_a_guard_stops_the_step_and_nothing_that_was_written_is_lost(
    county: County, anna: PageClient, mira: str, step: str, guard: str, monkeypatch: Any
) -> None:
    monkeypatch.setitem(GUARDS, "follow_up_booked", lambda situation: True)
    answer, kept = try_without(county, anna, mira, guard, step)
    assert answer.status_code == 409
    assert f'data-guard="{guard}"' in answer.text
    assert "Varför stoppas jag?" in answer.text
    before = MOVES[step].sources
    assert state(county, mira) in before
    denied = county.events("guard:denied", case_id=mira)
    assert denied and denied[-1].detail in MOVES[step].guards
    assert kept in anna.get(kart(mira)).text


def test_without_the_childs_voice_one_of_five_reasons_is_needed(county: County) -> None:
    case_id, _ = county.receive(county.make_record(silent={HOME: "dont_want"}))
    anna = county.sign_in("Anna")
    anna.send(f"/case/{case_id}", action="/step/open_case")
    inform(anna, case_id)
    page = anna.page(kart(case_id))
    offered = {a["value"] for a in page.find("input", name="missing-child")}
    assert offered == {"", *ChildUnheard}
    for reason, other in (("", "Hon är blyg."), ("other", ""), ("hon_ville_inte", "")):
        fields = {**SOURCES, "missing-child": reason, "other-child": other}
        answer = write(anna, case_id, "sources", step="1", **fields)
        assert answer.status_code == 409, reason
        assert 'data-guard="child_heard"' in answer.text
    fields = {**SOURCES, "missing-child": "declined"}
    assert write(anna, case_id, "sources", step="1", **fields).status_code == 302
    assert state(county, case_id) is CaseState.ANALYSING


def test_words_without_a_yes_or_a_no_are_kept_and_the_answer_is_asked_for(
    anna: PageClient, mira: str
) -> None:
    assert not [a for a in anna.page(kart(mira)).find("input", name="informed") if "checked" in a]
    answer = write(anna, mira, "informed", informed_text="De vet nog.", step="1")
    assert answer.status_code == 409
    assert "De vet nog.</textarea>" in anna.get(kart(mira)).text


def test_a_source_is_there_explained_or_asked_for(
    county: County, anna: PageClient, mira: str
) -> None:
    inform(anna, mira)
    page = " ".join(anna.page(kart(mira)).text.split())
    assert "Den som upptäckte saknas än" in page and "Barnet finns" in page
    write(anna, mira, "sources", **SOURCES)
    page = " ".join(anna.page(kart(mira)).text.split())
    assert "Vårdnadshavarna saknas, förklarat" in page
    says(county, mira, add_guardian(county, mira, "Maja"), "hemmet", Kind.IS, "Vi flyttar snart.")
    page = " ".join(anna.page(kart(mira)).text.split())
    assert "Vårdnadshavarna finns" in page and "Vi flyttar snart." in page


def test_the_analysis_waits_until_every_source_is_there_or_explained(
    county: County, anna: PageClient, mira: str
) -> None:
    inform(anna, mira)
    page = anna.page(kart(mira))
    assert not page.find("textarea", id="answer-1")
    answer = write_raw(anna, mira, "questions", **ANSWERS)
    assert answer.status_code == 409
    assert ANSWERS["answer-2"] in answer.text, "what was written can be copied"
    with county.hub.app_context():
        key = db.session.get_one(Case, mira).key(county.ring)
        words = words_of(kartlaggning.current(db.session, mira), key)
        assert not words["answers"]["2"]["text"]


def test_question_1_lists_by_itself_who_is_unheard_and_what_is_silent(
    county: County, anna: PageClient, mira: str
) -> None:
    guardians = [add_guardian(county, mira, name) for name in ("Maja", "Olle")]
    says(county, mira, guardians[0], "omsorg", Kind.STRENGTH, "Maten är alltid god.")
    analysing(county, anna, mira)
    gaps = re.search(r'<div class="gaps">.*?</div>', anna.get(kart(mira)).text, re.S)
    assert gaps
    text = " ".join(re.sub(r"<[^>]+>", " ", gaps[0]).split())
    assert "inte är hörda än: Olle, Professionerna" in text
    nobody = text.split("ingen har berättat något:")[1].split("Barnet har inte")[0]
    assert "Hälsa" in nobody and "Omsorg" not in nobody and "Hemmet" not in nobody
    assert "Omsorg (inte tillfrågad)" in text
    assert "Tystnad betyder inte att allt är bra" in text and not re.search(r"\d", text)


def test_an_answer_cites_words_by_id_and_shows_them_with_who_said_them(
    county: County, anna: PageClient, mira: str
) -> None:
    analysing(county, anna, mira)
    page = anna.page(kart(mira))
    offered = [a["value"] for a in page.find("input", name="evidence-2")]
    words, card = offered[0], next(e for e in offered if e.endswith(f"card/{ARGUMENTS}"))
    write(anna, mira, "questions", **ANSWERS, **{"evidence-2": [words, card, "made/up"]})
    with county.hub.app_context():
        key = db.session.get_one(Case, mira).key(county.ring)
        kept = words_of(kartlaggning.current(db.session, mira), key)["answers"]["2"]["evidence"]
        assert kept == [words, card]
    cited = re.search(r'<ul class="evidence">.*?</ul>', anna.get(kart(mira)).text, re.S)
    assert cited and WORDS in cited[0]
    text = " ".join(re.sub(r"<[^>]+>", " ", cited[0]).split())
    assert "Barnets perspektiv: Barnet sa eller skrev själv" in text
    assert "Bråk hemma: Inte alls bra" in text and "Barnet valde själv" in text


def test_no_silence_can_be_cited_as_if_it_were_an_answer(county: County) -> None:
    case_id, _ = county.receive(
        county.make_record(placed={HOME: "good"}, silent={ARGUMENTS: "skipped"})
    )
    anna = county.sign_in("Anna")
    anna.send(f"/case/{case_id}", action="/step/open_case")
    analysing(county, anna, case_id)
    offered = {a["value"] for a in anna.page(kart(case_id)).find("input", name="evidence-1")}
    assert {id_.split("/", 1)[1] for id_ in offered} == {f"card/{HOME}"}


def test_each_text_of_the_decided_kartlaggning_carries_exactly_one_layer(
    county: County, anna: PageClient, mira: str
) -> None:
    decided(county, anna, mira)
    text = anna.get(kart(mira)).text
    blocks = re.findall(r'<div class="text-block".*?</div>', text, re.S)
    assert len(blocks) == 3 + 3 + 5 + 3
    for block in blocks:
        assert len(re.findall(r'data-layer="(\w+)"', block)) == 1, block
    shown = set(re.findall(r'data-layer="(\w+)"', text))
    assert shown == {Layer.ADULT, Layer.RIGHTS, Layer.CHILD}
    for words in (*ANSWERS.values(), *DECISION.values()):
        if words != "collaboration":
            assert words in text


def test_a_summary_with_only_worries_still_asks_for_strengths(
    county: County, anna: PageClient, mira: str
) -> None:
    guardian = add_guardian(county, mira, "Maja")
    says(county, mira, guardian, "hemmet", Kind.WORRY, "Bråk varje kväll.")
    decided(county, anna, mira)
    summary = " ".join(anna.page(kart(mira)).text.split())
    assert summary.count("Styrkor: ännu inte beskrivna") == 3
    says(county, mira, guardian, "hemmet", Kind.STRENGTH, "Hon läser för bror.")
    assert "Styrkor: Hon läser för bror. (Maja)" in " ".join(anna.page(kart(mira)).text.split())


def test_whatever_button_is_pressed_all_that_is_written_on_the_page_is_kept(
    county: County, anna: PageClient, mira: str
) -> None:
    analysing(county, anna, mira)
    begun = {"what-4": "Läxläsning på onsdagar", "answer-1": "Vi vet nog.", "motive": "Vi hinner."}
    answer = name(anna, mira, who="BUP Demo", **begun)
    assert answer.status_code == 200
    for words in ("Läxläsning på onsdagar</textarea>", "Vi vet nog.</textarea>", "Vi hinner."):
        assert words in answer.text
    assert "De kan stödja hela familjen.</textarea>" not in answer.text, "that one is added"
    again = anna.get(kart(mira)).text
    assert "Vi vet nog.</textarea>" in again and "BUP Demo" in again
    stopped = write(anna, mira, "decision", step="1", **{"answer-1": "Nej.", "need-halsa": "Sova."})
    assert stopped.status_code == 409
    after = anna.get(kart(mira)).text
    assert "Nej.</textarea>" in after and "Sova.</textarea>" in after


def test_own_help_starts_at_once_with_an_owner_and_a_day(
    county: County, anna: PageClient, mira: str
) -> None:
    analysing(county, anna, mira)
    for wrong, sentence in (
        ({"what": " "}, "Skriv vad ni ska göra."),
        ({"area": "ekonomi"}, "Välj vilket område"),
        ({"staff": county.id("Bodil")}, "Välj någon i verksamheten"),
        ({"due_on": "2026-11-01"}, "från i dag och framåt"),
        ({"due_on": "snart"}, "från i dag och framåt"),
    ):
        answer = act(county, anna, mira, question="4", **wrong)
        assert answer.status_code == 422 and sentence in answer.text, wrong
        if "what" not in wrong:
            assert "Möta Mira på morgonen." in answer.text, "nothing typed is lost"
    assert act(county, anna, mira, question="4").status_code == 302
    assert "Möta Mira på morgonen." in anna.page(kart(mira)).text
    assert state(county, mira) is CaseState.ANALYSING, "it waits for no decision"
    (event,) = county.events("action:made")
    assert event.case_id == mira
    unit = county.id("Exempelskolan")
    with county.hub.app_context():
        (own,) = actions_of(db.session, mira)
        key = db.session.get_one(Case, mira).key(county.ring)
        assert own.read(key)["question"] == "4" and own.unit_id == unit


def test_whose_help_is_needed_has_areas_and_a_reason_and_can_be_taken_away(
    county: County, anna: PageClient, mira: str
) -> None:
    analysing(county, anna, mira)
    for wrong, sentence in (
        ({"who": " "}, "Välj en verksamhet"),
        ({"areas": []}, "Välj minst ett område"),
        ({"why": " "}, "Skriv varför"),
    ):
        answer = name(anna, mira, **{"who": "BUP Demo", **wrong})
        assert answer.status_code == 422 and sentence in answer.text
    name(anna, mira, who="BUP Demo")
    with county.hub.app_context():
        (row,) = db.session.query(Recipient)
        assert b"BUP" not in row.content
    (remove,) = [
        button["formaction"]
        for button in anna.page(kart(mira)).find("button")
        if button.get("formaction", "").endswith("/remove")
    ]
    answer = write(anna, mira, remove.removeprefix(f"{kart(mira)}/"))
    assert answer.status_code == 302 and "BUP Demo" not in anna.page(kart(mira)).text


def test_own_support_needs_a_day_to_follow_up_and_the_day_is_kept(
    county: County, anna: PageClient, mira: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(GUARDS, "follow_up_booked", lambda s: bool(s.case.follow_up_on))
    decided(county, anna, mira, decision="own_support")
    act(county, anna, mira, question="3")
    yesterday = write(anna, mira, "follow-up", follow_up_on="2026-11-19", step="1")
    assert yesterday.status_code == 422
    assert 'value="2026-11-19"' in yesterday.text
    answer = write(anna, mira, "follow-up", follow_up_on="2026-12-18", step="1")
    assert answer.status_code == 302 and state(county, mira) is CaseState.OWN_SUPPORT
    assert "18 december 2026" in anna.page(f"/case/{mira}").text


def test_a_case_without_more_help_goes_to_its_closing(
    county: County, anna: PageClient, mira: str
) -> None:
    decided(county, anna, mira, decision="no_further_action")
    write(anna, mira, "step/take_no_action")
    assert state(county, mira) is CaseState.CLOSING


def test_the_ansvarig_may_change_the_decision_until_the_case_has_gone_on(
    county: County, anna: PageClient, mira: str
) -> None:
    decided(county, anna, mira)
    other = {**DECISION, "decision": "own_support"}
    assert write(anna, mira, "decision", **other).status_code == 302
    assert "Stöd i den egna verksamheten" in anna.page(kart(mira)).text
    late = write_raw(anna, mira, "needs", **{**NEEDS, "need-hemmet": "Något helt annat."})
    assert late.status_code == 409, "the rest stays as it was"
    assert "Något helt annat." in late.text, "and can be copied"
    assert NEEDS["need-hemmet"] in anna.page(kart(mira)).text


def test_a_delegate_writes_but_does_not_decide(county: County, anna: PageClient, mira: str) -> None:
    delegate(county, mira)
    mona = county.sign_in("Mona")
    inform(mona, mira)
    assert state(county, mira) is CaseState.COLLECTING
    write(mona, mira, "sources", step="1", **SOURCES)
    write(mona, mira, "questions", **ANSWERS)
    write(mona, mira, "needs", **NEEDS)
    assert "Den som är ansvarig beslutar" in mona.page(kart(mira)).text
    assert write(mona, mira, "decision", step="1", **DECISION).status_code == 404
    assert state(county, mira) is CaseState.ANALYSING
    assert DECISION["motive"] in mona.page(kart(mira)).text, "what was written is kept"
    write(anna, mira, "decision", step="1", **DECISION)
    assert state(county, mira) is CaseState.DECIDED
    changed = {**DECISION, "decision": "no_further_action"}
    assert write_raw(mona, mira, "decision", **changed).status_code == 404
    assert write_raw(mona, mira, "step/take_no_action").status_code == 404
    assert state(county, mira) is CaseState.DECIDED


def test_another_huvudman_reads_and_writes_nothing(
    county: County, anna: PageClient, mira: str, another_family: str
) -> None:
    analysing(county, anna, mira)
    for who in ("Bodil", "Mona", "Arvid", "Cesar"):
        client = county.sign_in(who)
        assert client.get(kart(mira)).status_code in {403, 404}
        assert write_raw(client, mira, "questions", **ANSWERS).status_code in {403, 404}
    assert "Grannens ord" not in anna.get(kart(mira)).text
    with county.hub.app_context():
        assert (
            kartlaggning.focus_areas(
                db.session,
                db.session.get_one(Case, another_family).key(county.ring),
                another_family,
            )
            == []
        )


def test_a_case_that_is_opened_again_has_a_new_kartlaggning_and_keeps_the_old(
    county: County, anna: PageClient, mira: str
) -> None:
    decided(county, anna, mira, decision="no_further_action")

    def close() -> None:
        db.session.get_one(Case, mira).state = CaseState.CLOSED

    county.change(close)
    anna.send(f"/case/{mira}", action="/step/reopen")
    page = anna.page(kart(mira))
    assert DECISION["motive"] not in page.text and "Tidigare kartläggningar" in page.text
    inform(anna, mira, text="De ringde själva.")
    with county.hub.app_context():
        first, second = kartlaggning.rounds(db.session, mira)
        assert (first.round, second.round) == (1, 2)
        (strange,) = db.session.query(Kartlaggning).filter(Kartlaggning.case_id != mira)
    old = anna.page(f"{kart(mira)}/{first.id}")
    assert anna.page(kart(mira)).find("a", href=f"{kart(mira)}/{first.id}")
    assert DECISION["motive"] in old.text and not old.find("textarea")
    assert "Anna Påhittsson" in old.text
    assert anna.get(f"{kart(mira)}/{strange.id}").status_code == 404


def test_what_is_written_is_encrypted_and_no_event_holds_a_word_of_it(
    county: County, anna: PageClient, mira: str
) -> None:
    decided(county, anna, mira)
    with county.hub.app_context():
        for row in db.session.query(Kartlaggning).filter_by(case_id=mira):
            for words in ("Mira", "bråk", "collaboration", "hemmet"):
                assert words.encode() not in row.content
    details = {event.detail for event in county.events("kartlaggning:written", case_id=mira)}
    assert details <= {"informed", "sources", "questions", "needs", "decision"}


def test_each_reading_is_an_event_for_each_conversation(
    county: County, anna: PageClient, mira: str
) -> None:
    anna.page(kart(mira))
    (event,) = county.events("kartlaggning:read", case_id=mira)
    assert event.conversation_id and event.staff_id == county.id("Anna")


def test_there_is_no_place_for_a_diagnosis_or_a_score(county: County, mira: str) -> None:
    kept = set(words_of(None, b""))
    assert kept == {
        "informed", "sources", "answers", "focus_areas", "needs", "child_view", "maturity_by",
        "best_interests", "decision", "motive",
    }  # fmt: skip
    columns = {column.name for column in Kartlaggning.__table__.columns}
    assert columns == {"id", "case_id", "content", "round", "begun_by", "begun_at"}


def test_the_questions_stand_in_the_agreements_file() -> None:
    text = AGREEMENT.read_text("utf-8")
    assert [text.index(question) for question in FIVE] == sorted(map(text.index, FIVE))


def kart(case_id: str) -> str:
    return f"/case/{case_id}/kartlaggning"


def inform(client: PageClient, case_id: str, text: str = "De fick veta i telefon.") -> Any:
    return write(client, case_id, "informed", informed="yes", informed_text=text, step="1")


def write(client: PageClient, case_id: str, part: str, **fields: Any) -> Any:
    """Press a button of the page."""
    address = f"{kart(case_id)}/{part}"
    page = client.page(kart(case_id))
    assert page.find("button", formaction=address), address
    (form,) = (form for form in page.forms if form["action"] == kart(case_id))
    return client.post(address, data={**form["fields"], **fields})


def write_raw(client: PageClient, case_id: str, part: str, **fields: Any) -> Any:
    """To an address whose button is not offered."""
    token = client.page("/welcome").forms[0]["fields"]
    return client.post(f"{kart(case_id)}/{part}", data={**token, **fields})


def act(county: County, client: PageClient, case_id: str, question: str, **other: Any) -> Any:
    fields = {
        "what": "Möta Mira på morgonen.", "area": "trygghet", "staff": county.id("Mona"),
        "due_on": "2026-12-01", **other,
    }  # fmt: skip
    numbered = {f"{name}-{question}": said for name, said in fields.items()}
    return write(client, case_id, f"action/{question}", **numbered)


def name(client: PageClient, case_id: str, **other: Any) -> Any:
    fields = {"areas": ["hemmet"], "why": "De kan stödja hela familjen.", **other}
    return write(client, case_id, "recipient", **fields)


def analysing(county: County, client: PageClient, case_id: str) -> None:
    inform(client, case_id)
    write(client, case_id, "sources", step="1", **SOURCES)
    assert state(county, case_id) is CaseState.ANALYSING


def decided(county: County, client: PageClient, case_id: str, **other: Any) -> None:
    analysing(county, client, case_id)
    page = client.page(kart(case_id))
    cited = page.find("input", name="evidence-2")[0]["value"]
    write(client, case_id, "questions", **ANSWERS, **{"evidence-2": cited})
    write(client, case_id, "needs", **NEEDS)
    write(client, case_id, "decision", step="1", **{**DECISION, **other})
    assert state(county, case_id) is CaseState.DECIDED


def try_without(
    county: County, client: PageClient, case_id: str, guard: str, step: str
) -> tuple[Any, str]:
    """Go as far as the guard's step with only that missing. The answer, and words that are kept."""
    if guard == "guardians_informed":
        return inform(client, case_id, text=" "), "Innan ni börjar"
    inform(client, case_id)
    if guard == "four_sources":
        fields = {**SOURCES, "missing-guardian": ""}
        return write(client, case_id, "sources", step="1", **fields), SOURCES["source-own_unit"]
    if guard == "child_heard":
        silence(county, case_id)
        return write(client, case_id, "sources", step="1", **SOURCES), SOURCES["source-own_unit"]
    write(client, case_id, "sources", step="1", **SOURCES)
    lacks = {
        "five_questions": {"answer-4": ""},
        "focus_areas": {"focus": []},
        "needs_in_plain_words": {"need-hemmet": " "},
        "child_view_weighed": {"maturity_by": ""},
        "best_interests": {"best_interests": "Bäst."},
        "decision_made": {"decision": "something_else"},
        "help_decided": {"decision": "no_further_action"},
    }.get(guard, {})
    write(client, case_id, "questions", **{**ANSWERS, **lacks})
    write(client, case_id, "needs", **{**NEEDS, **lacks})
    answer = write(client, case_id, "decision", step="1", **{**DECISION, **lacks})
    if guard == "own_action":
        answer = write(client, case_id, "follow-up", follow_up_on="2026-12-18", step="1")
    if step == "start_own_support" and guard == "help_decided":
        answer = write(client, case_id, "follow-up", follow_up_on="2026-12-18", step="1")
    if step == "ask_consent":
        answer = write(client, case_id, "step/ask_consent")
    if guard == "no_action_decided":
        answer = write(client, case_id, "step/take_no_action")
    return answer, DECISION["motive"]


def silence(county: County, case_id: str) -> None:
    """The child's only conversation goes to another case of hers, so that nothing is heard here."""

    def take() -> None:
        case = db.session.get_one(Case, case_id)
        other, _ = others
        for conversation in case.conversations:
            conversation.case_id = other

    others = county.receive(county.make_record(alias="Leo"))
    county.change(take)


def state(county: County, case_id: str) -> CaseState:
    with county.hub.app_context():
        return db.session.get_one(Case, case_id).state
