"""What to write instead of a function that the language does not have: those of spreadsheets, and usual slips."""

from __future__ import annotations

import re

_HINTS = (
    (
        r"前.+名|名次|排序|RANK\..+|LARGE|SMALL",
        "名次用「排名」：排名(得分 在 校)；取前三名写 如果(排名(得分 在 校) ≤ 3, …, 0)",
    ),
    (r"(SUM|COUNT|AVERAGE|MAX|MIN)IFS?", "条件写在「其中」后面：合计(任职.金额 其中 身份 = 教师)，计数、平均也一样"),
    (r"[VHX]?LOOKUP|INDEX|MATCH|查找", "请在表里写「查找: {校: 学校 按 学校代码}」，公式里写「校.列名」"),
    (
        r"ROUND(UP|DOWN)|INT|TRUNC|CEILING|FLOOR|四舍五入|四舍六入五成双|去尾|进一|取整",
        "取整写在规则的「取整: 分 四舍五入」里，或 舍入(数, 整数, 去尾)",
    ),
    (r"TODAY|NOW|今天|DATE", "结果不能随哪天计算而变：请用 期初、期末、日期列，或写死的日期 2020-09-01"),
    (r"DATEDIF|YEARFRAC|YEAR|年龄|工龄|教龄", "满几年写 满年(起, 期末)，几个月写 月数(起, 止)，几天写 天数(起, 止)"),
    (r"IFERROR|IFNA|ISBLANK|N", "没有值时写「否则」：列 否则 0"),
    (r"IFS|SWITCH|CHOOSE", "几种情形请写「例外」或「标准」，也可 如果(条件, 甲, 如果(条件, 乙, 丙))"),
    (r"MEDIAN|MODE|STDEV.*|中位数|众数|标准差", "请在工作簿里算好，作为一列交进来"),
)  # fmt: skip


def function_cure(name: str, known: str) -> str:
    """The cure for a function of that name; `known` lists those there are."""
    for pattern, hint in _HINTS:
        if re.fullmatch(pattern, name.upper()):
            return hint
    return f"可用的函数：{known}"
