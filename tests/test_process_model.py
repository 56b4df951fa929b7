"""The agreement's process under any order of events: nothing is shared, started or ended too soon.

Noise: another family of the same unit, which never moves.
"""

from __future__ import annotations

import pytest
from county import Clock, County
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from plan_steps import record_with_wish
from soak import SOAK
from story import WAYS, Story

from kid_wheel.process import MOVES


@pytest.mark.any_database  # the story below asks each database all that these do
def test_no_path_shares_without_consent_plans_without_follow_up_or_ends_without_an_answer(
    county: County, time: Clock
) -> None:
    county.receive(county.make_record(alias="Leo"))
    Story.county, Story.time, Story.record = county, time, record_with_wish(county)
    run_state_machine_as_test(
        Story,
        settings=settings(
            max_examples=SOAK or 40,
            stateful_step_count=60 if SOAK else 30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_story_can_be_told_to_its_end_again_and_again(county: County, time: Clock) -> None:
    """What the model writes is enough for every step: else it would prove nothing."""
    county.receive(county.make_record(alias="Leo"))
    Story.county, Story.time, Story.record = county, time, record_with_wish(county)
    story = Story()
    first, *others = WAYS
    try:
        for key in (*first, *(key for way in others for key in way[1:])):
            story.go(key)
            story.the_state_is_where_the_last_event_says()
            story.a_plan_and_a_support_have_a_day_to_follow_up()
        assert set(MOVES) - set(story.taken) == {"accept_signal", "void"}
    finally:
        story.teardown()
