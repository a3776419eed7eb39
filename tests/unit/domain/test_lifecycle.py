"""The lifecycle's table: sixty courses written down by hand are permitted, and every state × move × role is judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from itertools import product

import pytest

from bot.domain.deadlines import Standing, due
from bot.domain.errors import (
    MoveRefused,
    NeedMissing,
    NotFound,
    SecondPerson,
    WindowClosed,
    WrongOrgan,
    WrongRole,
    WrongState,
)
from bot.domain.lifecycle import (
    MOVE_NAMES,
    PAST,
    STATE_NAMES,
    Actor,
    CaseState,
    Lane,
    Move,
    Need,
    rows,
    table,
)
from bot.domain.permission import Opinion, Request, Situation, advance, decide, feasible, may_see, opinions_owed
from bot.rules import texts
from bot.rules.deadlines import clock_rules, work_calendar
from bot.rules.figures import figures

START = datetime(2026, 3, 2, 1, 0, tzinfo=timezone.utc)
GIVEN = {
    "reason": "理由", "text": "内容", "organ": "zhujian", "route": "去法院", "days": 30, "stars": 5, "link": "20260101-00001",
    "leader": 9, "outcome": "upheld", "officer": 7, "on": date(2026, 3, 20),
}  # fmt: skip
FIGURES = figures(START.date())
ANYBODY_EXTENDS = replace(FIGURES, extension_by=("head", "supervisor"))
M, A = Move, Actor
SHORT = {
    "P": A.PETITIONER, "S": A.SYSTEM, "C": A.INTAKE_CLERK, "O": A.CASE_OFFICER, "R": A.REVIEWER, "V": A.SUPERVISOR,
    "L": A.LEADER, "D": A.DISCIPLINARY, "A": A.CASE_OFFICER,
}  # fmt: skip


class Course:
    """A case walked along by hand. A step is `who:move`, `+30d` lets days pass, a second hand is `O2:move`.

    `A` is an officer of the organ that assists.
    """

    def __init__(self, lane: Lane, way: str = "") -> None:
        facts = {"kind": lane.value, "source": "web", "way": way, "track": "simple"}
        disciplinary = frozenset({"jijian", "zhujian"}) if lane is Lane.ACCUSATION else frozenset()
        self.situation = Situation(lane, disciplinary=disciplinary, facts=facts)
        self.events = []
        self.at = START

    def step(self, step: str, **given):
        if step.startswith("+"):
            self.at += timedelta(days=int(step[1:-1]))
            return None
        who, _, move = step.partition(":")
        self.at += timedelta(minutes=1)
        organ = "jiaoyu" if who == "A" else self.situation.organ
        somebody_else = {"officer": 8} if move == "hand_to" else {}
        fields = {**GIVEN, **somebody_else, **given, "of_organ": organ}
        request = Request(Move(move), SHORT[who[0]], f"staff:{who}", self.at, **fields)
        decision = decide(self.situation, request, FIGURES, due(self.events, work_calendar(), clock_rules()))
        self.events += decision.writes
        self.situation = advance(self.situation, request, decision)
        return decision

    def walk(self, steps: str):
        for step in steps.split():
            self.step(step)
        return self.situation


REG = "S:register"
OUT = f"{REG} C:assign O:acknowledge O:accept O:process"
REPLY = "O:draft O2:approve S:deliver"
SEQUENCES = [
    # 申诉求决
    (Lane.CLAIM, "", f"{OUT} {REPLY} O:conclude", "concluded"),
    (Lane.CLAIM, "", f"{REG} C:transfer O:accept O:process {REPLY} S:conclude P:rate", "concluded"),
    (Lane.CLAIM, "", f"{REG} C:transfer V:assign O:accept O:process", "in_process"),
    (Lane.CLAIM, "", "C:register V:assign O:accept O:process O:draft L:approve C:deliver C:conclude", "concluded"),
    (Lane.CLAIM, "", f"{REG} C:ask_supplement P:supplement C:assign O:accept", "accepted"),
    (Lane.CLAIM, "", f"{REG} C:ask_supplement +16d C:let_lapse C:assign", "assigned"),
    (Lane.CLAIM, "", f"{REG} C:ask_supplement +16d S:let_lapse C:assign", "assigned"),
    (Lane.CLAIM, "", f"{REG} C:assign O:ask_supplement C:supplement O:accept", "accepted"),
    (Lane.CLAIM, "", f"{REG} P:supplement C:assign P:supplement O:accept P:supplement", "accepted"),
    (Lane.CLAIM, "", f"{REG} C:decline", "declined"),
    (Lane.CLAIM, "", f"{REG} C:assign O:decline S:archive", "archived"),
    (Lane.CLAIM, "", f"{REG} C:divert", "diverted"),
    (Lane.CLAIM, "", f"{REG} C:assign O:acknowledge O:divert C:archive", "archived"),
    (Lane.CLAIM, "", f"{REG} C:assign O:object C:send_back C:assign O:accept", "accepted"),
    (Lane.CLAIM, "", f"{REG} C:assign O:object V:keep O:accept", "accepted"),
    (Lane.CLAIM, "", f"{REG} C:assign O:object L:designate O:accept", "accepted"),
    (Lane.CLAIM, "", f"{REG} C:transfer O:object C:send_back V:transfer O:object V:send_back C:decline", "declined"),
    (Lane.CLAIM, "", f"{REG} C:assign C:recall C:assign O:accept", "accepted"),
    (Lane.CLAIM, "", f"{OUT} V:recall C:divert", "diverted"),
    (Lane.CLAIM, "", f"{REG} C:assign C:add_assisting:2 O:accept", "accepted"),
    (Lane.CLAIM, "", f"{REG} V:appoint_leader C:assign O:accept", "accepted"),
    (Lane.CLAIM, "", f"{REG} C:assign O:take_on O:take_on:no V:hand_to O:hand_to:no O:accept", "accepted"),
    (Lane.CLAIM, "", f"{REG} C:assign C:add_assisting:2 A:give_opinion O:ask_opinion:2 A:give_opinion A:give_opinion:no", "assigned"),
    (Lane.CLAIM, "", f"{OUT} L:appoint_leader O:investigate O:mediate {REPLY}", "delivered"),
    (Lane.CLAIM, "", f"{OUT} O:open_hearing O:close_hearing {REPLY}", "delivered"),
    (Lane.CLAIM, "", f"{OUT} O:ask_extension L:approve_extension {REPLY}", "delivered"),
    (Lane.CLAIM, "", f"{OUT} O:ask_extension L:refuse_extension {REPLY}", "delivered"),
    (Lane.CLAIM, "", f"{OUT} O:draft O2:refuse O:draft O2:approve O:deliver", "delivered"),
    (Lane.CLAIM, "", f"{OUT} {REPLY} O:conclude P:rate V:reopen {REPLY} O:conclude P:rate", "concluded"),
    (Lane.CLAIM, "", f"{OUT} {REPLY} O:conclude P:rate C:follow_up", "concluded"),
    (Lane.CLAIM, "", f"{OUT} {REPLY} O:conclude C:follow_up V:reopen", "in_process"),
    (Lane.CLAIM, "", f"{OUT} {REPLY} P:request_review", "delivered"),
    (Lane.CLAIM, "", f"{OUT} {REPLY} O:conclude +20d P:request_review S:conclude:no", "concluded"),
    (Lane.CLAIM, "", f"{OUT} {REPLY} O:conclude C:request_review", "concluded"),
    (Lane.CLAIM, "", f"{OUT} {REPLY} O:conclude +40d S:finalise S:archive", "archived"),
    (Lane.CLAIM, "", f"{OUT} {REPLY} O:conclude +40d C:archive", "archived"),
    (Lane.CLAIM, "", f"{OUT} {REPLY} +40d V:finalise", "finalised"),
    (Lane.CLAIM, "", f"{REG} C:ask_bar V:bar S:archive", "archived"),
    (Lane.CLAIM, "", f"{REG} C:ask_bar V:refuse_bar C:assign", "assigned"),
    (Lane.CLAIM, "", f"{REG} P:withdraw", "withdrawn"),
    (Lane.CLAIM, "", f"{OUT} O:draft P:withdraw S:archive", "archived"),
    (Lane.CLAIM, "", f"{OUT} C:withdraw", "withdrawn"),
    (Lane.CLAIM, "at_once", f"{REG} C:assign O:answer O:conclude P:rate", "concluded"),
    (Lane.CLAIM, "at_once", f"{REG} C:assign O:process O:answer", "delivered"),
    (Lane.CLAIM, "at_once", f"{REG} C:assign O:accept O:process {REPLY}", "delivered"),
    (Lane.CLAIM, "", f"{OUT} O:divert S:archive", "archived"),
    (Lane.CLAIM, "", f"{OUT} {REPLY} P:request_review S:archive:no V:finalise:no S:remand {REPLY} O:conclude", "concluded"),
    (Lane.CLAIM, "", f"{OUT} {REPLY} O:conclude P:request_review +60d S:release C:archive", "archived"),
    # 检举控告: the disciplinary role alone
    (Lane.ACCUSATION, "", f"{REG} D:accept D:process D:draft D2:approve D:deliver D:conclude", "concluded"),
    (Lane.ACCUSATION, "", f"{REG} D:transfer D:acknowledge D:accept D:process D:investigate", "in_process"),
    (Lane.ACCUSATION, "", f"{REG} D:assign D:object D2:send_back D:decline", "declined"),
    (Lane.ACCUSATION, "", f"{REG} D:ask_supplement P:supplement D:accept P:withdraw", "withdrawn"),
    (Lane.ACCUSATION, "", f"{REG} D:name_accused:2 D:decline", "declined"),
    # 建议意见
    (Lane.SUGGESTION, "", f"{REG} C:assign O:accept O:study O:adopt {REPLY} O:conclude P:rate", "concluded"),
    (Lane.SUGGESTION, "", f"{REG} C:transfer O:accept O:study O:leave {REPLY} O:conclude", "concluded"),
    (Lane.SUGGESTION, "", f"{REG} C:assign O:accept O:ask_extension L:approve_extension O:study", "in_process"),
    (Lane.SUGGESTION, "", f"{REG} C:assign O:accept O:study O:draft:no O:adopt_partly O:leave:no {REPLY}", "delivered"),
    (Lane.SUGGESTION, "at_once", f"{REG} C:assign O:answer S:conclude", "concluded"),
    # 咨询表扬
    (Lane.ENQUIRY, "", f"{REG} C:answer C:conclude P:rate", "concluded"),
    (Lane.ENQUIRY, "", f"{REG} C:assign O:answer O:answer O:conclude", "concluded"),
    (Lane.ENQUIRY, "", f"{REG} C:process C:answer", "delivered"),
    (Lane.ENQUIRY, "", f"{REG} C:transfer O:process O:answer S:conclude", "concluded"),
    (Lane.ENQUIRY, "", f"{REG} C:divert", "diverted"),
    # 复查 and 复核
    (Lane.REVIEW, "", f"{REG} R:accept R:process R:investigate R:draft R2:approve S:deliver R:conclude", "concluded"),
    (Lane.REVIEW, "", f"{REG} R:accept R:process R:draft L:approve R:deliver P:request_re_review", "delivered"),
    (Lane.REVIEW, "", f"{REG} R:accept R:process R:draft R2:approve R:deliver +40d S:finalise", "finalised"),
    (Lane.REVIEW, "", f"{REG} R:decline S:archive", "archived"),
    (Lane.RE_REVIEW, "", f"{REG} R:accept R:process R:open_hearing R:close_hearing R:draft R2:approve R:deliver R:finalise", "finalised"),
    (Lane.RE_REVIEW, "", f"{REG} R:accept R:process R:mediate R:draft R2:refuse R:draft L:approve S:deliver S:finalise", "finalised"),
    (Lane.RE_REVIEW, "", f"{REG} R:ask_supplement P:supplement R:accept P:withdraw", "withdrawn"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("lane", "way", "steps", "end"), SEQUENCES, ids=[f"{n}-{s[0].value}" for n, s in enumerate(SEQUENCES)]
)
def test_a_legal_course_is_permitted_to_its_end(lane, way, steps, end):
    course = Course(lane, way)
    for step in steps.split():
        if step.endswith(":no"):
            with pytest.raises(MoveRefused):
                course.step(step.removesuffix(":no"))
        elif step.endswith(":2"):
            course.step(step.removesuffix(":2"), organ="jiaoyu")
        else:
            course.step(step)
    assert course.situation.state is CaseState(end)


def test_there_are_sixty_of_them_and_they_use_every_move():
    assert len(SEQUENCES) >= 60
    used = {step.split(":")[1] for *_, steps, _ in SEQUENCES for step in steps.split() if not step.startswith("+")}
    assert {move.value for move in Move} - used == {"drop_assisting"}


@pytest.mark.parametrize(("lane", "state"), list(product(Lane, CaseState)), ids=lambda value: value.value)
def test_every_move_of_every_role_is_permitted_by_a_row_or_refused_with_a_reason(lane, state):
    """With everything given and prepared, what the table names is permitted, all else is refused and changes nothing."""
    settled = {row.seconds for row in table() if row.seconds}
    for move, actor in product(Move, Actor):
        found = [row for row in rows(lane, state, move) if actor in row.by and not row.when]
        prepared = dict.fromkeys(settled - {move}, "staff:first")
        situation = Situation(
            lane, state, organ="minzheng", prepared=prepared, waiting=move is Move.LET_LAPSE,
            hearing=move is Move.CLOSE_HEARING, decided=move is Move.DRAFT, extension_days=30, disciplinary=frozenset({"zhujian"}),
        )  # fmt: skip
        if move is Move.DROP_ASSISTING:
            situation = replace(situation, assisting=frozenset({"zhujian"}))
        if move in (Move.ASK_EXTENSION, Move.ASK_BAR):
            situation = replace(situation, prepared={})
        if move is Move.HAND_TO:
            situation = replace(situation, officer=2)
        if move is Move.ASK_OPINION:
            situation = replace(situation, assisting=frozenset({"zhujian"}))
        if move is Move.GIVE_OPINION:
            asked = {"minzheng": Opinion(START.date())}
            situation = replace(situation, organ="gongan", assisting=frozenset(asked), opinions=asked)
        given = {**GIVEN, "on": None} if lane is Lane.ACCUSATION else GIVEN
        request = Request(move, actor, "staff:2", START, **given, of_organ="minzheng")
        windows = [Window(row.window) for row in found if row.window]
        if found and may_see(lane, actor):
            decision = decide(situation, request, ANYBODY_EXTENDS, windows)
            assert decision.to is (found[0].to or state)
        else:
            with pytest.raises((MoveRefused, NotFound)) as refused:
                decide(situation, request, FIGURES)
            wanted = NotFound if not may_see(lane, actor) else (WrongRole if rows(lane, state, move) else WrongState)
            if not any(row.when for row in rows(lane, state, move)):
                assert refused.type is wanted, (move, actor)


class Window:
    """A clock that is open."""

    def __init__(self, code):
        self.code, self.due_on, self.name = code, None, code

    def usable(self, at):
        return True

    def overdue(self, at):
        return False


def test_everything_in_the_table_has_a_name_and_its_notices_have_words():
    assert set(MOVE_NAMES) == set(PAST) == set(Move) and set(STATE_NAMES) == set(CaseState)
    told = {f"utter_case_{row.tells}" for row in table() if row.tells}
    assert told <= set(texts.responses())
    codes = {rule.code for rule in clock_rules()}
    assert {row.window for row in table() if row.window} | {code for row in table() for code in row.after} <= codes


def test_every_notice_of_a_case_that_goes_on_tells_the_next_date():
    over = {CaseState.DECLINED, CaseState.DIVERTED, CaseState.WITHDRAWN, CaseState.FINALISED, CaseState.BARRED}
    told = {f"utter_case_{row.tells}" for row in table() if row.tells and row.to not in over}
    silent = {name for name in told if "{next}" not in texts.responses()[name]["text"]}
    # A suggestion has no review, and an uncounted hearing stands outside of the time limit.
    assert silent == {"utter_case_answered", "utter_case_hearing_uncounted"}


def test_transferred_to_one_organ_and_assigned_to_another_the_first_owes_nothing_and_the_citizen_is_told():
    course = Course(Lane.CLAIM)
    course.walk(f"{REG} C:transfer +1d")
    decision = course.step("C:assign", organ="jiaoyu")
    assert decision.tells == "assigned"
    course.walk("+1d O:accept O:process O:draft O2:approve S:deliver O:conclude")
    clocks = due(course.events, work_calendar(), clock_rules())
    assert not [one.code for one in clocks if one.organ == "zhujian" and one.standing is Standing.RUNNING]
    assert course.situation.bounced == 0


def test_a_window_that_something_else_closed_is_not_said_to_have_passed():
    course = Course(Lane.CLAIM)
    course.walk(f"{OUT} {REPLY} O:conclude +1d P:request_review")
    with pytest.raises(WindowClosed, match="提前终止"):
        course.step("C:reopen")
    course.walk("+40d")
    with pytest.raises(WindowClosed, match="已过"):
        course.step("C:reopen")


def test_transferred_and_assigned_to_the_same_organ_no_clock_begins_anew_and_nothing_is_told_twice():
    course = Course(Lane.CLAIM)
    course.walk(f"{REG} C:transfer")
    before = {one.code: one.due_on for one in due(course.events, work_calendar(), clock_rules())}
    course.walk("+5d")
    assert course.step("C:assign").tells == ""
    after = {one.code: one.due_on for one in due(course.events, work_calendar(), clock_rules())}
    assert after["acceptance_notice"] == before["acceptance_notice"] and "redispatch" not in after


def test_every_state_can_be_left_but_the_last_one():
    left = {(row.lane, row.state) for row in table()}
    reached = {(row.lane, row.to) for row in table() if row.to}
    assert {state for _, state in reached - left} == {CaseState.ARCHIVED}


@pytest.mark.parametrize("need", list(Need), ids=lambda need: need.value)
def test_what_a_move_needs_is_named_when_it_is_missing(need):
    row = next(row for row in table() if need in row.needs and not row.when)
    situation = Situation(
        row.lane, row.state, organ="minzheng", prepared={row.seconds: "staff:1"} if row.seconds else {}
    )
    situation = replace(situation, decided=row.move is Move.DRAFT)
    given = {**GIVEN, need.value: None if need is Need.ON else type(GIVEN[need.value])()}
    with pytest.raises(NeedMissing) as missing:
        decide(situation, Request(row.move, next(iter(row.by)), "staff:2", START, **given), FIGURES)
    assert missing.value.need == need.value


@pytest.mark.parametrize(
    ("lane", "steps", "refused", "error"),
    [
        (Lane.CLAIM, f"{OUT} O:draft", "O:approve", SecondPerson),
        (Lane.CLAIM, f"{OUT}", "L:approve_extension", SecondPerson),
        (Lane.CLAIM, f"{OUT} O:ask_extension L:approve_extension", "O:ask_extension", WrongState),
        (Lane.CLAIM, f"{OUT} +61d", "O:ask_extension", WindowClosed),
        (Lane.CLAIM, f"{OUT} O:open_hearing", "O:draft", WrongState),
        (Lane.CLAIM, f"{OUT} {REPLY} +45d", "P:request_review", WindowClosed),
        (Lane.CLAIM, f"{OUT} {REPLY} P:request_review", "P:request_review", WindowClosed),
        (Lane.CLAIM, f"{OUT} {REPLY} O:conclude +45d", "V:reopen", WindowClosed),
        (Lane.CLAIM, f"{OUT} {REPLY} O:conclude", "S:finalise", WindowClosed),
        (Lane.CLAIM, f"{OUT} {REPLY} O:conclude P:rate", "P:rate", WrongState),
        (Lane.CLAIM, f"{OUT} {REPLY} P:request_review +60d", "V:finalise", WrongState),
        (Lane.CLAIM, f"{OUT} {REPLY} O:conclude P:request_review +60d", "C:archive", WrongState),
        (Lane.CLAIM, f"{REG} C:ask_supplement P:supplement C:ask_supplement P:supplement", "C:ask_supplement", WrongState),
        (Lane.SUGGESTION, f"{REG} C:assign O:accept O:study", "O:draft", WrongState),
        (Lane.SUGGESTION, f"{REG} C:assign O:accept O:study O:adopt", "O:leave", WrongState),
        (Lane.CLAIM, f"{REG} C:assign +12d", "O:object", WindowClosed),
        (Lane.CLAIM, f"{REG} C:assign O:object", "O:accept", WrongState),
        (Lane.CLAIM, f"{REG} C:assign", "O:answer", WrongState),
        (Lane.CLAIM, f"{REG} C:ask_bar", "C:bar", WrongRole),
        (Lane.CLAIM, f"{REG} V:ask_bar", "V:bar", SecondPerson),
        (Lane.ACCUSATION, REG, "C:assign", NotFound),
        (Lane.ACCUSATION, REG, "O:accept", NotFound),
        (Lane.RE_REVIEW, f"{REG} R:accept R:process R:draft R2:approve R:deliver", "P:request_re_review", WrongState),
    ],
)  # fmt: skip
def test_what_the_rules_forbid_is_refused(lane, steps, refused, error):
    course = Course(lane)
    course.walk(steps)
    with pytest.raises(error):
        course.step(refused)


def test_an_accusation_never_reaches_the_organ_it_is_about():
    course = Course(Lane.ACCUSATION)
    course.walk(REG)
    course.situation = replace(course.situation, accused=frozenset({"zhujian"}))
    with pytest.raises(WrongOrgan):
        course.step("D:assign")
    with pytest.raises(WrongOrgan):
        course.step("D:assign", organ="gongan")


def test_an_organ_that_is_named_as_accused_is_out_of_bounds_from_then_on():
    course = Course(Lane.ACCUSATION)
    course.walk(f"{REG} D:name_accused")
    with pytest.raises(WrongOrgan):
        course.step("D:assign")


def test_a_reviewer_of_one_organ_leaves_the_reviews_of_another_alone():
    course = Course(Lane.REVIEW)
    course.walk(REG)
    course.situation = replace(course.situation, hears="shizhengfu")
    with pytest.raises(WrongOrgan):
        decide(course.situation, Request(M.ACCEPT, A.REVIEWER, "staff:R", course.at, of_organ="dongsheng"), FIGURES)
    assert decide(course.situation, Request(M.ACCEPT, A.REVIEWER, "staff:R", course.at, of_organ="shizhengfu"), FIGURES)
    drafted = replace(course.situation, state=CaseState.DRAFTED, prepared={M.DRAFT: "staff:R"})
    with pytest.raises(WrongOrgan):
        decide(drafted, Request(M.APPROVE, A.LEADER, "staff:L", course.at, of_organ="dongsheng"), FIGURES)
    assert decide(drafted, Request(M.APPROVE, A.LEADER, "staff:L", course.at, of_organ="shizhengfu"), FIGURES)


def test_one_low_answer_of_three_is_enough_for_a_call_back():
    course = Course(Lane.CLAIM)
    course.walk(f"{OUT} {REPLY} O:conclude")
    course.step("P:rate", stars=5, answers=(1, 4, 5))
    assert course.events[-1].type.value == "rated_low"


def test_what_is_low_and_how_often_is_asked_is_what_the_city_says():
    course = Course(Lane.CLAIM)
    course.walk(f"{OUT} {REPLY} O:conclude")
    rating = Request(M.RATE, A.PETITIONER, "petitioner", course.at, stars=3, answers=(3, 3, 3))
    assert decide(course.situation, rating, FIGURES).writes[0].type.value == "rated"
    assert decide(course.situation, rating, replace(FIGURES, low_stars=3)).writes[0].type.value == "rated_low"
    asked = Course(Lane.CLAIM)
    asked.walk(f"{REG} C:ask_supplement P:supplement")
    again = Request(M.ASK_SUPPLEMENT, A.INTAKE_CLERK, "staff:C", asked.at, text="还差一样")
    assert decide(asked.situation, again, FIGURES)
    with pytest.raises(WrongState, match="补充过 1 次"):
        decide(asked.situation, again, replace(FIGURES, asked_often=1))


@pytest.mark.parametrize(
    ("named", "able"),
    [
        (("head",), {"head"}),
        (("in_charge",), {"in_charge"}),
        (("supervisor",), {"supervisor"}),
        (("head", "supervisor"), {"head", "supervisor"}),
    ],
)
def test_an_extension_is_approved_by_whom_the_rules_name_and_of_itself_by_the_head_of_the_organ(named, able):
    """Art. 34: 经本机关、单位负责人批准."""
    assert FIGURES.extension_by == ("head",)
    course = Course(Lane.CLAIM)
    course.walk(f"{OUT} O:ask_extension")
    organ, clocks = course.situation.organ, due(course.events, work_calendar(), clock_rules())
    situation = replace(course.situation, leader=7)
    people = {
        "head": (A.LEADER, "staff:5", organ),
        "in_charge": (A.LEADER, "staff:7", ""),
        "supervisor": (A.SUPERVISOR, "staff:6", ""),
        "elsewhere": (A.LEADER, "staff:8", "gongan"),
        "nowhere": (A.LEADER, "staff:9", ""),
    }
    for who, (actor, person, of_organ) in people.items():
        for move in (M.APPROVE_EXTENSION, M.REFUSE_EXTENSION):
            request = Request(move, actor, person, course.at, of_organ=of_organ, reason="复杂", days=30)
            if who in able:
                assert decide(situation, request, replace(FIGURES, extension_by=named), clocks)
            else:
                with pytest.raises(WrongRole, match="延期由"):
                    decide(situation, request, replace(FIGURES, extension_by=named), clocks)


def test_an_assisting_organ_does_not_move_the_case():
    course = Course(Lane.CLAIM)
    course.walk(f"{REG} C:assign")
    with pytest.raises(WrongOrgan):
        decide(course.situation, Request(M.ACCEPT, A.CASE_OFFICER, "staff:O", course.at, of_organ="jiaoyu"), FIGURES)


def at_work(officer: int = 0) -> Course:
    course = Course(Lane.CLAIM)
    course.walk(OUT)
    course.situation = replace(course.situation, officer=officer)
    return course


def asked(course: Course, move: Move, actor: Actor, of_organ: str, person: str = "staff:3", officer: int = 7, **given):
    return decide(
        course.situation, Request(move, actor, person, course.at, of_organ=of_organ, officer=officer, **given), FIGURES
    )


@pytest.mark.parametrize(
    ("actor", "of_organ", "error"),
    [
        (A.CASE_OFFICER, "zhujian", None),
        (A.CASE_OFFICER, "gongan", WrongOrgan),
        (A.SUPERVISOR, "", WrongRole),
        (A.LEADER, "zhujian", WrongRole),
        (A.INTAKE_CLERK, "", WrongRole),
        (A.REVIEWER, "", WrongRole),
        (A.DISCIPLINARY, "", WrongRole),
    ],
)
def test_an_officer_of_the_organ_that_has_a_case_takes_it_on(actor, of_organ, error):
    course = at_work()
    if error:
        with pytest.raises(error):
            asked(course, M.TAKE_ON, actor, of_organ)
        return
    decision = asked(course, M.TAKE_ON, actor, of_organ)
    assert (decision.to, decision.writes, decision.tells) == (CaseState.IN_PROCESS, (), "")


@pytest.mark.parametrize(
    ("actor", "of_organ", "person", "error"),
    [
        (A.SUPERVISOR, "", "staff:3", None),
        (A.SUPERVISOR, "zhujian", "staff:3", None),
        (A.SUPERVISOR, "gongan", "staff:3", WrongOrgan),
        (A.LEADER, "zhujian", "staff:3", None),
        (A.LEADER, "gongan", "staff:3", WrongOrgan),
        (A.LEADER, "", "staff:3", WrongOrgan),
        (A.CASE_OFFICER, "zhujian", "staff:5", None),
        (A.CASE_OFFICER, "zhujian", "staff:3", WrongRole),
        (A.CASE_OFFICER, "gongan", "staff:5", WrongOrgan),
        (A.INTAKE_CLERK, "", "staff:3", WrongRole),
        (A.REVIEWER, "", "staff:3", WrongRole),
    ],
)
def test_a_case_is_given_to_somebody_by_who_has_it_the_organs_leader_or_a_supervisor(actor, of_organ, person, error):
    course = at_work(officer=5)
    if error:
        with pytest.raises(error):
            asked(course, M.HAND_TO, actor, of_organ, person)
        return
    assert asked(course, M.HAND_TO, actor, of_organ, person).writes == ()


def test_a_case_is_not_given_to_whoever_has_it():
    with pytest.raises(WrongState):
        asked(at_work(officer=7), M.HAND_TO, A.SUPERVISOR, "")


def test_a_review_is_worked_on_by_a_reviewer_of_the_organ_that_hears_it():
    course = Course(Lane.REVIEW)
    course.walk(REG)
    course.situation = replace(course.situation, hears="shizhengfu")
    with pytest.raises(WrongOrgan):
        asked(course, M.TAKE_ON, A.REVIEWER, "dongsheng")
    assert asked(course, M.TAKE_ON, A.REVIEWER, "shizhengfu") and asked(course, M.HAND_TO, A.LEADER, "shizhengfu")


def test_a_districts_disciplinary_organ_deals_out_its_own_accusations_alone():
    course = Course(Lane.ACCUSATION)
    course.walk(f"{REG} D:assign")
    with pytest.raises(WrongOrgan):
        asked(course, M.TAKE_ON, A.DISCIPLINARY, "jijian")
    assert asked(course, M.TAKE_ON, A.DISCIPLINARY, "zhujian") and asked(course, M.HAND_TO, A.DISCIPLINARY, "")
    with pytest.raises(NotFound):
        asked(course, M.TAKE_ON, A.CASE_OFFICER, "zhujian")


def test_an_enquiry_that_the_desk_keeps_has_no_officer():
    course = Course(Lane.ENQUIRY)
    course.walk(f"{REG} C:process")
    for move, actor in ((M.TAKE_ON, A.CASE_OFFICER), (M.HAND_TO, A.SUPERVISOR)):
        with pytest.raises(WrongState):
            asked(course, move, actor, "")


@pytest.mark.parametrize(
    ("steps", "left"),
    [
        ("O:object V:keep", 7),
        ("O:object V:send_back", 0),
        ("V:recall", 0),
        ("O:object L:designate", 7),
        ("O:object L:designate:gongan", 0),
        ("C:ask_supplement P:supplement O:accept", 7),
    ],
)
def test_who_works_on_a_case_stays_behind_when_it_goes_to_another_organ(steps, left):
    course = Course(Lane.CLAIM)
    course.walk(f"{REG} C:assign O:take_on")
    assert course.situation.officer == 7
    for step in steps.split():
        who, move, *organ = step.split(":")
        course.step(f"{who}:{move}", **({"organ": organ[0]} if organ else {}))
    assert course.situation.officer == left


def test_no_clock_knows_who_works_on_a_case():
    course = Course(Lane.CLAIM)
    course.walk(f"{REG} C:assign")
    before = due(course.events, work_calendar(), clock_rules())
    course.walk("+3d O:take_on +2d V:hand_to")
    assert due(course.events, work_calendar(), clock_rules()) == before


def assisted(**given) -> Course:
    course = Course(Lane.CLAIM)
    course.walk(f"{REG} C:assign")
    course.step("C:add_assisting", organ="jiaoyu", **given)
    return course


def opinion_clocks(course: Course):
    return [one for one in due(course.events, work_calendar(), clock_rules()) if one.code == "opinion"]


def test_an_assisting_organ_owes_its_opinion_until_the_day_it_was_asked_for():
    course = assisted()
    (clock,) = opinion_clocks(course)
    assert (clock.organ, clock.due_on, clock.of_case) == ("jiaoyu", date(2026, 3, 20), False)
    assert [(step.level, step.on) for step in clock.steps] == [("remind", date(2026, 3, 21))]
    assert opinions_owed(course.situation) == {"jiaoyu": date(2026, 3, 20)}
    course.walk("+2d A:give_opinion")
    assert course.situation.opinions["jiaoyu"] == Opinion(date(2026, 3, 20), date(2026, 3, 4))
    assert opinions_owed(course.situation) == {} and opinion_clocks(course)[0].steps == ()


def test_an_opinion_of_the_same_day_is_due_on_it():
    course = assisted(on=START.date())
    assert opinion_clocks(course)[0].due_on == START.date()


@pytest.mark.parametrize("on", [date(2026, 3, 1), date(2027, 3, 3), date.max])
def test_the_day_of_an_opinion_is_neither_over_nor_years_away(on):
    with pytest.raises(NeedMissing) as missing:
        assisted(on=on)
    assert missing.value.need == "on"


def test_an_organ_that_is_only_added_owes_nothing_until_it_is_asked():
    course = assisted(on=None)
    assert opinions_owed(course.situation) == {} and opinion_clocks(course) == []
    with pytest.raises(WrongState):
        course.step("A:give_opinion")
    course.step("O:ask_opinion", organ="jiaoyu")
    assert course.step("A:give_opinion").tells == ""


def test_asked_again_for_a_later_day_the_first_one_is_no_longer_owed():
    course = assisted()
    course.step("+1d")
    course.step("O:ask_opinion", organ="jiaoyu", on=date(2026, 4, 1))
    first, second = opinion_clocks(course)
    assert first.standing.value == "ended" and second.due_on == date(2026, 4, 1)


@pytest.mark.parametrize(
    ("actor", "of_organ", "error"),
    [
        (A.CASE_OFFICER, "gongan", WrongOrgan),
        (A.CASE_OFFICER, "zhujian", WrongOrgan),
        (A.LEADER, "jiaoyu", WrongRole),
        (A.SUPERVISOR, "", WrongRole),
        (A.INTAKE_CLERK, "", WrongRole),
    ],
)
def test_nobody_but_an_officer_of_the_assisting_organ_gives_its_opinion(actor, of_organ, error):
    course = assisted()
    assert M.GIVE_OPINION not in {
        row.move for row in feasible(course.situation, wish(course, actor, of_organ), FIGURES, ())
    }
    with pytest.raises(error):
        asked(course, M.GIVE_OPINION, actor, of_organ, text="意见")


def wish(course: Course, actor: Actor, of_organ: str) -> Request:
    return Request(M.REGISTER, actor, "staff:3", course.at, of_organ=of_organ)


def test_the_lead_asks_only_whom_assists_and_another_organ_asks_nobody():
    course = assisted(on=None)
    with pytest.raises(WrongOrgan):
        course.step("O:ask_opinion", organ="gongan")
    with pytest.raises(WrongOrgan):
        asked(course, M.ASK_OPINION, A.CASE_OFFICER, "jiaoyu", organ="jiaoyu", on=date(2026, 3, 20))


@pytest.mark.parametrize(
    "steps",
    [
        "O:accept O:process O:draft O2:approve S:deliver",
        "P:withdraw",
        "O:decline",
        "O:divert",
        "C:drop_assisting:jiaoyu",
        "O:object L:designate:jiaoyu",
    ],
)
def test_nothing_is_owed_beside_once_the_reply_is_out_or_the_organ_is_dropped_or_leads_itself(steps):
    course = assisted()
    for step in steps.split():
        who, move, *organ = step.split(":")
        course.step(f"{who}:{move}", **({"organ": organ[0]} if organ else {}))
    assert opinions_owed(course.situation) == {}
    assert [one.standing.value for one in opinion_clocks(course)] == ["ended"]


def test_a_reply_waits_for_no_opinion():
    course = assisted()
    course.walk("O:accept O:process O:draft O2:approve S:deliver O:conclude")
    assert course.situation.opinions == {"jiaoyu": Opinion(date(2026, 3, 20))}, "what is missing stays known"


def test_nobody_is_asked_about_an_accusation():
    course = Course(Lane.ACCUSATION)
    course.walk(f"{REG} D:assign")
    course.situation = replace(course.situation, disciplinary=frozenset({"zhujian", "jiwei"}))
    with pytest.raises(WrongState):
        course.step("D:add_assisting", organ="jiwei")
    assert course.step("D:add_assisting", organ="jiwei", on=None).writes == ()
    assert [row for row in table() if row.lane is Lane.ACCUSATION and row.move in (M.ASK_OPINION, M.GIVE_OPINION)] == []


def test_the_review_window_opens_anew_with_each_delivery_and_never_by_a_remark():
    course = Course(Lane.CLAIM)
    course.walk(f"{OUT} {REPLY} O:conclude +29d V:reopen {REPLY} +29d P:request_review")
    assert course.situation.state is CaseState.DELIVERED
