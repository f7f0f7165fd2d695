"""Rarer slips than those of test_mistakes: each is told at its place, in its words, with a cure."""

import pytest

from tests.rules.small import SMALL, changed, problems, with_rule

GROUP = "  奖励组: {分组: 任职, 按: [校, 身份]}\n"
AGE = "{按: [教龄], 档: {不满5: 0元/月, 满5不满10: 3元/月, 10以上: 5元/月}, 依据: 办法 五}"
SIZES = "  规模系数: {按: [校.规模], 档: {大: 1.2, 中: 1.1, 小: 1}, 依据: 办法 五}\n"
FUNDS = "资金: {绩效: 30%, 专项: 其余}}"
TIES = "余分: [考核.得分 由高到低, 主键]"
CASES = "档: {大: 1.2, 中: 1.1, 小: 1}"
UNIT = "给: 人, 单位: 校, 所属: 学期, 何时: 学期末, 资金: {"
TOTALS = "\n核定总量: {表: 总量, 单位: 校号, 资金: 资金, 金额: 金额, 依据: 办法 一}\n"
TABLE = "  总量: {主键: [校号, 资金, 期], 列: {校号: 代码, 资金: 选项 绩效、专项, 期: 期间, 金额: 金额}}\n"


def with_totals(old: str, new: str) -> str:
    """The small rule set with approved totals, one passage of these changed."""
    table, totals = TABLE.replace(old, new), TOTALS.replace(old, new)
    return changed("  奖励组: {", table + "  奖励组: {").replace("\n名册:\n", totals + "\n名册:\n")


def formula(text: str, *more: str) -> str:
    return with_rule("列: 任职.试", f"公式: {text}", *more)


