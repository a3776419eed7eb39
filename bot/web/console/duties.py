"""What waits for somebody on 今天, by role: lists in their order, each an address of the inbox that shows it whole."""

from __future__ import annotations

from dataclasses import dataclass

from bot.casework.moves import lanes_of
from bot.domain.lifecycle import Move
from bot.domain.people import Role, Staff


@dataclass(frozen=True)
class Duty:
    """One list: its title, what it holds, and the filters that show it."""

    title: str
    about: str
    query: str


_LED = Duty("我的包案", "由您包案、还没办结的", "mine=1&order=due")
_DUE = Duty("到期和超期", "快到期、已经超期的", "due=pressing&order=due")
_APPROVE = Duty("等着审核", "同事起草、可以由您审核的答复", "state=to_approve&order=due")
_DELIVER = Duty("等着送达", "审核通过、要当面或者用电话、信件告知的", "state=approved&order=due")
_OWN_DELIVER = Duty(_DELIVER.title, _DELIVER.about, "state=approved&mine=1&order=due")
_HEARD_DELIVER = Duty(_DELIVER.title, _DELIVER.about, "state=approved&stage=higher&mine=1&order=due")
_CONCLUDE = Duty("等着办结", "答复已经送达，还没有办结、请群众评价的", "state=delivered&order=due")
_OWN_CONCLUDE = Duty(_CONCLUDE.title, _CONCLUDE.about, "state=delivered&mine=1&order=due")
_HEARD_CONCLUDE = Duty(
    _CONCLUDE.title, "复查、复核意见已经送达，还没有办结的", "state=delivered&stage=higher&mine=1&order=due"
)
_BOUNCED = Duty("多次退回", "多次被退回、还没办结的", "bounced=1&order=due")
_URGENT = Duty("特急和紧急", "还没受理的", "state=unaccepted&urgency=urgent&stage=first&order=urgent")
_ROUTE = Duty("等着派单", "新登记、退回、有异议的，紧急的在前", "state=waiting&stage=first&order=urgent")
_SIGN = Duty("等着签收和受理", "刚派到本单位的", "state=with_organ&mine=1&order=due")
_MINE = Duty("我的", "由您承办、还没办结的", "officer=mine&order=due")
_UNHELD = Duty("本单位未分", "由本单位主办、还没有承办人的", "mine=1&officer=none&order=due")
_OPINION = Duty("等着协办意见", "请本单位协办、还没有提意见的", "opinion=owed&order=due")
_HEAR = Duty("等着受理", "新收到的复查、复核申请", "state=registered&stage=higher&mine=1&order=due")
_REVIEW = Duty("正在办理", "已经受理的复查、复核", "state=at_work&stage=higher&mine=1&order=due")

_DESK = (_URGENT, _ROUTE, _DUE, _APPROVE, _DELIVER, _CONCLUDE, _BOUNCED)
_BY_ROLE = {
    Role.CASE_OFFICER: (_MINE, _UNHELD, _SIGN, _OPINION, _DUE, _APPROVE, _OWN_DELIVER, _OWN_CONCLUDE),
    Role.REVIEWER: (_HEAR, _DUE, _REVIEW, _APPROVE, _HEARD_DELIVER, _HEARD_CONCLUDE),
    Role.LEADER: (_LED, _DUE, _APPROVE, _BOUNCED),
    Role.CAMPAIGN_OWNER: (_ROUTE, _DUE),
    Role.AUDITOR: (_DUE, _ROUTE, _BOUNCED),
}


def duties_of(me: Staff) -> tuple[Duty, ...]:
    """The lists of somebody's day; replies to approve only for who approves any."""
    found = _BY_ROLE.get(me.role, _DESK)
    return found if lanes_of(me, Move.APPROVE) else tuple(one for one in found if one is not _APPROVE)
