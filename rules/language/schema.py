"""A JSON Schema of the language, for editors: which keys stand where, and what they mean. The checker itself says the rest."""

from __future__ import annotations

from typing import Any

from rules.language import keys
from rules.language.disbursement import LONGEST_PUBLICITY, ORDERS, RECOVERIES, SHORTAGES
from rules.language.keys import Keys
from rules.language.period import PERIOD_KINDS
from rules.language.program import CADENCE

Schema = dict[str, Any]

TEXT: Schema = {"type": ["string", "number", "boolean"]}  # what YAML tools make of a plain text
YES: Schema = {"enum": ["是", "否"]}
NAMES: Schema = {"anyOf": [TEXT, {"type": "array", "items": TEXT}]}
TEXTS: Schema = {"type": "object", "additionalProperties": TEXT}
NESTED: Schema = {"anyOf": [TEXT, {"type": "object", "additionalProperties": {"$ref": "#/$defs/档"}}]}

_MEANING = {
    "依据": "条款，如「办法 三」；文件没有规定的，写「解释 编号」。可以写几条：[办法 三, 解释 甲]",
    "示例": "是：文件没有给出的数字，正式使用前须核定",
    "限于": "条件：这条规则只用于这样的行，其余的行不适用",
    "否则": "不符合「限于」的行取什么值",
    "取整": "如 分 四舍五入；分、角、元、整数、2位小数，配 四舍五入、四舍六入五成双、去尾、进一",
    "例外": "当条件成立时换一个值；两条同时成立是错误，除非写 依次: 是",
    "公式": "一行算式，如 考核.得分 × 在岗月数",
    "各份": "各份的名称和份额；有且只有一个「其余」",
    "余分": "分到分以后剩下的几分给谁，最后写「主键」：[得分 由高到低, 主键]",
    "无权重": "所有权重为零时：退回 资金名，或 平均",
    "迟到更正": "发放以后更正：重新分配，计入下期，或 不追回 由 资金名",
    "开放": "是：学校或集团的方案可以在自己的范围里另行分配这个池",
    "开头": "第一行读「上月」「上一行」的这一列时取什么",
    "更正": "更正的是哪一版：两版同时施行时，后一版必须写",
    "延伸": "方案所延伸的规则集和版本",
    "范围": "哪些行归这个方案：规则集里一张表上的条件",
    "简称": "方案自己的名称前面都写着它",
    "施行": "如 2020-09-01 至 2021-08-31",
    "查找": "如 人: 人员 按 证件号码",
    "主键": "一列，或几列的列表",
    "上期": "哪张表的期末结果带到下一期：这张表由系统带入，列名与那张表相同",
    "所属": "钱属于哪种期间",
    "何时": "哪一种计算里发",
    "不足": "一笔资金不够付清时：按比例，或 按先后",
    "先后": "按先后时，先看什么：[所属, 项目]；所属早的在前，同一级里按比例",
    "公示": "审批以后、付款以前公示几个工作日；不写就由公示的人定",
    "项目次序": "发放的编号，由先到后；同一级的写在一个方括号里；没有写的排在最后",
    "追回": "多发的怎样追回：抵扣（同一资金下次付款里扣）或 按计划（登记了分期才扣）",
    "事件": "表里的一列：它不同的行分开核定，如同一人的两项奖",
    "资金": "资金的简称；几笔资金分担：{省级: 30%, 县级: 其余}",
}
_LATE: Schema = {"anyOf": [{"enum": ["重新分配", "计入下期"]}, {"type": "string", "pattern": "^不追回 由"}]}


def schema() -> Schema:
    """A rule set, or a scheme that extends one."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "教师绩效工资的规则集，或延伸它的方案",
        "if": {"type": "object", "required": ["方案"]},
        "then": _entry(keys.SCHEME, **_parts(), 延伸=_entry(keys.EXTENDS), 范围=_entry(keys.RANGE)),
        "else": _entry(keys.RULE_SET, **_parts()),
        "$defs": {"档": NESTED},
    }


def _entry(listed: Keys, **special: Schema) -> Schema:
    required, optional = listed
    known = {"依据": NAMES, "示例": YES, **special}
    properties = {}
    for key in (*required, *optional):
        meaning = {"description": _MEANING[key]} if key in _MEANING else {}
        properties[key] = {**known.get(key, TEXT), **meaning}
    return {
        "type": "object",
        "required": list(required),
        "properties": properties,
        "additionalProperties": False,
    }


def _listed(listed: Keys, **special: Schema) -> Schema:
    return {"type": "array", "items": _entry(listed, **special)}


def _named(schema: Schema) -> Schema:
    return {"type": "object", "additionalProperties": schema}


def _parts() -> dict[str, Schema]:
    """What stands under the first keys of a document."""
    roster_rules = _listed(keys.ROSTER_RULE, 何时={"enum": list(CADENCE.values())})
    return {
        "语言": {"enum": [1, "1"]},
        "依据": TEXTS,
        "资金": TEXTS,
        "学期": TEXTS,
        "解释": _listed(keys.INTERPRETED),
        "未编入": _listed(keys.UNENCODED),
        "表": _named(_by_kind(keys.TABLES, _table)),
        "标准": _named(_entry(keys.RATE, 按=NAMES, 档=NESTED, 分期=_named(NESTED))),
        "规则": {"type": "array", "items": _by_kind(keys.RULES, _rule)},
        "否决": _listed(keys.VETO, 项目=TEXTS),
        "发放": _listed(
            keys.PAYMENT,
            所属={"enum": list(PERIOD_KINDS)},
            何时={"enum": list(CADENCE.values())},
            资金={"anyOf": [TEXT, TEXTS]},
        ),
        "检查": _listed(keys.CHECK),
        "名册": _entry(keys.ROSTER, 不发=roster_rules, 暂缓=roster_rules),
        "核定总量": _entry(keys.APPROVED),
        "支付": _entry(
            keys.DISBURSEMENT,
            不足={"enum": list(SHORTAGES)},
            先后={"anyOf": [TEXT, {"type": "array", "items": {"enum": list(ORDERS)}}]},
            项目次序={"type": "array", "items": NAMES},
            追回={"enum": list(RECOVERIES)},
            公示={"type": "integer", "minimum": 1, "maximum": LONGEST_PUBLICITY},
        ),
    }


def _by_kind(kinds: dict[str, Keys], made: Any) -> Schema:
    """The kind that the entry's own key tells; an editor then complains about that kind alone."""
    whole: Schema = {"type": "object", "anyOf": [{"required": [kind]} for kind in kinds]}
    whole["allOf"] = [
        {"if": {"required": [kind]}, "then": made(kind, listed)} for kind, listed in kinds.items()
    ]
    return whole


def _table(kind: str, listed: Keys) -> Schema:
    column = {"anyOf": [TEXT, _entry(keys.COLUMN, 别名=NAMES, 空写法=NAMES)]}
    return _entry(
        listed,
        主键=NAMES,
        列=_named(column),
        按=NAMES,
        查找=TEXTS,
        不重叠=NAMES,
        唯一={"type": ["array", "string"]},
        顺序=_entry(keys.ORDER, 在=NAMES, 按=NAMES),
        收款人={"enum": ["个人", "学校", "学生"]},
        到任={"enum": ["次月起", "当月起"]},
        离任={"enum": ["当月止", "上月止"]},
    )


def _rule(kind: str, listed: Keys) -> Schema:
    return _entry(
        listed,
        各份=TEXTS,
        余分=NAMES,
        依次=YES,
        开放=YES,
        迟到更正=_LATE,
        退回=TEXTS,
        例外=_listed(keys.CASE),
    )
