"""A first rule set from answers to a few questions: it passes the checker and is meant to be changed.

What no document says is written as an interpretation that somebody has to decide, or marked 示例.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

OWN_SCHOOL, COUNTY, NOBODY = "本校", "全县", "不分"
YES, NO = "是", "否"


@dataclass(frozen=True)
class Question:
    """`key` names the answer (also in a file of answers); `wrong` says what is wrong with one, "" if nothing is."""

    key: str
    text: str
    default: str
    wrong: Callable[[str], str]


def _text(answer: str) -> str:
    bad = re.search(r"""["'\\#{}\[\]&*!|>%@`]|: |:$|\n""", answer)
    return f"请不要用「{bad[0].strip() or '冒号'}」" if bad else "" if answer.strip() else "请填写"


def _year(answer: str) -> str:
    return "" if re.fullmatch(r"(19|20|21)\d\d", answer) else "写四位的年份，如 2024"


def _percent(answer: str) -> str:
    sound = re.fullmatch(r"\d{1,2}(\.\d{1,2})?%|100%", answer)
    return "" if sound else "写 0% 到 100% 的百分比，如 70%"


def _factor(answer: str) -> str:
    return "" if re.fullmatch(r"[1-9](\.\d{1,2})?", answer) else "写 1 到 9.99 的数，如 1.15；没有就写 1"


def _one_of(*words: str) -> Callable[[str], str]:
    return lambda answer: "" if answer in words else f"请写 {'、'.join(words)} 中的一个"


QUESTIONS = (
    Question("名称", "规则集叫什么？", "示例县义务教育教师绩效工资", _text),
    Question("学年", "从哪一年 9 月开始施行（一个学年）？", "2024", _year),
    Question("文件", "依据的文件全称？", "示例县义务教育教师绩效工资实施办法", _text),
    Question("资金", "钱从哪里来？", "县财政绩效工资总量", _text),
    Question("基础", "绩效标准的百分之几是基础性，按月发？", "70%", _percent),
    Question("奖励", f"其余的奖励性部分怎样分：{OWN_SCHOOL}、{COUNTY}（按得分），还是{NOBODY}（退回）？", OWN_SCHOOL,
             _one_of(OWN_SCHOOL, COUNTY, NOBODY)),
    Question("校长", "校长要单独一组分吗？", YES, _one_of(YES, NO)),
    Question("班主任系数", "班主任的得分乘以多少？没有就写 1", "1", _factor),
    Question("师德", "师德不合格的人不发奖励性绩效吗？", YES, _one_of(YES, NO)),
    Question("学校方案", "学校可以用自己的方案来算得分、分本校的池吗？", NO, _one_of(YES, NO)),
)  # fmt: skip


def find_wrong(answers: Mapping[str, str]) -> dict[str, str]:
    """By key what is wrong: an answer nobody asked for, or one that does not fit."""
    questions = {question.key: question for question in QUESTIONS}
    wrong = {key: f"没有「{key}」这个问题" for key in answers if key not in questions}
    for key, question in questions.items():
        if told := question.wrong(answers.get(key, question.default)):
            wrong[key] = told
    return wrong


def starter(answers: Mapping[str, str]) -> str:
    """The rule set's text. Answers left out take their defaults; none may be wrong."""
    assert not find_wrong(answers), "answers have been looked at"
    said = {question.key: answers.get(question.key, question.default) for question in QUESTIONS}
    pieces = [_head(said), _interpretations(said), _tables(said), _rates(said), _rules(said), _ends(said)]
    return "\n".join(piece.strip("\n") + "\n" for piece in pieces if piece)


def _shares(said: Mapping[str, str]) -> bool:
    return said["奖励"] != NOBODY and Fraction(said["基础"].rstrip("%")) < 100


def _head(said: Mapping[str, str]) -> str:
    year = int(said["学年"])
    return f"""
# yaml-language-server: $schema=规则语言.json
# （编辑器的提示：先在本文件夹运行 payroll rules schema -o 规则语言.json；不用提示，删去上一行。）
# 由 payroll rules new 写成的第一稿。请对着文件逐条改：条款号写进「依据」，解释里的答案请主管部门定。
# 改完以后：payroll rules check 本文件；写几个手算的用例：payroll rules test 用例文件。
语言: 1
规则集: {said["名称"]}
版本: "{year}.1"
施行: {year}-09-01 至 {year + 1}-08-31
依据: {{办法: {said["文件"]}}}
学期: {{第一学期: 9月起6个月, 第二学期: 3月起6个月}}
资金: {{绩效: {said["资金"]}}}
"""


def _interpretations(said: Mapping[str, str]) -> str:
    entries = [
        (
            "调动当月",
            "学期中调动的当月由谁发？",
            "离任当月由原校发；到任的次月起由新校发，1 日到任的当月就发。",
        )
    ]
    if _shares(said):
        entries.append(
            ("余分", "分到分以后剩下的几分钱给谁？", "给尾数最大的人；相同的，得分高的在前，再按主键。")
        )
        entries.append(("全为零", "一个池里所有人的权重都是零，怎么办？", "退回原资金。"))
    lines = "\n".join(
        f"- {{编号: {id_}, 问: {question}, 答: {answer}, 决定: 待确定}}" for id_, question, answer in entries
    )
    return f"解释:\n{lines}"