SLIPS = [
    ("dates the wrong way round", changed("2021-09-01 至 2022-08-31", "2022-09-01 至 2021-08-31"), "止日早于起日", "日期"),
    ("a document's short name", changed("依据: {办法: ", "依据: {解释: 甲, 办法: "), "文件简称不能是「解释」", "简称"),
    ("two periods", changed("得分: 小数2位 0至120}", "得分: 小数2位 0至120, 另: 期间}"), "两个期间列", "一个期间列"),
    ("counted as no unit", changed("    收款人: 个人\n", "    收款人: 个人\n    计为: 3\n"), "不是计量单位", "如 人"),
    ("names twice", changed("按: [校, 身份]", "按: [校, 校]"), "写了两次", "删去一处"),
    ("a group of groups", changed(GROUP, GROUP + "  再组: {分组: 奖励组, 按: [身份]}\n"), "不是工作簿里的表", "分月表"),
    ("a group by a rate", changed("按: [校, 身份]", "按: [校, 规模系数]"), "不能按标准", "列或查找"),
    ("months without days", changed("      起: 日期\n", "      起: 文字\n"), "没有日期列「起」", "自: 列"),
    ("a check of its own column", changed("姓名: 文字", "姓名: 文字 核对 师德"), "查找.列", "人.姓名"),
    ("a check of a number", changed("      教龄: 整数 0至50\n", "      教龄: 整数 0至50 核对 人.姓名\n"), "只有文字列能核对", "去掉「核对」"),
    ("both 对 and 在", changed("校: 学校 按 学校代码", "校: 学校 按 学校代码 对 学校代码 在 期初"), "不能又有「对」又有「在」", "主键"),
    ("a lookup into months", changed("校: 学校 按 学校代码", "校: 任职月 按 学校代码"), "不是工作簿里的表", "任职"),
    ("a rate of both kinds", changed(CASES, f"{CASES}, 值: 1"), "要有「档」「分期」「值」中的一个", "25元/节"),
    ("a key without cases", changed(SIZES, "  规模系数: {按: [校.规模], 值: 1, 依据: 办法 五}\n"), "不配套", "写「档」"),
    ("no case", changed(CASES, "档: {}"), "没有档次", "各档"),
    ("a rate by a day", changed(AGE, AGE.replace("教龄]", "起]")), "不能用来查标准", "按选项"),
    ("a rate by a rate", changed(AGE, AGE.replace("教龄]", "班主任系数]")), "另一个标准", "先写一条规则"),
    ("ties that say no order", changed(TIES, "余分: [考核.得分 高的先, 主键]"), "看不懂余分", "由高到低"),
    ("no weight to nowhere", changed("  无权重: 退回 绩效\n", "  无权重: 丢掉\n"), "看不懂无权重", "退回 资金名"),
    ("a veto to nowhere", changed("职级津贴: 退回 专项}", "职级津贴: 丢掉}"), "看不懂否决的去处", "回到奖励池"),
    ("a share of funds", changed(FUNDS, "资金: {绩效: 0.3, 专项: 其余}}"), "不是百分比", "30%"),
    ("an open bracket in a sentence", changed("，职级津贴 {职级津贴}。", "，职级津贴 {职级津贴。"), "没有配「}」", "得分"),
    ("a unit with a long key", changed(UNIT, UNIT.replace("校,", "考核,")),
     "主键有几列", "一列主键"),
    ("a rate of the outer row", formula("计数(任职月 其中 月 > 本行.班主任系数)"), "「本行」后面不能是标准", "名称"),
    ("a date of nothing", formula("规模系数@期中"), "@期中", "@期初"),
    ("one of a column", formula("教龄 属于 (1, 月数 ÷ 1月)"), "只能写定值", "属于"),
    ("a word that is both", changed("      教龄: 整数 0至50\n", "      教龄: 整数 0至50\n      教师: 是否\n"), "既是选项又是列名", "加引号"),
    ("one of what is no constant", formula("身份 属于 (教师, 班主任)"), "「属于」两边类型不同", "同一类"),
    ("the least of words", formula('取小(人.姓名, "甲")'), "不能用于", "数或日期"),
    ("无则 of a sum", formula("合计(任职月.绩效标准 无则 0元)"), "没有行时就是 0", "删去「无则」"),
    ("rounded to nothing", formula("教龄 ÷ 3", "取整: 0 四舍五入"), "大于 0", "分 四舍五入"),
    ("rounded to a word", formula("教龄 ÷ 3", "取整: 半 四舍五入"), "看不懂取整", "分 四舍五入"),
    ("rounding of words", formula('如果(班主任, "甲", "乙")', "取整: 整数 四舍五入"), "只有数能取整", "删去"),
    ("an option that is none", formula('如果(身份 = "老师", 1, 0)'), "没有选项「老师」", "教师"),
    ("a column of a column", formula("教龄.得分"), "不是查找", "查找名"),
    ("money of a lookup", changed("- 拆分: 任职月.绩效标准", "- 拆分: 任职月.人"), "不是列", "一列金额"),
    ("totals of no column", with_totals("金额: 金额, 依据", "金额: 全额, 依据"), "没有列「全额」", "金额"),
    ("totals that are no money", with_totals("期: 期间, 金额: 金额", "期: 期间, 金额: 整数 人"), "不是金额列", "金额"),
    ("totals without a period", with_totals("期: 期间", "期: 文字"), "没有期间列", "期间"),
    ("totals of unknown funds", with_totals("绩效、专项", "绩效、省级"), "「省级」不是资金", "专项"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "word", "cure"), [slip[1:] for slip in SLIPS], ids=[slip[0] for slip in SLIPS]
)
def test_a_slip_is_told_with_its_cure(text, word, cure):
    told = [(problem.message, problem.remedy) for problem in problems(text)]
    assert any(word in message and cure in remedy for message, remedy in told), told
    assert all(message and remedy for message, remedy in told)


@pytest.mark.parametrize(
    ("semesters", "told"),
    [
        ("上: 1月起6个月, 下: 7月起6个月", ""),
        ("上: 12月起11个月, 下: 11月起1个月", ""),
        ("全: 9月起12个月", ""),
        ("上: 0月起6个月, 下: 6月起6个月", "看不懂学期"),
        ("上: 13月起6个月, 下: 7月起6个月", "看不懂学期"),
        ("上: 9月起0个月, 下: 9月起12个月", "看不懂学期"),
        ("上: 9月起13个月", "看不懂学期"),
        ("上: 9月起6个月, 下: 4月起6个月", "铺满"),
        ("上: 9月起5个月, 下: 3月起6个月", "铺满"),
    ],
)
def test_semesters_fill_a_year_wherever_it_begins(semesters, told):
    found = problems(changed("第一学期: 9月起6个月, 第二学期: 3月起6个月", semesters))
    assert [problem.message for problem in found if told not in problem.message] == []
    assert bool(found) == bool(told)


