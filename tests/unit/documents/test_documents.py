"""Documents: which a case makes true, what they say, and that the files hold it."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import docx
import pypdfium2
import pytest

from bot.documents import Letter, as_docx, as_pdf, available, letter
from bot.documents.forms import _form, forms
from bot.documents.pdf import broken
from bot.domain.case import Case, CaseEvent
from bot.domain.errors import BadInput, NotFound, WrongState
from bot.domain.lifecycle import CaseState, Lane, Stage
from bot.domain.reading import CaseKind, Topic, Urgency
from bot.procedure import deadlines_in
from bot.rules import deadlines
from bot.rules.deadlines import clock_rules

AT = datetime(2026, 11, 27, 2, tzinfo=timezone.utc)


def case(kind: CaseKind = CaseKind.CLAIM, stage: Stage = Stage.FIRST, **given) -> Case:
    facts = {
        "id": 1, "case_no": "20261127-00012", "petition_id": 1, "conversation_id": None, "kind": kind,
        "topic": Topic("0102", "城乡建设"), "urgency": Urgency.NORMAL, "place": "东胜区", "title": "小区暖气不热",
        "text": "暖气不热", "phones": ("13812345678",), "people": None, "anonymous": False,
        "state": CaseState.ACCEPTED, "organ": "zhujian", "understood": {}, "version": 1, "filed_at": AT,
        "updated_at": AT, "stage": stage,
    }  # fmt: skip
    return Case(**{**facts, **given})


def line(number: int, type: str, **data) -> CaseEvent:
    return CaseEvent(number, 1, AT, "staff:1", f"case.{type}", data, False)


REGISTERED = line(1, "registered", clock=[{"type": "registered", "facts": {"kind": "claim"}}])
ACCEPTED = line(3, "accepted", clock=[{"type": "accepted", "facts": {"kind": "claim"}}])
DRAFTED = line(4, "drafted", text="经查，循环泵已经更换。\n室温稳定在20℃以上。")
APPROVED = line(5, "approved")
ASSIGNED = line(2, "assigned", organ="zhujian")


def made(code: str, *history: CaseEvent, of: Case | None = None, **given) -> Letter:
    return letter(code, of or case(), history, deadlines_in, lambda said: said, **given)


def waiting(**given) -> Case:
    """A case whose draft waits for a second person."""
    return case(state=CaseState.DRAFTED, **given)


def offered(*history: CaseEvent, of: Case | None = None) -> dict[str, bool]:
    return {form.code: draft for form, draft in available(of or case(), history)}


def test_a_case_brings_forth_only_what_has_happened():
    assert offered(REGISTERED) == {}
    assert offered(REGISTERED, ACCEPTED) == {"acceptance": False, "receipt": False}
    with pytest.raises(WrongState, match="《信访事项处理意见书》.*“送达、审核通过、直接答复”"):
        made("opinion", REGISTERED, ACCEPTED)
    with pytest.raises(NotFound):
        made("review_opinion", REGISTERED, ACCEPTED)


def test_a_reply_is_a_draft_until_somebody_approved_it():
    assert offered(REGISTERED, ACCEPTED, DRAFTED, of=waiting())["opinion"] is True
    assert made("opinion", REGISTERED, ACCEPTED, DRAFTED, of=waiting()).draft
    approved = made("opinion", REGISTERED, ACCEPTED, DRAFTED, APPROVED)
    assert not approved.draft and "草稿" not in approved.file_name
    assert approved.paragraphs[1:3] == ("经查，循环泵已经更换。", "室温稳定在20℃以上。")


def test_a_reopened_case_has_a_draft_again():
    again = line(6, "drafted", text="再次查明。")
    assert made("opinion", ACCEPTED, DRAFTED, APPROVED, again, of=waiting()).draft
    refused = made("opinion", ACCEPTED, DRAFTED, APPROVED, again, line(7, "refused", reason="重写"))
    assert not refused.draft and "经查，循环泵已经更换。" in refused.paragraphs


def test_a_draft_that_was_refused_or_whose_case_was_withdrawn_is_none():
    assert "opinion" not in offered(ACCEPTED, DRAFTED, line(5, "refused"), of=case(state=CaseState.IN_PROCESS))
    assert "opinion" not in offered(ACCEPTED, DRAFTED, line(5, "withdrawn"), of=case(state=CaseState.WITHDRAWN))


def test_the_notice_of_acceptance_names_the_day_by_which_the_case_is_concluded():
    notice = made("acceptance", REGISTERED, ACCEPTED, name=" 张  某某 ")
    assert notice.addressee == "张 某某" and notice.organ == "鄂尔多斯市住房和城乡建设局"
    assert notice.number == "信受〔2026〕20261127-00012号" and notice.date == "2026年11月27日"
    assert "2027年1月26日" in notice.paragraphs[1]


def test_days_are_those_of_the_rules_of_the_day(monkeypatch):
    now = clock_rules()
    shorter = [replace(rule, days=45, since=date(2027, 1, 1)) for rule in now if rule.code == "conclude"]
    monkeypatch.setattr(deadlines, "clock_rules", lambda: (*now, *shorter))
    later = replace(ACCEPTED, at=AT + timedelta(days=60))
    assert "受理之日起60日内" in made("acceptance", REGISTERED, ACCEPTED).paragraphs[1]
    assert "受理之日起45日内" in made("acceptance", REGISTERED, later).paragraphs[1]
    assert deadlines.days_in_force("conclude", date(1999, 1, 1)) == ""


def test_what_a_case_does_not_have_is_not_said():
    extended = line(5, "extended", days=30, reason="需要检测", clock=[{"type": "extension_approved", "days": 30}])
    said = "".join(made("extension", REGISTERED, ACCEPTED, extended).paragraphs)
    assert "延长30日" in said and "2027年2月25日" in said and "答复期限" not in said and "{" not in said


def test_the_petition_office_signs_what_passes_a_case_on():
    notice = made("referral", REGISTERED, ASSIGNED)
    assert notice.organ == "鄂尔多斯市信访局" and "转鄂尔多斯市住房和城乡建设局办理" in notice.paragraphs[0]


def test_a_notice_keeps_the_day_it_named_whatever_came_later():
    extended = line(5, "extended", days=30, reason="需要检测", clock=[{"type": "extension_approved", "days": 30}])
    said = "".join(made("acceptance", REGISTERED, ASSIGNED, ACCEPTED, extended).paragraphs)
    assert "60日内办结，即于2027年1月26日前" in said and "2027年2月25日" not in said


def test_a_notice_is_signed_by_whoever_had_the_case_then():
    elsewhere = [line(5, "recalled", reason="重派"), line(6, "assigned", organ="jiaotong")]
    moved = case(organ="jiaotong")
    assert (
        made("acceptance", REGISTERED, ASSIGNED, ACCEPTED, *elsewhere, of=moved).organ == "鄂尔多斯市住房和城乡建设局"
    )
    asked = made("supplement", REGISTERED, line(1, "supplement_asked", text="照片"), *elsewhere, of=moved)
    assert asked.organ == "鄂尔多斯市信访局"


def test_what_was_done_about_an_accusation_brings_forth_nothing_when_it_is_corrected_into_a_claim():
    crossed = line(4, "corrected", changes={"kind": ["accusation", "claim"]}, clock=[])
    assert offered(REGISTERED, line(2, "assigned", organ="jiwei"), ACCEPTED, crossed) == {}
    renamed = line(4, "corrected", changes={"title": ["路灯", "路灯不亮"]})
    assert "acceptance" in offered(REGISTERED, ASSIGNED, ACCEPTED, renamed)


@pytest.mark.parametrize(
    ("stage", "code", "words"),
    [(Stage.REVIEW, "review_opinion", "复核"), (Stage.RE_REVIEW, "re_review_opinion", "终结")],
)
def test_each_level_has_its_own_opinion(stage, code, words):
    opinion = made(code, DRAFTED, line(5, "delivered"), of=case(stage=stage))
    assert words in opinion.paragraphs[-1]


def test_accusations_bring_forth_nothing():
    assert offered(REGISTERED, ACCEPTED, DRAFTED, APPROVED, of=case(CaseKind.ACCUSATION)) == {}


def test_a_citizens_numbers_are_masked_by_whoever_asks_for_it():
    told = letter(
        "acceptance",
        case(title="暖气 13812345678"),
        [ACCEPTED],
        deadlines_in,
        lambda said: said.replace("1381234", "*"),
    )
    assert "13812345678" not in "".join(told.paragraphs)


def test_every_form_says_something_and_every_lane_but_accusations_has_a_reply():
    assert all(form.body or form.table for form in forms())
    replies = {lane for form in forms() if form.draft for lane in form.lanes}
    assert replies == {Lane.CLAIM, Lane.SUGGESTION, Lane.REVIEW, Lane.RE_REVIEW}


@pytest.mark.parametrize("change", [{"event": "accpted"}, {"body": ["{nmae}"]}])
def test_a_mistake_in_the_file_is_named(change):
    entry = {"code": "x", "name": "某书", "number": "某", "lanes": ["claim"], "event": "accepted", "body": []}
    with pytest.raises(BadInput, match="x: .*(accpted|nmae)"):
        _form({**entry, **change})


SHORT = "根据《信访工作条例》第三十一条，" * 12
LONG = "根据《信访工作条例》第三十一条，" * 60


def a_letter(**given) -> Letter:
    facts = {
        "code": "opinion", "name": "信访事项处理意见书", "number": "信处〔2026〕1号", "organ": "市住房和城乡建设局",
        "addressee": "张某某", "paragraphs": ("经查属实。", LONG), "table": (), "on": date(2026, 11, 27), "draft": True,
    }  # fmt: skip
    return Letter(**{**facts, **given})


def test_the_word_file_holds_the_words_in_the_official_layout():
    document = docx.Document(io.BytesIO(as_docx(a_letter())))
    said = [paragraph.text for paragraph in document.paragraphs]
    assert said[:3] == ["市住房和城乡建设局", "信访事项处理意见书", "信处〔2026〕1号"]
    assert LONG in said and said[-1] == "2026年11月27日"
    section = document.sections[0]
    assert section.header.paragraphs[0].text.startswith("（草稿") and "PAGE" in section.footer._element.xml
    assert document.core_properties.title == "信访事项处理意见书" and document.core_properties.created.year == 2026
    assert (round(section.page_width.mm), round(section.top_margin.mm), round(section.left_margin.mm)) == (210, 37, 28)


def test_the_pdf_holds_the_words_its_font_and_as_many_pages_as_it_needs():
    written = as_pdf(a_letter(paragraphs=("经查属实。", SHORT)))
    said = words_in(written)
    assert "经查属实。" in said and SHORT in said and "2026年11月27日" in said
    assert len(pypdfium2.PdfDocument(as_pdf(a_letter()))) == 3  # 960 characters, 22 lines a page
    assert b"/FontFile3" in written or b"/FontFile2" in written


@pytest.mark.parametrize("lines", range(12, 26))
def test_the_signature_never_stands_on_a_page_alone(lines):
    pages = list(pypdfium2.PdfDocument(as_pdf(a_letter(paragraphs=("经查属实。",) * lines))))
    last = "".join(pages[-1].get_textpage().get_text_range().split())
    assert "经查属实。" in last and "市住房和城乡建设局（盖章）" in last and f"—{len(pages)}—" in last
    assert all("（草稿" in page.get_textpage().get_text_range() for page in pages)


def test_signs_no_file_can_hold_are_left_out_and_unknown_ones_are_seen():
    told = made("acceptance", REGISTERED, ASSIGNED, ACCEPTED, of=case(title="暖气\x01不\ud800热😀"), name="张\x02三")
    assert "“暖气不热😀”" in told.paragraphs[0] and told.addressee == "张三"
    assert "暖气不热😀" in docx.Document(io.BytesIO(as_docx(told))).paragraphs[5].text
    assert "暖气不热〓" in words_in(as_pdf(told))


def words_in(pdf: bytes) -> str:
    """As a viewer that knows no Chinese font searches them."""
    pages = pypdfium2.PdfDocument(pdf)
    return "".join("".join(page.get_textpage().get_text_range().split()) for page in pages)


def test_a_receipt_is_a_table_in_both():
    receipt = made("receipt", REGISTERED, ACCEPTED)
    assert ("送达文书", "《信访事项受理告知书》") in receipt.table
    table = docx.Document(io.BytesIO(as_docx(receipt))).tables[0]
    assert [round(column.width.mm) for column in table.columns] == [48, 108]
    assert [cell.text for cell in table.rows[1].cells] == ["送达文书", "《信访事项受理告知书》"]
    assert "信访事项受理告知书" in words_in(as_pdf(receipt))


def test_lines_break_as_chinese_does():
    lines = broken("这是，《条例》室温20℃以上。" * 3, 7, lambda said: float(len(said)))
    assert "".join(lines) == "这是，《条例》室温20℃以上。" * 3
    assert not any(one.startswith(("，", "》", "。")) or one.endswith("《") for one in lines)
    assert all("20℃" in one for one in lines if "20" in one)
