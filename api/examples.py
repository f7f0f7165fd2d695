"""An example beside every request and answer in the description of the API: figures and words of the sample county.

A field's name means the same everywhere, so its example stands here once; `OF` has those of one model alone. An operation
that answers with text or with stored bytes has its example in `ANSWERS`, and so have fields that one answers otherwise than
others do. A field without any is a mistake of ours.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from types import NoneType
from typing import Any

from fastapi import FastAPI

PAYEE = "00139b3bd2c5176845f70b83632fc70b"
RUN = "2020-2021-1-r1"
RULE_SET = "b6e710a9cf9de01a7ef4f2a4372c19743d10827e89623d0fb1a06b27c5523935"
SNAPSHOT = "fc10d1d4c887c604614084c11875957f7ee9465aad1919f5f980e4b962fa1764"
RECEIPT = "ea0d3b46e6697a85eccf6c490c155d3592c5db67e73e21900ef841d2d4f387c4"
DIGEST = "3b407d8da83ceb56e25c9d22e7e31e4232869b9573fb90f80e2c22f94711b5b4"
MOMENT = "2021-03-01T08:00:00Z"
DAY = "2021-03-02"
ALL, GRANTED, ONE, NOTHING = "4042109.61", "4031198.03", "6082.97", "0.00"
HELD = "10911.58"

TYPES = {str: "string", int: "integer", bool: "boolean", list: "array", dict: "object", NoneType: "null"}

POOL = (
    "本校教师池 254018.78 元，您的权重 517.5，全校 44 行任职，权重之和 21610.3，"
    "应得 6082.9659 元，实得 6082.97 元。"
)
EXPLAINED: Mapping[str, object] = {  # as it is, but cut: of clauses and values below, the first
    "item": "奖励",
    "name": "奖励性绩效工资",
    "table": "任职",
    "row": "覃雪昌 影山镇第一小学 2012-12-26",
    "earned": "2020-2021-1",
    "unit": "影山镇第一小学",
    "funds": ["绩效"],
    "amount": ONE,
    "amount_text": f"{ONE}元",
    "clauses": [{"text": "报告 分校考核方案", "title": "独山县“十三五”教育工作报告"}],
    "root": {
        "number": 1,
        "table": "任职",
        "column": "奖励性绩效",
        "row": "覃雪昌 影山镇第一小学 2012-12-26",
        "value": f"{ONE}元",
        "kind": "分配",
        "formula": "本校组.教师池 × 权重 ÷ 权重合计",
        "substituted": "254018.78元 × 517.5 ÷ 21610.3",
        "conditions": [
            {"kind": "限于", "text": "身份 = 教师 且 在岗月数 > 0", "facts": "身份为教师，在岗月数为6"}
        ],
        "share": {
            "pool": "254018.78元",
            "weight": "517.5",
            "weights": "21610.3",
            "members": 44,
            "due": "≈6082.9659元",
            "cut": "6082.96元",
            "left_over": 22,
            "place": 20,
            "got_one_more": True,
        },
        "sentence": POOL,
        "clauses": [{"text": "报告 分校考核方案", "title": "独山县“十三五”教育工作报告"}],
        "see": 0,
        "children": [
            {
                "number": 2,
                "table": "本校组",
                "column": "教师池",
                "row": "影山镇第一小学、教师",
                "value": "254018.78元",
                "kind": "汇集",
                "formula": "任职月.奖励性额度",
                "conditions": [{"kind": "限于", "text": "身份 = 教师", "facts": "身份为教师"}],
                "below": ["257 行，合计 254018.78元", "其中本人 6 行，合计 5774.70元"],
                "clauses": [{"text": "报告 绩效工资改革", "title": "独山县“十三五”教育工作报告"}],
                "see": 0,
            }
        ],
    },
    "sentences": [
        POOL,
        "绩效标准 2830.75元/月，基础性 66% 为 1868.30元/月，奖励性为余下的 962.45元/月。",
        "学期考核得分 75，在岗 6 个月，班主任系数 1.15，权重 517.5。",
    ],
}

VALUES: Mapping[str, object] = {
    "access_token": "PoT3nW0q6bB4rB1mVxk2kC3s9yQyJm8fLr0dZb7uH1E",
    "account": "****6789",
    "account_before": "****0018",
    "Idempotency-Key": "2021-03-02-pay-1",
    "act": f"payout {RUN}",
    "actor": "wang",
    "added": 3,
    "ages": {"一年以内": GRANTED},
    "amount": ONE,
    "answer": "登记表上是 90 分，附后",
    "answer_by": "2021-03-19",
    "answers": None,
    "asked_by": "wang",
    "attempts": 1,
    "bank": "农信社",
    "bank_before": "农信社",
    "before": "90",
    "brought": NOTHING,
    "bureau": "dushan",
    "cash": GRANTED,
    "cause": "score",
    "cell": "D7",
    "change": 1,
    "changed": 12,
    "clause": "报告 分校考核方案",
    "client_id": "5e2f0c8a7d1b4963a0f5c2e8b7d4a196",
    "client_secret": "6yT1r0q8m3s5u7w9z2b4d6f8h1j3k5n7p9r2t4v6x8A",
    "column": "考核得分",
    "correction": None,
    "corrects": None,
    "day": DAY,
    "deductions": [],
    "detail": "",
    "digest": DIGEST,
    "draft": 1,
    "earned": "2020-2021-1",
    "entitled": ONE,
    "errors": 0,
    "event": "",
    "examples": 19,
    "extends": None,
    "faithful": True,
    "file": "@独山.xlsx",
    "file_name": "独山.xlsx",
    "fingerprint": RULE_SET,
    "first_day": "2021-03-02",
    "format": "result-pipe",
    "fund": "绩效",
    "gone": 1,
    "granted": NOTHING,
    "gross": GRANTED,
    "held": NOTHING,
    "hints": 0,
    "holds": True,
    "import_id": "0d4f6a1be3f14c0e9b7c2f4d5a6b7c8d",
    "in_force_from": "2020-09-01",
    "in_force_to": "2021-08-31",
    "instalment": "100.00",
    "item": "奖励",
    "item_name": "奖励性绩效工资",
    "job_id": "0d4f6a1be3f14c0e9b7c2f4d5a6b7c8d",
    "kept": NOTHING,
    "key": "奖励",
    "last": None,
    "last_day": "2021-03-08",
    "left": NOTHING,
    "limit": None,
    "lines": 695,
    "login": "wang",
    "message": None,
    "missing": {},
    "movement": 3,
    "movements": 2,
    "name": "奖励性绩效工资",
    "net": GRANTED,
    "new": "220元/月",
    "next": None,
    "now": "95",
    "number": 1,
    "old": "200元/月",
    "other": RUN,
    "overtaken": False,
    "owed": NOTHING,
    "paid": ONE,
    "paid_to": "",
    "part": "false",
    "payee": PAYEE,
    "payees": 677,
    "percent": "0.01",
    "period": "2020-2021-1",
    "person": "覃雪昌",
    "put_off": NOTHING,
    "reason": "账号已销户",
    "recoverable": NOTHING,
    "receipt": RECEIPT,
    "reference": "财教〔2021〕1号",
    "remedy": None,
    "roles": ["clerk"],
    "rows": 722,
    "rule_set": RULE_SET,
    "run": RUN,
    "run_id": RUN,
    "scope": "payouts:read",
    "scopes": ["payouts:read"],
    "schemes": [],
    "section": "费率",
    "sender": "wang",
    "sha256": "1d15f1f2c6025947b3816483f5dc68df6380bc1af030e2654c62364112d33e68",
    "since": RULE_SET,
    "snapshot": SNAPSHOT,
    "sound": True,
    "state": "approved",
    "table": "任职",
    "text": "覃雪昌",
    "total": ONE,
    "unit": "X002",
    "until": None,
    "value": "三千",
    "version": "2020.1",
    "words": "考核应为 95 分",
    "working_days": 5,
}
OF: Mapping[str, object] = {
    "AddClient.name": "核算中心",
    "AgreeInstalments.amount": "100.00",
    "AgreeInstalments.reason": "协商分期",
    "ArrearsAnswer.cash": {"绩效": GRANTED},
    "ArrearsLine.entitled": GRANTED,
    "ArrearsLine.owed": GRANTED,
    "ArrearsLine.paid": NOTHING,
    "BookCheck.name": "账：每笔借贷相等",
    "BookCheck.detail": "2 笔借贷相等",
    "AccountChangeAnswer.payees": 1,
    "AccountChangeWithPayees.payees": 1,
    "AccountChangeWithPayees.hints": [],
    "ChangeAnswer.name": "基本津贴",
    "ChangeAnswer.kind": "changed",
    "ChangeAnswer.clause": "方案 津贴",
    "ChangedLine.key": "值",
    "ChangedPayee.name": "覃雪昌",
    "ChangedPayee.number": "****9341",
    "CauseAnswer.title": "本人的数据变了",
    "CauseAnswer.amount": "312.51",
    "ItemAmount.amount": "312.51",
    "PayoutExplanation.items": [EXPLAINED],
    "PayoutChange.before": "5770.46",
    "PayoutChange.before_period": "2019-2020-2",
    "PayoutChange.before_rules": "2020.1",
    "PayoutChange.before_run": "2019-2020-2-r1",
    "PayoutChange.change": "312.51",
    "PayoutChange.now": ONE,
    "PayoutChange.rules": "2020.1",
    "Check.name": "快照：内容与指纹相符",
    "Check.detail": "相符",
    "ClaimAnswer.reasons": [],
    "Deduction.amount": "182.48",
    "DifferingRow.key": ["522***********9341", "2020-09"],
    "Document.text": '名称: 示例县\n版本: "2020.1"\n',
    "Draft.examples": [],
    "DraftAnswer.amount": GRANTED,
    "DraftAnswer.number": 1,
    "Event.state": "approved",
    "Event.detail": RECEIPT,
    "Figures.amount": ALL,
    "Figures.due": ALL,
    "Figures.findings": 9,
    "Figures.held_back": 3,
    "Figures.hints": 9,
    "Figures.not_paid": 13,
    "Figures.held": HELD,
    "Figures.payees": 687,
    "FindingAnswer.check": "得零分",
    "FindingAnswer.clause": "解释 缺考核",
    "FindingAnswer.level": "提示",
    "FindingAnswer.number": 7,
    "FindingAnswer.person": "邓伟",
    "FindingAnswer.row": "邓伟 百泉镇第一中学 1994-03-16",
    "FindingAnswer.sentence": "邓伟 得分为 0，请核对得分表",
    "FindingUnit.name": "百泉镇第一中学",
    "FindingUnit.unit": "C001",
    "FoundFindings.total": 25,
    "FoundProblem.message": "应为数字",
    "FoundProblem.remedy": "请只填数字，如 4200.75，不带单位、空格或其他文字",
    "FoundProblems.total": 1,
    "Fund.amount": GRANTED,
    "Fund.items": [],
    "Fund.reason": "",
    "FundPaid.claims": GRANTED,
    "FundPaid.settled": GRANTED,
    "FundPaid.offset": NOTHING,
    "HeldAnswer.by": "wang",
    "HeldAnswer.reason": "去世，继承人待公证",
    "JobAnswer.book": None,
    "JobAnswer.kind": "replay",
    "JobAnswer.progress": {"done": 4, "total": 4, "words": ""},
    "JobAnswer.state": "done",
    "HoldPayee.reason": "去世，继承人待公证",
    "ImportAnswer.rows": {"学校": 7, "任职": 722},
    "ImportAnswer.unit": "",
    "Me.name": "王经办",
    "Me.unit": None,
    "MovementAnswer.amount": GRANTED,
    "MovementAnswer.kind": "payment",
    "MovementAnswer.number": 2,
    "MovementAnswer.reason": "",
    "NewAccount.account": "6228480000000000018",
    "ObjectionAnswer.state": "rejected",
    "OwnPayout.total": ONE,
    "Pay.fund": None,
    "Pay.payee": None,
    "Pay.reason": "",
    "Pay.rule_set": "",
    "Payee.name": "覃雪昌",
    "Payee.number": "****9341",
    "PayeeWithChanges.name": "覃雪昌",
    "PayeeWithChanges.number": "****9341",
    "ProposeAccounts.reason": "新开户",
    "Publication.reason": "",
    "Publish.answer_by": None,
    "Publish.reason": "",
    "ReleasePayee.reason": "公证书〔2021〕12号",
    "Repay.amount": "485.51",
    "Repay.reference": "收据7",
    "RuleSetAnswer.name": "独山县教师绩效工资与校长职级制",
    "RuleSetEventAnswer.state": "enacted",
    "SentBack.amount": None,
    "SentBack.reason": "多付退回",
    "SnapshotAnswer.fingerprint": SNAPSHOT,
    "SnapshotRows.fingerprint": SNAPSHOT,
    "SnapshotRows.rows": {"学校": 7, "任职": 722},
    "StepAnswer.day": "2021-02-28",
    "StepAnswer.paid": False,
    "StepAnswer.text": f"批次 {RUN} 核定",
    "TableChanges.before": 720,
    "TableChanges.now": 722,
    "Total.amount": "254018.78",
    "Total.lines": 44,
    "Compared.before": "5773.15",
    "Compared.now": "5773.84",
    "Compared.change": "0.69",
    "Compared.percent": "0.01",
    "ComparedPayees.before": 677,
    "ComparedPayees.now": 677,
    "ComparedPayees.more": 44,
    "ComparedPayees.less": 0,
    "ComparedPayees.same": 633,
    "ComparedPayees.new": 0,
    "ComparedPayees.gone": 0,
    "ComparedTotalAnswer.before": "254018.78",
    "ComparedTotalAnswer.now": "254048.78",
    "ComparedTotalAnswer.change": "30.00",
    "ComparedUnit.before": "254018.78",
    "ComparedUnit.now": "254048.78",
    "ComparedUnit.change": "30.00",
    "ComparedUnit.name": "影山镇第一小学",
    "ComparedUnit.payees_before": 44,
    "ComparedUnit.payees_now": 44,
    "Comparison.before": ALL,
    "Comparison.now": "4042139.61",
    "Comparison.change": "30.00",
    "Comparison.percent": "0.00",
    "Comparison.other_period": "2020-2021-1",
    "ComparedTotalAnswer.lines_before": 44,
    "ComparedTotalAnswer.lines_now": 44,
    "BankAnswerTaken.returned": ONE,
    "BankAnswerTaken.accepted": 676,
    "BankAnswerTaken.payment": 1,
    "Withdraw.reason": "漏报一个学校",
    "WithdrawAccounts.reason": "账号抄错",
    "Withdrawn.reason": "漏报一个学校",
}
PAYOUT: Mapping[str, object] = {
    "currency": "CNY",
    "held": "",
    "lines": [
        {
            "amount": ONE,
            "basis": "报告 分校考核方案；解释 教师池；解释 余分；解释 全为零；解释 迟到更正",
            "earned": "2020-2021-1",
            "fund": "绩效",
            "item": "奖励",
            "name": "奖励性绩效工资",
            "unit": "X002",
            "unit_name": "影山镇第一小学",
        }
    ],
    "period": "2020-2021-1",
    "total": ONE,
}
WHO: Mapping[str, object] = {"payee": PAYEE, "kind": "个人", "number": "522726197410089341", "name": "覃雪昌"}
SENT: Mapping[str, object] = {"bank": "农信社", "account": "6228480000000000018", "currency": "CNY"}
SUMS: Mapping[str, object] = {"gross": ONE, "deductions": [], "net": ONE}
CLAIM: Mapping[str, object] = {
    "item": "奖励",
    "unit": "X002",
    "fund": "绩效",
    "earned": "2020-2021-1",
    "event": "",
}


WAITS: Mapping[str, object] = {
    "state": "waiting",
    "attempts": 0,
    "progress": {"done": 0, "total": 0, "words": ""},
    "replay": None,
    "ended_at": None,
}


PROVED: Mapping[str, object] = {
    "id": VALUES["job_id"],
    "kind": "verification",
    "state": "done",
    "asked_by": "auditor",
    "asked_at": MOMENT,
    "attempts": 1,
    "progress": {"done": 3, "total": 3, "words": ""},
    "run": None,
    "replay": None,
    "book": {
        "sound": True,
        "movements": 2,
        "digest": DIGEST,
        "checks": [{"name": "账：每笔借贷相等", "holds": True, "detail": "2 笔借贷相等"}],
    },
    "message": None,
    "remedy": None,
    "ended_at": MOMENT,
}


def _line(found: Mapping[str, object]) -> str:
    return json.dumps(found, ensure_ascii=False) + "\n"


ANSWERS: Mapping[str, Any] = {
    "askReplay": WAITS,
    "askRun": {**WAITS, "kind": "run", "run": None},
    "askVerification": {**WAITS, "kind": "verification", "run": None},
    "listVerifications": {"verifications": [PROVED]},
    "downloadPayouts": (
        "期间,证件号码,姓名,单位代码,项目,金额,资金来源,依据,所属期间,收款人类别\r\n"
        f"2020-2021-1,522726197410089341,覃雪昌,X002,奖励性绩效工资,{ONE},县财政绩效工资总量,"
        "报告 分校考核方案；解释 教师池；解释 余分；解释 全为零；解释 迟到更正,2020-2021-1,个人\r\n"
    ),
    "followJob": (
        "id: 4f1d2c3b5a697887\nevent: end\n"
        f'data: {{"id":"{VALUES["job_id"]}","kind":"run","state":"done","run":"{RUN}"}}\n\n'
    ),
    "readEntitlements": _line(
        {"payee": PAYEE, **CLAIM, "currency": "CNY", "entitled": ONE, "paid": ONE, "owed": NOTHING}
    ),
    "readMetrics": 'payroll_requests_total{method="GET",route="/v1/runs",status="200"} 3.0\n',
    "readOwnPayout": PAYOUT,
    "readPayout": PAYOUT,
    "readPaymentPayees": _line({**WHO, **SENT, **SUMS}),
    "readRuleSetText": '名称: 独山县教师绩效工资与校长职级制\n版本: "2020.1"\n',
    "readRunPayouts": _line({**WHO, **PAYOUT}),
    "writeAccrualVouchers": (
        "凭证号,日期,种类,单位代码,摘要,行号,科目,明细,经济分类,资金,借方金额,贷方金额\r\n"
        "1,2021-03-02,计提,X002,绩效工资,1,业务活动费用,绩效工资,30107,绩效,254018.78,0.00\r\n"
        "1,2021-03-02,计提,X002,绩效工资,2,应付职工薪酬,绩效工资,30107,绩效,0.00,254018.78\r\n"
    ),
    "writePaymentVouchers": (
        "凭证号,日期,种类,单位代码,摘要,行号,科目,明细,经济分类,资金,借方金额,贷方金额\r\n"
        "1,2021-03-02,支付,X002,绩效工资,1,应付职工薪酬,绩效工资,30107,绩效,254018.78,0.00\r\n"
        "1,2021-03-02,支付,X002,绩效工资,2,财政拨款收入,绩效工资,30107,绩效,0.00,254018.78\r\n"
    ),
}


def show_examples(app: FastAPI) -> None:
    """Make the application's description show them."""
    described: Callable[[], dict[str, Any]] = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _fill(described())
        return described()

    app.openapi = openapi  # type: ignore[method-assign]  # as the framework has it done