def _tables(said: Mapping[str, str]) -> str:
    open_ = " 开放" if said["学校方案"] == YES else ""
    roles = "\n      身份: 选项 教师、校长" if said["校长"] == YES else ""
    homeroom = "\n      班主任: 是否" if _shares(said) and said["班主任系数"] != "1" else ""
    conduct = "\n      师德: 选项 合格、不合格" if _vetoes(said) else ""
    scored = ", 考核: 学期考核 按 证件号码、学校代码、本期" if _shares(said) else ""
    text = f"""
表:
  学校:
    主键: 学校代码
    称呼: 学校名称
    列: {{学校代码: 代码, 学校名称: 文字}}
  人员:
    主键: 证件号码
    收款人: 个人
    称呼: 姓名
    列:
      证件号码: 证件号
      姓名: 文字{conduct}
  任职:
    主键: [证件号码, 学校代码, 起]
    不重叠: [证件号码]
    查找: {{人: 人员 按 证件号码, 校: 学校 按 学校代码{scored}}}
    列:
      证件号码: 证件号
      学校代码: 代码
      起: 日期
      止: {{类型: 日期 可空, 说明: 这段任职的最后一天；还在任的不填}}{roles}{homeroom}
      绩效标准: {{类型: 金额 元/月, 说明: 核定的每月绩效工资}}
  任职月: {{分月: 任职, 到任: 次月起, 离任: 当月止, 依据: 解释 调动当月}}
"""
    if not _shares(said):
        return text
    by = (["校"] if said["奖励"] == OWN_SCHOOL else []) + (["身份"] if said["校长"] == YES else [])
    return (
        text
        + f"""  学期考核:
    主键: [证件号码, 学校代码, 期间]
    查找: {{人: 人员 按 证件号码, 校: 学校 按 学校代码}}
    列: {{证件号码: 证件号, 学校代码: 代码, 期间: 期间 学期, 得分: 小数2位 0至120{open_}}}
  奖励组: {{分组: 任职, 按: [{", ".join(by)}], 依据: 办法 奖励性绩效}}
"""
    )


def _vetoes(said: Mapping[str, str]) -> bool:
    return _shares(said) and said["师德"] == YES


def _rates(said: Mapping[str, str]) -> str:
    if not _shares(said) or said["班主任系数"] == "1":
        return ""
    return f"""
标准:
  班主任系数: {{按: [班主任], 档: {{是: {said["班主任系数"]}, 否: 1}}, 依据: 办法 班主任}}
"""


def _rules(said: Mapping[str, str]) -> str:
    text = f"""
规则:
- 拆分: 任职月.绩效标准
  各份: {{基础性绩效: {said["基础"]}, 奖励性额度: 其余}}
  取整: 分 四舍五入
  依据: 办法 绩效工资构成
  说明: 绩效标准 {{绩效标准}}，基础性 {{基础性绩效}}，奖励性额度 {{奖励性额度}}。
"""
    if not _shares(said):
        return text + "- 退回: {任职月.奖励性额度: 绩效}\n  依据: 办法 奖励性绩效\n"
    factor = " × 班主任系数" if said["班主任系数"] != "1" else ""
    open_ = "\n  开放: 是" if said["学校方案"] == YES else ""
    return (
        text
        + f"""- 列: 任职.在岗月数
  公式: 计数(任职月)
  依据: 解释 调动当月
- 列: 奖励组.奖励池
  汇集: 任职月.奖励性额度
  依据: 办法 奖励性绩效
- 列: 任职.权重
  限于: 在岗月数 > 0月
  公式: 考核.得分 × 在岗月数{factor}
  依据: 办法 考核
- 列: 任职.奖励性绩效
  分配: 奖励组.奖励池
  限于: 在岗月数 > 0月
  按: 权重
  余分: [考核.得分 由高到低, 主键]
  无权重: 退回 绩效
  迟到更正: 重新分配{open_}
  依据: [办法 奖励性绩效, 解释 余分, 解释 全为零]
  说明: 本组奖励池 {{总额}} 元，您的权重 {{权重}}，全组 {{权重合计}}，应得 {{应得}} 元，实得 {{实得}} 元。
"""
    )


def _ends(said: Mapping[str, str]) -> str:
    veto = """
否决:
- {名称: 师德一票否决, 表: 任职, 当: 人.师德 = 不合格, 项目: {奖励性绩效: 回到奖励池}, 依据: 办法 师德}
"""
    shared = "- {编号: 奖励, 项目: 任职.奖励性绩效, 给: 人, 单位: 校, 所属: 学期, 何时: 学期末, 资金: 绩效}\n"
    return f"""{veto if _vetoes(said) else ""}
发放:
- {{编号: 基础, 项目: 任职月.基础性绩效, 给: 人, 单位: 校, 所属: 月, 何时: 每月, 资金: 绩效}}
{shared if _shares(said) else ""}
检查:
- {{名称: 绩效标准已填, 表: 任职, 必须: 绩效标准 > 0元/月, 依据: 办法 绩效工资构成}}

名册:
  表: 人员
  不发:
  - {{名称: 本期没有在岗月份, 当: 计数(任职月) = 0月, 依据: 解释 调动当月}}
"""