ITEMS = "支付: {不足: 按先后, 先后: [项目], 项目次序: [基础, [奖励, 基础]], 追回: 抵扣, 依据: 办法 九}\n"
PAID = "- {编号: 新, 项目: 任职月.绩效标准, 给: 人, 单位: 校, 所属: 月, 何时: 每月, 资金: 绩效}\n"
BY_TWO_KINDS = changed(SIZES, f"{SIZES}  级率: {{按: [级], 档: {{1: 1.2, 2: 1}}, 依据: 办法 五}}\n")
BY_TWO_KINDS = BY_TWO_KINDS.replace("      班主任: 是否\n", "      班主任: 是否\n      级: 整数 1至2\n")
BY_TWO_KINDS = BY_TWO_KINDS.replace("大、中、小}", "大、中、小, 级: 代码}").replace(
    "\n否决:\n",
    "- {列: 任职.子, 公式: 级率, 依据: 办法 一}\n- {列: 学校.丑, 公式: 级率, 依据: 办法 一}\n\n否决:\n",
)
BY_PERIOD = changed("按: [校, 身份]", "按: [校, 考期]").replace(
    "\n否决:\n", "- {列: 任职.考期, 公式: 考核.期间, 依据: 办法 一}\n\n否决:\n"
)
BY_UNIQUE = changed("    收款人: 个人\n", "    收款人: 个人\n    唯一: [姓名]\n")
BY_UNIQUE = BY_UNIQUE.replace("人员 按 证件号码,", "人员 按 证件号码、学校代码,")
UNTIL = changed("    主键: 学校代码\n", "    主键: 学校代码\n    有效至: 止\n")
UNTIL = UNTIL.replace("{学校代码: 代码,", "{学校代码: 代码, 止: 日期 可空,")
SAME_NAME = changed("按: [校, 身份]", "按: [人.师德, 师德]")
SAME_NAME = SAME_NAME.replace("      身份: 选", "      师德: 选项 合格、不合格\n      身份: 选")
OF_A_RULE = changed("      班主任: 是否\n", "      班主任: 是否\n      校况: 文字 核对 校.人数\n")
OF_A_RULE = OF_A_RULE.replace("\n否决:\n", "- {列: 学校.人数, 公式: 1, 依据: 办法 一}\n\n否决:\n")

TWO_CLAUSES = "公式: 0元\n  依据: 办法 一、解释 调动当月"

