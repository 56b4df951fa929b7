"""The process is written down once: every step has a guard that exists and a sentence behind it."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

from kid_wheel.case import CaseState
from kid_wheel.process import GUARDS, MOVES, aside, drawing
from kid_wheel.views.stopped import reasons

README = Path(__file__).parent.parent / "README.md"
NAMED = {guard for step in MOVES.values() for guard in step.guards}


def test_every_guard_that_a_step_names_exists_and_none_is_idle() -> None:
    assert set(GUARDS) == NAMED


def test_every_guard_says_what_to_do_and_which_sentence_of_the_agreement_asks_for_it(
    hub: Flask,
) -> None:
    with hub.test_request_context():
        for reason in reasons(sorted(NAMED)):
            assert reason.missing and reason.because, reason.guard


def test_every_state_is_reached_and_only_a_mistake_is_a_dead_end() -> None:
    reached = {step.target for step in MOVES.values()}
    assert set(CaseState) - reached == {CaseState.CONVERSATION, CaseState.SIGNAL_SENT}
    left = {source for step in MOVES.values() for source in step.sources}
    assert set(CaseState) - left == {CaseState.VOID}


def test_the_readme_draws_the_process_from_the_code() -> None:
    (drawn,) = re.findall(r"```mermaid\n(.*?)\n```", README.read_text("utf-8"), re.DOTALL)
    assert drawn == drawing()


def test_the_readme_lists_from_the_code_what_can_be_done_from_almost_anywhere() -> None:
    (listed,) = re.findall(r"\n(\| aside \|.*?)\n\n", README.read_text("utf-8"), re.DOTALL)
    assert listed == aside()
    for key in ("refer", "void"):
        assert f"`{key}`" in listed and f": {key}" not in drawing()
