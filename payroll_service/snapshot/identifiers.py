"""Numbers that are names: ID numbers, codes, bank accounts. Text only: a number cell has already lost digits."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from stdnum import luhn, numdb
from stdnum.cn import ric

from payroll_service.snapshot import spelling
from payroll_service.snapshot.faults import BadCell
from payroll_service.snapshot.tables import Cell

# What a number cell leaves behind when it is saved as CSV or pasted as text.
_NUMBER_AS_TEXT = re.compile(r"\d(\.\d+)?[eE]\+\d{2,3}|\d{9,}\.0*", re.ASCII)
_ID_NUMBER = re.compile(r"\d{17}[\dX]", re.ASCII)
_OLD_ID_NUMBER = re.compile(r"\d{15}", re.ASCII)
_ACCOUNT = re.compile(r"[0-9A-Z-]{6,40}", re.ASCII)
_UNION_PAY = re.compile(r"62\d{14,17}", re.ASCII)


def read_id_number(cell: Cell) -> str:
    """An 18-digit citizen number with a true birthday and check digit; one of 15 digits as the 18 that it became."""
    text = read_any_id(cell)
    if _OLD_ID_NUMBER.fullmatch(text):
        text = _of_18_digits(text)
    if not _ID_NUMBER.fullmatch(text):
        raise BadCell("证件号码", "不是 18 位公民身份号码", "请核对位数；末位之外应全是数字，末位可以是 X")
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        raise BadCell("证件号码", "号码里的出生日期不存在", "请对照身份证核对号码") from None
    if ric.calc_check_digit(text) != text[-1]:
        raise BadCell("证件号码", "校验位不符，号码有误", "请对照身份证核对每一位数字")
    return text


def _of_18_digits(old: str) -> str:
    """GB 11643-1999: the century before the year, the check digit at the end. 996 to 999 were born before 1900."""
    if old[12:] in ("996", "997", "998", "999"):
        raise BadCell("证件号码", "是 15 位的旧号码，不能换算", "请改填 18 位公民身份号码")
    longer = f"{old[:6]}19{old[6:]}"
    return longer + str(ric.calc_check_digit(longer + "0"))


def read_account(cell: Cell) -> str:
    """A bank account or card: digits, letters and hyphens, spaces between groups dropped."""
    text = read_any_id(cell)
    if not _ACCOUNT.fullmatch(text):
        raise BadCell("账号", "不像银行账号", "请核对账号；只应有数字，至少 6 位")
    return text


def read_any_id(cell: Cell) -> str:
    """A number that is a name, in one spelling (half-width, upper case, no spaces), whatever its form."""
    written = spelling.drop_spaces(spelling.half_width(_text_cell(cell)))
    return _usable(spelling.unwrapped(written).upper())


def read_code(cell: Cell) -> str:
    """A code without spaces; leading zeros and case are kept."""
    text = _usable(spelling.unwrapped(spelling.plain(spelling.half_width(_text_cell(cell)))))
    if spelling.drop_spaces(text) != text:
        raise BadCell("代码", "代码中间有空格", "请删去空格")
    return text


def _text_cell(cell: Cell) -> str:
    if isinstance(cell, str) and not _NUMBER_AS_TEXT.fullmatch(spelling.trim(spelling.half_width(cell))):
        return cell
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        raise BadCell("类型", "应为文字", "请把整列格式设为文本后重新填写")
    raise BadCell(
        "数字格式的号码",
        "单元格是数字格式，前面的 0 和第 15 位以后的数字可能已经丢失",
        "请把整列设为文本格式，再从原始资料重新录入或粘贴号码，不要只改格式",
    )


def _usable(text: str) -> str:
    text = spelling.plain(text)
    if spelling.has_unusable(text):
        raise BadCell("字符", "含有乱码或控制字符", "请重新输入这个单元格")
    return text


def id_number_hint(text: str) -> BadCell | None:
    """A warning for a region that the register does not know; abolished and newer regions are in daily use."""
    if _ID_NUMBER.fullmatch(text) and not _region_known(text[:6]):
        return BadCell(
            "地区代码", "号码前六位不是已知的地区代码", "请对照身份证核对前六位；确认无误的可以不改"
        )
    return None


def old_id_hint(cell: Cell) -> BadCell | None:
    """A warning for a number of 15 digits, which had no check digit: a slip in it cannot be noticed."""
    if isinstance(cell, str) and _OLD_ID_NUMBER.fullmatch(spelling.drop_spaces(spelling.half_width(cell))):
        return BadCell(
            "证件号码", "是 15 位的旧号码，已换算成 18 位", "请对照身份证改填 18 位，旧号码错一位也看不出来"
        )
    return None


def account_hint(text: str) -> BadCell | None:
    """A warning for a UnionPay card whose check digit is wrong."""
    if _UNION_PAY.fullmatch(text) and not luhn.is_valid(text):
        return BadCell("账号", "银行卡号的校验位不符", "请对照银行卡核对每一位数字；确认无误的可以不改")
    return None


@lru_cache(maxsize=65536)
def _region_known(region: str) -> bool:
    """In the register at any time (people keep the code of their birth), or a residence permit (81, 82, 83)."""
    if region[:2] in ("81", "82", "83"):
        return True
    return any("county" in properties for _, properties in numdb.get("cn/loc").info(region))