# Name, the spoilt text, a passage of it with « at the place, a word of the message, a word of the cure.
PLACED = [
    ("an item twice in the order", SMALL + ITEMS, "[奖励, «基础]", "「基础」写了两次", "删去一处"),
    ("empty marks of a must", changed("姓名: 文字", "姓名: {类型: 文字, 空写法: [无]}"), "空写法: «[无]", "必填，不能有空写法", "可空"),
    ("a synonym twice", changed("姓名: 文字", "姓名: {类型: 文字, 别名: [名, 名]}"), "别名: «[名", "别名里有重复", "只写一次"),
    ("a synonym that is a column", changed("姓名: 文字", "姓名: {类型: 文字, 别名: [师德]}"), "«姓名: {", "已经是列「师德」", "去掉这个别名"),
    ("valid until, from no day", UNTIL, "有效至: «止", "主键最后一列却不是日期", "从哪天起有效"),
    ("a lookup that a unique column would do for", BY_UNIQUE, "人: «人员 按", "全部主键（证件号码）", "按 … 对 姓名"),
    ("a rate by columns of two kinds", BY_TWO_KINDS, "级率: «{按", "按不同类型的列查", "分成两个标准"),
    ("a payment without a clause", changed("\n检查:\n", f"{PAID}\n检查:\n"), "- «{编号: 新", "发放没有依据", "办法 三"),
    ("an event of a rule", changed(UNIT, UNIT.replace("资金", "事件: 月数, 资金")), "事件: «月数", "不是工作簿里的列", "奖项编号"),
    ("an event that names a person", changed(UNIT, UNIT.replace("资金", "事件: 证件号码, 资金")),
     "事件: «证件号码", "不能当事件", "证件号和账号不能写进结果"),
    ("a table by its own name", formula("任职"), "公式: «任职\n", "没有「任职」", "本行所在的表"),
    ("two columns of one name in a group", SAME_NAME, "人.师德, «师德", "两个「师德」", "换名"),
    ("a group by a period that a rule makes", BY_PERIOD, "奖励组: {分组: «任职", "不能按算出的期间「考期」分组", "选项"),
    ("a check of what a rule makes", OF_A_RULE, "校况: «文字", "「学校.人数」是规则算出的列", "改用输入列"),
    ("a month row's column named as its post's", with_rule("列: 任职月.教龄补贴", "公式: 0元"), "- «列: 任职月.教龄补贴",
     "又是表「任职」继承的名称", "换名"),
    ("a word close to a name of the post", with_rule("列: 任职月.试", "公式: 绩效标难 × 1月"),
     "公式: «绩效标难", "没有「绩效标难」", "是否想写「绩效标准」"),
    ("keys in a text", changed("{绩效: 县财政绩效工资, 专项: 县财政专项}", "绩效"), "资金: «绩效", "应是一组「键: 值」", "每个一行"),
    ("keys in a text with a wide colon", changed("{绩效: 县财政绩效工资, 专项: 县财政专项}", "「绩效：县财政」"),
     "资金: «「绩效", "应是一组「键: 值」", "全角冒号"),
    ("a unique column beside sets of such", changed("    收款人: 个人\n", "    收款人: 个人\n    唯一: [姓名, [证件号码, 师德]]\n"),
     "[姓名, «[证件", "应是一段文字", "单独写一行"),
    ("a heading that all else hangs on", changed("依据: {办法: 小县教师绩效工资办法}", "依据: {解释: 小县教师绩效工资办法}"),
     "依据: {解释: «小县", "文件简称不能是「解释」", "简称"),
    ("an interpretation that lacks its decision", changed("答: 原校发, 决定: 会议纪要}", "答: 原校发}"), "- «{编号: 调动", "缺少「决定」", "决定"),
    ("a value for blanks without a clause", changed("姓名: 文字", "姓名: {类型: 文字, 缺省: 无名}"),
     "姓名: «{类型", "列「人员.姓名」有缺省值，却没有依据", "写明依据"),
    ("a note of two", changed("姓名: 文字", "姓名: {类型: 文字, 说明: [甲, 乙]}"), "说明: «[甲", "说明应是一段文字", "单独写一行"),
    ("empty marks with keys", changed("姓名: 文字", "姓名: {类型: 文字 可空, 空写法: {无: 是}}"), "空写法: «{无", "空写法应是", "["),
    ("a payment of two names", changed("{编号: 教龄,", "{编号: 教龄, 名称: [甲, 乙],"), "名称: «[甲", "名称应是一段文字", "单独写一行"),
    ("the second name of a sentence", changed("{月数} 个月，职级津贴", "{月书} 个月，职级津贴"), "，{«月书}", "没有「月书」", "月数"),
    ("two clauses in one text", with_rule("列: 任职.试", "公式: 0元").replace("公式: 0元\n  依据: 办法 一", TWO_CLAUSES),
     "依据: «办法 一、", "一段文字里引了两处：「解释」也是一份文件", "[办法 一, 解释 调动当月]"),
    ("two words that name nothing", formula("张三 = 李四"), "公式: «张三", "没有「张三」", "加引号"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "pointer", "word", "cure"), [slip[1:] for slip in PLACED], ids=[slip[0] for slip in PLACED]
)
def test_a_rare_slip_is_told_once_where_it_stands(text, pointer, word, cure):
    (problem,) = problems(text)
    before = text[: text.index(pointer.replace("«", "")) + pointer.index("«")]
    assert (problem.place.line, problem.place.column) == (
        before.count("\n") + 1,
        len(before) - before.rfind("\n"),
    )
    assert word in problem.message
    assert cure in problem.remedy