def is_file(schema: Mapping[str, Any]) -> bool:
    """A file that is no text: nothing to show."""
    return schema.get("format") == "binary"


def _fill(description: dict[str, Any]) -> None:
    find = Examples(description)
    for operation in operations(description):
        for parameter in operation.get("parameters", ()):
            for found in find.parameter(parameter):
                parameter["example"] = found
        find.show(operation.get("requestBody", {}), None)
        for status, answer in operation["responses"].items():
            if status.startswith("2"):
                find.show(answer, ANSWERS.get(operation["operationId"]))
    for response in description["components"].get("responses", {}).values():
        find.show(response, None)


def operations(description: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in description["paths"].values():
        yield from methods.values()


class Examples:
    """Makes the example of a schema out of those of its fields."""

    def __init__(self, description: Mapping[str, Any]) -> None:
        self.schemas: Mapping[str, Any] = description["components"]["schemas"]

    def show(self, where: Mapping[str, Any], stored: Any) -> None:
        """Beside each kind of content of a body or an answer.

        `stored`: what an operation answers that has no model; or the fields that it answers otherwise than its model shows.
        """
        for media, content in where.get("content", {}).items():
            schema = content.get("schema", {})
            if "$ref" in schema or "properties" in schema:
                with suppress(LookupError):  # a test tells; the description is not held up by it
                    content["example"] = self.of(schema, "", "") | (stored or {})
            elif stored is not None and not (is_file(schema) and media != "text/csv"):
                content["example"] = stored

    def parameter(self, parameter: Mapping[str, Any]) -> list[Any]:
        """At most one: a parameter that may be left out need not be shown."""
        schema, name = parameter["schema"], parameter["name"]
        return [each for each in (*schema.get("examples", ()), VALUES.get(name)) if _fits(schema, each)][:1]

    def of(self, schema: Mapping[str, Any], model: str, name: str) -> Any:
        """Raises LookupError naming a field that has no example."""
        if f"{model}.{name}" in OF:
            return OF[f"{model}.{name}"]
        if "examples" in schema:
            return schema["examples"][0]
        if "$ref" in schema:
            inner = schema["$ref"].rpartition("/")[2]
            return self.of(self.schemas[inner], inner, "" if "properties" in self.schemas[inner] else name)
        if "properties" in schema:
            return {key: self.of(each, model, key) for key, each in schema["properties"].items()}
        if name in VALUES and _fits(schema, VALUES[name]):
            return VALUES[name]
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        if schema.get("type") == "array":
            return [self.of(schema["items"], model, name)]
        if "anyOf" in schema:
            return self.of(schema["anyOf"][0], model, name)
        if schema.get("format") == "date-time":
            return MOMENT
        if "default" in schema:
            return schema["default"]
        if schema.get("type") == "boolean":
            return False
        if name.endswith("_by"):
            return "zhang" if name in ("approved_by", "enacted_by", "decided_by") else "wang"
        raise LookupError(f"{model}.{name} has no example: write one into api/examples.py")


def _fits(schema: Mapping[str, Any], value: object) -> bool:
    """Whether an example of a name is one of this kind; what more the schema asks, a test looks at."""
    kinds = {each.get("type") for each in (schema, *schema.get("anyOf", ()))}
    if value not in schema.get("enum", [value]) or "$ref" in schema.get("items", {}):
        return False
    return TYPES.get(type(value)) in kinds
