"""文书 over HTTP: who may make one, what is written down about it, what the page offers."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import unquote

import docx
import pytest_asyncio

from bot.domain.people import Role, Sight
from bot.domain.reading import CaseKind
from tests.browser.console_app import Office, running_office
from tests.browser.visitor import Visitor


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with running_office(tmp_path) as running:
        await running.staff("clerk", Role.INTAKE_CLERK, name="王受理")
        await running.staff("officer", Role.CASE_OFFICER, "zhujian", name="李承办")
        await running.staff("other", Role.CASE_OFFICER, "jiaotong", name="外单位")
        yield running


async def file(visitor: Visitor, path: str, **form: str) -> tuple[int, bytes, dict[str, str]]:
    async with visitor.session.post(path, data={"csrf": visitor.csrf, **form}, allow_redirects=False) as response:
        return response.status, await response.read(), dict(response.headers)


async def accepted(office: Office, visitor: Visitor) -> str:
    case = await office.file(title="小区暖气不热 13812345678")
    path = f"/console/cases/{case.case_no}"
    await visitor.sign_in("clerk")
    assert (await visitor.post(f"{path}/assign", version=str(case.version), organ="zhujian"))[0] == 303
    await visitor.sign_in("officer")
    for version, deed in enumerate(("acknowledge", "accept"), start=case.version + 1):
        assert (await visitor.post(f"{path}/{deed}", version=str(version)))[0] == 303
    return path


async def test_a_notice_is_a_file_with_its_name_and_the_number_masked(office, visitor):
    path = await accepted(office, visitor)
    status, body, headers = await file(visitor, f"{path}/documents/acceptance/docx", name="张某某")
    assert status == 200 and headers["Content-Type"].endswith("wordprocessingml.document")
    assert "信访事项受理告知书-信受〔" in unquote(headers["Content-Disposition"])
    said = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(body)).paragraphs)
    assert "张某某：" in said and "138****5678" in said and "13812345678" not in said
    status, body, headers = await file(visitor, f"{path}/documents/acceptance/pdf")
    assert status == 200 and body.startswith(b"%PDF") and headers["Cache-Control"] == "no-store"


async def test_an_assisting_organ_sees_the_case_and_makes_no_documents_of_it(office, visitor):
    path = await accepted(office, visitor)
    async with office.database.write() as uow:
        case = await uow.cases.get(path.rpartition("/")[2], Sight(everything_else=True))
        await uow.cases.set_assisting(case, ["jiaotong"])
    await visitor.sign_in("other")
    status, page, _ = await visitor.get(path)
    assert status == 200 and "/documents/" not in page
    status, body, _ = await file(visitor, f"{path}/documents/acceptance/docx")
    assert status == 409 and "主办单位" in body.decode()
    await visitor.sign_in("officer")
    assert "/documents/acceptance/docx" in (await visitor.get(path))[1]


async def test_a_number_is_shown_in_full_for_a_reason_that_is_written_down(office, visitor):
    path = await accepted(office, visitor)
    for reason, wanted in (("电", 400), ("送达文书 13812345678", 400), ("送达文书", 200)):
        status, body, _ = await file(visitor, f"{path}/documents/acceptance/docx", reason=reason)
        assert status == wanted
    said = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(body)).paragraphs)
    assert "13812345678" in said
    async with office.database.read() as uow:
        told = [row.entry async for row in uow.audit.rows() if row.entry.action in ("phone.revealed", "document.made")]
    assert [entry.action for entry in told] == ["phone.revealed", "document.made"]
    assert told[0].details == {"reason": "送达文书"}


async def test_who_made_which_stands_in_the_history_and_in_the_audit_but_not_for_whom(office, visitor):
    path = await accepted(office, visitor)
    await file(visitor, f"{path}/documents/acceptance/docx", name="张某某")
    page = (await visitor.get(path))[1]
    assert "出具文书" in page and "张某某" not in page
    async with office.database.read() as uow:
        last = [row async for row in uow.audit.rows()][-1].entry
    assert last.action == "document.made" and last.details["document"] == "acceptance"
    assert "张某某" not in str(last)


async def test_the_page_offers_what_the_case_makes_true(office, visitor):
    path = await accepted(office, visitor)
    page = (await visitor.get(path))[1]
    assert f"{path}/documents/acceptance/pdf" in page and "documents/opinion" not in page
    status, body, _ = await file(visitor, f"{path}/documents/opinion/pdf")
    assert status == 409 and "还不能出具《信访事项处理意见书》" in body.decode()
    assert (await file(visitor, f"{path}/documents/nonsense/pdf"))[0] == 404


async def test_anothers_case_and_one_that_is_not_there_are_the_same_and_nothing_is_written_down(office, visitor):
    path = await accepted(office, visitor)
    async with office.database.read() as uow:
        before = (await uow.audit.head()).count
    await visitor.sign_in("other")
    own = await file(visitor, f"{path}/documents/acceptance/docx")
    none = await file(visitor, "/console/cases/20200101-00001/documents/acceptance/docx")
    assert own[:2] == none[:2] and own[0] == 404
    async with office.database.read() as uow:
        made = [row async for row in uow.audit.rows(before) if row.entry.action == "document.made"]
    assert made == []


async def test_an_accusation_brings_forth_no_document(office, visitor):
    await office.staff("discipline", Role.DISCIPLINARY)
    case = await office.file(title="某人收钱", kind=CaseKind.ACCUSATION)
    await visitor.sign_in("discipline")
    path = f"/console/cases/{case.case_no}"
    assert (await visitor.post(f"{path}/accept", version=str(case.version)))[0] == 303
    assert "<h2>文书</h2>" not in (await visitor.get(path))[1]
    assert (await file(visitor, f"{path}/documents/acceptance/docx"))[0] == 404
