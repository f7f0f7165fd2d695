"""What a use case can refuse, in words for the person at the door, with the next step.

Refused
├── UnreadableFile     a file that is not there, or is no text
├── UnknownPeriod      no period of that spelling, or not one that the rule set governs
├── UnknownColumn      no such table, or nothing calculated there
├── UnknownPayee       nobody of that number is paid, or on the roster
├── UnsoundInput       the workbook has problems; `problems` lists them
├── UnknownRun         no such run, or several begin so
├── UnknownSnapshot    no such snapshot, several begin so, or its tables are not those of the rule set
├── NothingToCompare   nothing came before it that it could be compared with
├── UnknownRuleSet     no such rule set, or several that could be meant
├── NotExamined        an import that cannot be accepted: not examined yet, with errors, or done with
├── Overtaken          what was shown before confirming is no longer what would be stored
├── NothingToAssemble  no part has been imported under this rule set
├── MoneyShort         too little money, and no rule says who is paid first
├── NotInBook          what a movement refers to is not in the book, or is used up
├── AlreadyBooked      what is to be put down stands in the book already
├── SamePerson         who prepared it may not approve it
├── UnsoundDeductions  deductions that do not fit what is paid; `wrong` names each person
├── UnsoundDescription a file's description has mistakes; `problems` lists them with their places
├── UnsoundFile        a file for a bank or a finance system, or from one, that does not fit; `wrong` lists why
├── NotApprovable      a run that cannot be submitted, approved or withdrawn: its state, or runs approved since
├── NotEnactable       a rule set that cannot be enacted: no draft, no worked examples that pass, enacted already
├── UnknownCalendar    the holidays of a year are not known
├── NotPublishable     a publication that cannot be: its days; or cannot be closed: they are not over, an objection is open
├── NotObjectable      an objection that cannot be made or answered: its days, its item, its state
├── NothingToPublish   a run without amounts for a public list
├── AlteredBook        what is stored is not what was stored
├── VersionsClash      two versions of a rule set would be in force at once, and neither corrects the other
├── SignInRefused      who somebody says they are could not be shown
├── NotAcceptable      what was filled in has mistakes; `mistakes` lists them
├── KeyReused          one idempotency key for two requests
├── BackupRefused      a backup that cannot be made, read or restored
└── NotConfirmed       somebody has to say yes first
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

SHOWN = 20  # of a long list, in a message; the attribute has all
PERIODS_WRITTEN = "写法：月 2020-09，学期 2020-2021-1，学年 2020-2021，年 2020。"


class Refused(Exception):
    """The root: `message` says what is wrong, `remedy` what to do.

    `known` names what there is to choose from, for whoever may list it: `remedy` begins with it, `advice` is without.
    """

    def __init__(self, message: str, remedy: str, known: str = "") -> None:
        self.message, self.remedy, self.advice = message, known + remedy, remedy
        super().__init__(f"{message} {self.remedy}")


class UnreadableFile(Refused):
    pass


class UnknownPeriod(Refused):
    pass


class UnknownColumn(Refused):
    pass


class UnknownPayee(Refused):
    pass


class UnknownRun(Refused):
    pass


class UnknownSnapshot(Refused):
    pass


class NothingToCompare(Refused):
    pass


class UnknownRuleSet(Refused):
    pass


class TooManyOpen(Refused):
    """Somebody has asked for as much as may wait at once."""


class NotExamined(Refused):
    pass


class Overtaken(Refused):
    pass


class NothingToAssemble(Refused):
    pass


class NotApprovable(Refused):
    pass


class NotEnactable(Refused):
    pass


class UnknownCalendar(Refused):
    pass


class NotPublishable(Refused):
    pass


class NotObjectable(Refused):
    pass


class NothingToPublish(Refused):
    pass


class AlteredBook(Refused):
    pass


class BackupRefused(Refused):
    pass


class NotConfirmed(Refused):
    pass


class VersionsClash(Refused):
    pass


class MoneyShort(Refused):
    pass


class NotInBook(Refused):
    pass


class AlreadyBooked(Refused):
    pass


class UnsoundDeductions(Refused):
    def __init__(self, wrong: Sequence[str]) -> None:
        self.wrong = list(wrong)
        told = "；".join(self.wrong[:SHOWN]) + (
            f" 等 {len(self.wrong)} 人" if len(self.wrong) > SHOWN else ""
        )
        super().__init__(f"扣款与本次付款对不上：{told}。", "请改正扣款表后重新准备付款单。")


class UnsoundDescription(Refused):
    def __init__(self, problems: Sequence[Any]) -> None:
        self.problems = list(problems)
        told = "；".join(map(str, self.problems[:SHOWN]))
        super().__init__(f"格式说明有 {len(self.problems)} 处错误：{told}", "写法见 docs/files.md。")


class UnsoundFile(Refused):
    def __init__(self, what: str, wrong: Sequence[str], remedy: str) -> None:
        self.wrong = list(wrong)
        told = f"：{'；'.join(self.wrong[:SHOWN])}" if self.wrong else ""
        more = f" 等 {len(self.wrong)} 处" if len(self.wrong) > SHOWN else ""
        super().__init__(f"{what}{told}{more}。", remedy)


class SamePerson(Refused):
    pass


class SignInRefused(Refused):
    pass


class KeyReused(Refused):
    pass


class NotAcceptable(Refused):
    def __init__(self, mistakes: Sequence[str], remedy: str = "请改好后再提交。") -> None:
        self.mistakes = list(mistakes)
        super().__init__("；".join(self.mistakes) + "。", remedy)


class UnsoundInput(Refused):
    """`problems` as found; `tables` as received, where they were read so far."""

    def __init__(self, problems: Sequence[Any], tables: Sequence[Any] = ()) -> None:
        self.problems, self.tables = list(problems), tuple(tables)
        super().__init__(
            f"数据里有 {len(self.problems)} 个问题，没有计算，也没有保存。", "请按清单逐条改正后重新导入。"
        )
