"""A bank's answer to a payment: whose money arrived, is on its way, or was rejected and why. Nothing is half read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from payroll_service.book.money import fen_text
from payroll_service.errors import UnsoundFile
from payroll_service.export.bank.layout import (
    ACCEPTED,
    ACCOUNT,
    AMOUNT,
    BY_SERIAL,
    OUTCOME,
    PENDING,
    REASON,
    REJECTED,
    ResultFormat,
)
from payroll_service.export.bank.reading import ReadRow, read_rows
from payroll_service.export.bank.transfers import Transfer, in_order

REMEDY = "请核对回盘文件是不是这一次付款的，格式说明是不是这家银行的；有疑问的请银行重新出文件。"


@dataclass(frozen=True)
class BankResult:
    """What became of one transfer. `outcome`: accepted, pending or rejected; `reason`: the bank's words, never empty for
    a rejection."""

    payee: str
    number: str
    outcome: str
    reason: str = ""


@dataclass(frozen=True)
class BankAnswer:
    """The results in the order of the file; `silent`: who was sent money and does not stand in it."""

    results: tuple[BankResult, ...]
    silent: tuple[Transfer, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many were accepted, are pending and were rejected."""
        told = [each.outcome for each in self.results]
        return {outcome: told.count(outcome) for outcome in (ACCEPTED, PENDING, REJECTED)}

    @property
    def accepted(self) -> frozenset[str]:
        """The payees whom the bank paid."""
        return frozenset(each.payee for each in self.results if each.outcome == ACCEPTED)

    @property
    def rejections(self) -> dict[str, str]:
        """The reason by ID number or code of whoever was rejected."""
        return {each.number: each.reason for each in self.results if each.outcome == REJECTED}


def read_results(described: ResultFormat, content: bytes, sent: Sequence[Transfer]) -> BankAnswer:
    """The answer to what was sent. Raises UnsoundFile with every line that is nobody's, stands twice, has another
    account or amount, or a code that the description does not know."""
    ordered = in_order(sent)
    rows, wrong = read_rows(described.layout, content)
    find = _by_serial(ordered) if described.match == BY_SERIAL else _by_account(ordered)
    found: dict[str, int] = {}
    results = []
    for row in rows:
        who = find(row)
        told = who if isinstance(who, str) else _fault(described, row, who, found)
        if told:
            wrong.append(f"第 {row.line} 行：{told}")
        elif isinstance(who, Transfer):
            found[who.payee] = row.line
            results.append(_result(described.outcomes, row, who))
    if wrong:
        raise UnsoundFile(f"回盘文件按“{described.layout.name}”读不通", wrong, REMEDY)
    return BankAnswer(tuple(results), tuple(each for each in ordered if each.payee not in found))


def _by_serial(ordered: Sequence[Transfer]) -> Callable[[ReadRow], Transfer | str]:
    """Tells whose the line of a serial number is, or why it is nobody's."""

    def find(row: ReadRow) -> Transfer | str:
        if not 1 <= row.serial <= len(ordered):
            return f"序号 {row.serial} 不在付款里，付款的序号到 {len(ordered)} 为止"
        return ordered[row.serial - 1]

    return find


def _by_account(ordered: Sequence[Transfer]) -> Callable[[ReadRow], Transfer | str]:
    """Tells whose the line of an account and amount is, or why it is nobody's."""
    accounts: dict[str, list[Transfer]] = {}
    for each in ordered:
        accounts.setdefault(each.account, []).append(each)

    def find(row: ReadRow) -> Transfer | str:
        account = row.texts[ACCOUNT]
        known = accounts.get(account, [])
        meant = [each for each in known if each.fen == row.fen]
        if len(meant) == 1:
            return meant[0]
        listed = "、".join(f"{each.who} {fen_text(each.fen)}" for each in meant or known)
        if meant:
            return f"账号 {account} 有几笔同样的金额：{listed}，分不清是谁的，请按序号匹配"
        if known:
            return f"账号 {account} 的金额是 {fen_text(row.fen)}，付款里是 {listed}"
        return f"账号“{account}”不在付款里"

    return find


def _fault(described: ResultFormat, row: ReadRow, who: Transfer, found: Mapping[str, int]) -> str:
    """Why the line cannot be the answer to this transfer; "" if it is."""
    if who.payee in found:
        return f"{who.who} 在第 {found[who.payee]} 行已有结果"
    if AMOUNT in row.texts and row.fen != who.fen:
        return f"{who.who} 的金额是 {fen_text(row.fen)}，付款里是 {fen_text(who.fen)}"
    if ACCOUNT in row.texts and row.texts[ACCOUNT] != who.account:
        return f"{who.who} 的账号是“{row.texts[ACCOUNT]}”，付款里是“{who.account}”"
    if row.texts[OUTCOME] not in described.outcomes:
        return f"结果代码“{row.texts[OUTCOME]}”没有写在格式说明里"
    return ""


def _result(outcomes: Mapping[str, str], row: ReadRow, who: Transfer) -> BankResult:
    code = row.texts[OUTCOME]
    reason = row.texts.get(REASON, "")
    if outcomes[code] == REJECTED and not reason:
        reason = f"银行没有写原因（代码 {code}）"
    return BankResult(who.payee, who.number, outcomes[code], reason)
