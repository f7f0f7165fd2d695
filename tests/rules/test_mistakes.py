"""Wrong rule sets: the small sound one, spoilt by one edit, gives one message with place and cure."""

import re

import pytest

from tests.rules.small import FILE, SMALL, changed, problems

CASE = "限于: 身份 = 教师"
MONTHS = "  公式: 计数(任职月)\n"
SIZES = "档: {大: 1.2, 中: 1.1, 小: 1}"
BONUS_PAYMENT = "项目: 任职.奖励性绩效, 给: 人, 单位: 校, 所属: 学期, 何时: 学期末"
BASE_PAYMENT = "项目: 任职月.基础性绩效, 给: 人, 单位: 校, 所属: 月, 何时: 每月, 资金: 绩效}"
GRADE = "公式: 绩效标准 × 15% × 月数"
GATHER = "- 列: 奖励组.奖励池\n  汇集: 任职月.奖励性额度\n"

# One edit each: name, what is written, what is written instead, where the message must point (a passage of the spoilt
# document with « at the place), a word of the message, a word of the cure.
EDITS = [
    # form
    ("doubled key", "    收款人: 个人\n", "    收款人: 个人\n    收款人: 学校\n", "    «收款人: 学校", "重复", "删去"),
    ("missing dash", "- {编号: 奖励, ", "  {编号: 奖励, ", "  «{编号: 奖励", "不成对", "检查"),
    ("unknown key", "    收款人: 个人", "    收款: 个人", "    «收款: 个人", "没有「收款」", "收款人"),
    ("unknown top key", "\n检查:\n", "\n检察:\n", "«检察:", "没有「检察」", "检查"),
    ("anchor", "规则集: 小县", "规则集: &县 小县", "规则集: «&县", "锚点", "照抄"),
    ("alias", MONTHS, "  公式: *县\n", "  公式: «*县", "引用", "照抄"),
    ("tag", "规则集: 小县", "规则集: !!str 小县", "规则集: «!!str", "!!str", "标记"),
    ("tab", "    主键: 学校代码\n", "\t主键: 学校代码\n", "«\t主键", "Tab", "空格"),
    ("wide colon in block", "规则集: 小县", "规则集：小县", "规则集«：小县", "全角冒号", "半角冒号"),
    ("wide colon in list", "- 列: 任职.月数", "- 列：任职.月数", "- 列«：任职", "全角冒号", "半角冒号"),
    ("wide colon in flow", "{编号: 奖励,", "{编号：奖励,", "- {编号«：奖励", "全角冒号", "半角冒号"),
    ("no space after colon", "规则集: 小县", "规则集:小县", "规则集«:小县", "没有空格", "空格"),
    ("wide space", "规则集: 小县", "规则集:　小县", "规则集:«　小县", "全角空格", "半角"),
    ("unquoted version", '"2021.1"', "2021.1", "版本: «2021.1", "小数", '"2021.1"'),
    ("formula in brackets", MONTHS, "  公式: {取小(月, 2)}\n", "  公式: «{取小", "公式", "单独写一行"),
    ("empty value", MONTHS, "  公式:\n", "  公式:«", "空的", "填写"),
    ("other language", "语言: 1", "语言: 2", "语言: «2", "只懂语言 1", "语言: 1"),
    ("no such key", "资金: {绩效: 县财政绩效工资, 专项: 县财政专项}\n", "", "«语言", "缺少「资金」", "资金"),
    # declarations
    ("dates", "2021-09-01 至 2022-08-31", "2021-09-01", "施行: «2021", "看不懂施行", "至"),
    ("no such day", "2022-08-31", "2022-08-32", "施行: «2021", "不是日期", "2020-09-01"),
    ("semesters", "3月起6个月", "3月起5个月", "学期: «{", "铺满", "9月起6个月"),
    ("doubled interpretation", "解释:\n", "解释:\n- {编号: 调动当月, 问: 甲, 答: 乙, 决定: 丙}\n", "- «{编号: 调动当月, 问: 谁发", "重复", "编号"),
    ("unknown type", "{学校代码: 代码, 规模", "{学校代码: 代马, 规模", "列: {学校代码: «代马", "没有类型", "代码"),
    ("doubled option", "大、中、小}", "大、中、大}", "规模: «选项", "重复", "选项"),
    ("name with brackets", "      止: 日期 可空\n", "      止: 日期 可空\n      金额(元): 金额\n", "      «金额(元)", "不能叫", "汉字"),
    ("name is a word", "      止: 日期 可空\n", "      止: 日期 可空\n      经: 文字\n", "      «经: 文字", "不能叫", "运算词"),
    ("no key", "    主键: 学校代码\n", "    主键: []\n", "    主键: «[]", "空的", "名称"),
    ("key is no column", "    主键: 学校代码\n", "    主键: 学校编码\n", "    主键: «学校编码", "不是本表的列", "学校代码"),
    ("key may be empty", "      起: 日期\n", "      起: 日期 可空\n", "      «起: 日期 可空", "不能可空", "可空"),
    ("lookup without 按", "校: 学校 按 学校代码", "校: 学校", "校: «学校, 考核", "看不懂查找", "按"),
    ("lookup of too few keys", "考核 按 证件号码、本期", "考核 按 证件号码", "考核: «考核 按", "全部主键", "期间"),
    ("lookup by no column", "学校 按 学校代码", "学校 按 学校编码", "校: «学校 按", "没有列", "学校代码"),
    ("lookup in another order", "考核 按 证件号码、本期", "考核 按 期间、证件号码", "考核: «考核 按", "次序不同", "考核 按 证件号码、期间"),
    ("lookup of a period by a column", "考核 按 证件号码、本期", "考核 按 证件号码、起", "考核: «考核 按", "类型不同", "请写「本期」"),
    ("month table of nothing", "{分月: 任职,", "{分月: 任值,", "{分月: «任值", "没有表", "任职"),
    ("group by nothing", "按: [校, 身份]", "按: [校, 身分]", "按: [校, «身分", "没有「身分」", "身份"),
    ("lookup named as a rule's column", "考核: 考核 按", "月数: 考核 按", "- «列: 任职.月数", "既是", "换名"),
    ("rule's column named as a rate", "- 列: 任职.月数", "- 列: 任职.规模系数", "- «列: 任职.规模系数", "既是", "换名"),
    ("rule's column named as its table", "- 列: 任职.月数", "- 列: 任职.任职", "- «列: 任职.任职", "既是", "换名"),
    ("default without clause", "姓名: 文字", "姓名: {类型: 文字, 缺省: 无名}", "姓名: «{类型", "没有依据", "依据"),
    ("default that does not fit", "教龄: 整数 0至50", "教龄: {类型: 整数 0至50, 缺省: 60, 依据: 办法 一}", "缺省: «60", "缺省值", "范围"),
    # clauses
    ("no clause", f"{MONTHS}  依据: 办法 四\n", MONTHS, "- «列: 任职.月数", "缺少「依据」", "依据"),
    ("unknown document", "依据: 办法 九", "依据: 办发 九", "依据: «办发", "没有在文件开头声明", "办法"),
    ("no article", "依据: 办法 九", "依据: 办法", "回到奖励池, 职级津贴: 退回 专项}\n  依据: «办法", "没有写条款", "办法 三"),
    ("unknown interpretation", "依据: 解释 调动当月}", "依据: 解释 调动}", "依据: «解释", "没有编号", "调动当月"),
    # rates
    ("gap", "满5不满10", "满5不满9", "«10以上", "空档（9到10之间）", "并入"),
    ("overlap", "满5不满10", "满5至10", "«10以上", "重叠", "不满"),
    ("lowest is missing", "不满5: 0元/月, ", "", "档: {«满5不满10", "最低", "最低"),
    ("unreadable band", "满5不满10", "五到十", "«五到十", "看不懂档次", "满5不满10"),
    ("percent band", "满5不满10", "满5%不满10%", "«满5%", "百分号", "%"),
    (
        "one band without a unit",
        "不满5: 0元/月, 满5不满10: 3元/月", "不满5: 0元/月, 满5不满10: 3",
        "10以上: «5元/月", "「3」与「5元/月」单位不同", "没有写单位的请补上",
    ),
    ("unknown unit", "10以上: 5元/月", "10以上: 5元/课时", "10以上: «5元/课时", "不是数", "单位只有：元、月"),
    ("option like a number", "当: 人.师德 = 不合格", "当: 人.师德 = 985", "  当: 人.师德 «= 985", "类型不同", "要加引号"),
    ("each", "10以上: 5元/月", "10以上: 5元每月", "10以上: 5«元每月", "元每月", "68元/节"),
    ("type of any number", "教龄: 整数 0至50", "教龄: 数字 0至50", "教龄: «数字", "没有类型「数字」", "小数2位"),
    ("ten thousands", "10以上: 5元/月", "10以上: 5万元/月", "10以上: 5«万元", "万元", "50000元"),
    ("missing choice", "中: 1.1, 小: 1", "中: 1.1", "档: «{大: 1.2", "漏了：小", "0"),
    ("unknown choice", "小: 1}", "小: 1, 微: 1}", "«微: 1", "没有「微」", "小"),
    ("missing 否", "{是: 1.15, 否: 1}", "{是: 1.15}", "档: «{是", "漏了：否", "0"),
    ("rate of other unit", "满5不满10: 3元/月", "满5不满10: 3元/学期", "10以上: «5元/月", "单位不同", "同一单位"),
    ("rate is no number", "满5不满10: 3元/月", "满5不满10: 三元", "满5不满10: «三元", "不是数", "定值"),
    ("dated too late", SIZES, f"分期: {{2021-10-01起: {SIZES[3:]}}}", "分期: «{2021", "晚于", "施行之日"),
    ("dated twice", SIZES, f"分期: {{2021-09-01起: {SIZES[3:]}, 2021-09-01 起: {SIZES[3:]}}}", "«2021-09-01 起", "同一天", "删去"),
    ("rate never used", " × 规模系数", "", "规模系数: «{按", "没有规则用到", "删去"),
    (
        "rate key out of reach",
        "\n否决:\n",
        "- 列: 学校.津贴\n  公式: 教龄津贴\n  依据: 办法 一\n\n否决:\n",
        "  公式: «教龄津贴\n", "这里读不到", "同名",
    ),
    # names and types in formulas
    ("near miss", "公式: 教龄津贴 × 月数", "公式: 教龄津贴 × 月树", "公式: 教龄津贴 × «月树", "没有「月树」", "月数"),
    ("column elsewhere", "公式: 教龄津贴 × 月数", "公式: 教龄津贴 × 得分", "× «得分", "没有「得分」", "在表「考核」里"),
    ("unknown table", "公式: 计数(任职月)", "公式: 计数(任职越)", "公式: 计数(«任职越", "没有表", "任职"),
    ("letter x for times", "考核.得分 × 月数 ×", "考核.得分 x 月数 ×", "考核.得分 «x", "接不上", "乘号请写 ×"),
    ("rows below without 合计", "公式: 计数(任职月)", "公式: 任职月.绩效标准", "公式: «任职月", "没有「任职月」", "合计(任职月.列)"),
    ("table instead of lookup", "公式: 教龄津贴 × 月数", "公式: 教龄津贴 × 月数 × 学校.规模系数", "× «学校.", "没有「学校」", "查找「校」"),
    ("payee by its table", "项目: 任职.教龄补贴, 给: 人,", "项目: 任职.教龄补贴, 给: 人员,", "给: «人员", "没有「人员」", "查找「人」"),
    ("unknown function", "公式: 计数(任职月)", "公式: 数数(任职月)", "公式: «数数", "没有函数", "计数"),
    ("unknown choice in condition", CASE, "限于: 身份 = 老师", "身份 = «老师", "没有选项", "教师"),
    ("choice as a number", CASE, "限于: 身份 = 3", "身份 «= 3", "类型不同", "同一类"),
    ("choice in order", CASE, "限于: 身份 < 教师", "身份 «< 教师", "不能比大小", "属于"),
    ("date as a sum", CASE, "限于: 起 > 2020-9-1", "起 «> 2020-9-1", "类型不同", "2020-09-01"),
    ("period as a text", CASE, "限于: 考核.期间 = 「2021-2022-1」", "考核.期间 «= ", "类型不同", "期间"),
    ("word glued to a name", CASE, "限于: 身份 = 教师且班主任", "身份 = «教师且班主任", "没有选项", "空格"),
    ("word glued to names", CASE, "限于: 班主任且月数", "限于: «班主任且月数", "没有「班主任且月数」", "空格"),
    ("chained comparison", "当: 教龄 < 5", "当: 0 < 教龄 < 5", "当: 0 < 教龄 «< 5", "连着比较", "且"),
    ("condition is a number", CASE, "限于: 教龄", "限于: «教龄", "不是条件", "身份 = 校长"),
    ("bare 200", "值: 0元", "值: 200", "值: «200", "没有单位", "200元"),
    ("yuan and yuan per month", "值: 0元", "值: 200元/月", "值: «200元/月", "单位不同", "月数"),
    ("sum of yuan and yuan per month", GRADE, "公式: 绩效标准 + 200元", "绩效标准 «+ 200元", "单位不同", "元/月"),
    ("percent and money", GRADE, "公式: 绩效标准 + 15%", "绩效标准 «+ 15%", "百分比", "乘以金额"),
    ("money times money", GRADE, "公式: 绩效标准 × 绩效标准", "绩效标准 «× 绩效标准", "不能乘", "系数"),
    ("divided by nought", GRADE, "公式: 绩效标准 ÷ 0", "绩效标准 «÷ 0", "除数是 0", "除数"),
    ("option without quotes", MONTHS, "  公式: 如果(教龄 > 3, 优, 良)\n", "如果(教龄 > 3, «优", "没有「优」", "「优」"),
    ("own row outside", "公式: 教龄津贴 × 月数", "公式: 教龄津贴 × 本行.月数", "× «本行.月数", "本行", "合计"),
    ("too deep", MONTHS, f"  公式: {'(' * 50}1{')' * 50}\n", "«" + "(" * 10 + "1)", "层", "几条规则"),
    ("too long", MONTHS, f"  公式: {'一' * 2001}\n", "  公式: «一", "个字", "几条规则"),
    ("too many operators", MONTHS, "  公式: 1" + "+1" * 101 + "\n", "  公式: 1" + "+1" * 100 + "«+1", "超过", "几条规则"),
    ("no path down", "当: 计数(任职月) = 0月", "当: 计数(学校) = 0", "当: «计数(学校)", "没有路", "查找"),
    ("lookup read as a column", CASE, "限于: 校 = 大", "限于: «校 = 大", "是查找，不是列", "校.列名"),
    ("@ on a column", CASE, "限于: 教龄@期初 > 3", "限于: «教龄@期初", "不是标准", "期初"),
    ("rounding of a number by fen", MONTHS, MONTHS + "  取整: 分 四舍五入\n", "计数(任职月)\n  取整: «分", "不能按「分」", "整数"),
    (
        "unknown rounding",
        "  取整: 分 四舍五入\n  依据: 办法 八",
        "  取整: 分 四捨五入\n  依据: 办法 八",
        "  取整: «分 四捨", "看不懂取整", "四舍五入",
    ),
    # rules
    ("unrounded quotient", MONTHS, "  公式: 考核.得分 ÷ 教龄\n", "  公式: «考核.得分 ÷", "除不尽", "取整"),
    ("unrounded payment", "  取整: 分 四舍五入\n  依据: 办法 八", "  依据: 办法 八", "{奖励性绩效: 回到奖励池, «职级津贴", "不是整分", "取整"),
    ("two kinds in one rule", MONTHS, MONTHS + "  汇集: 任职月.奖励性额度\n", "- «列: 任职.月数", "公式、汇集", "一件事"),
    ("column without its table", "- 列: 任职.月数", "- 列: 月数", "- 列: «月数", "表.列", "任职月.绩效标准"),
    ("doubled column", "- 列: 任职.教龄补贴", "- 列: 任职.月数", "- «列: 任职.月数\n  公式: 教龄津贴", "已由第", "换名"),
    ("two rests", "基础性绩效: 66%", "基础性绩效: 其余", "各份: «{", "现有 2 个", "其余"),
    ("no rest", "奖励性额度: 其余", "奖励性额度: 34%", "各份: «{", "现有 0 个", "其余"),
    ("parts over all", "基础性绩效: 66%", "基础性绩效: 166%", "各份: «{", "100%", "其余"),
    ("parts without %", "基础性绩效: 66%", "基础性绩效: 66", "各份: «{", "是全数的 66 倍", "写成 66%"),
    ("negative part", "基础性绩效: 66%", "基础性绩效: -66%", "基础性绩效: «-66%", "负数", "符号"),
    ("split of no money", "- 拆分: 任职月.绩效标准", "- 拆分: 任职月.身份", "- 拆分: «任职月.身份", "不是金额", "金额列"),
    ("否则 without 限于", MONTHS, MONTHS + "  否则: 0月\n", "  否则: «0月", "没有「限于」", "删去"),
    ("circle", MONTHS, "  公式: 权重 否则 0月\n", "考核.得分 × «月数", "任职.月数 → 任职.权重 → 任职.月数", "去掉"),
    ("ties without the key", "[考核.得分 由高到低, 主键]", "[考核.得分 由高到低]", "  余分: «[", "主键", "主键"),
    ("no word on late changes", "  迟到更正: 重新分配\n", "", "- «列: 任职.奖励性绩效", "迟到更正", "写 重新分配、不追回 由 资金、计入下期"),
    ("unknown late change", "迟到更正: 重新分配", "迟到更正: 重分", "  迟到更正: «重分", "看不懂", "重新分配"),
    ("unknown fund", "无权重: 退回 绩效", "无权重: 退回 绩校", "  无权重: «退回", "没有资金", "绩效"),
    ("weight is no number", "按: 权重 否则 0", "按: 身份", "  按: «身份", "按一个数", "得分"),
    ("unknown name in a sentence", "{月数} 个月", "{月树} 个月", "{«月树}", "没有「月树」", "月数"),
    ("arithmetic in a sentence", "{月数} 个月", "{月数 + 1} 个月", "{«月数 + 1}", "不是列名", "先写一条规则"),
    ("listed without columns", "  必须: 绩效标准 > 0元/月\n", "  必须: 绩效标准 > 0元/月\n  列出: 是\n", "  列出: «是", "没有可列出的列", "说明"),
    # proofs on the whole
    ("read where it does not apply", "按: 权重 否则 0", "按: 权重", "«- 列: 任职.奖励性绩效", "只在一部分行", "否则 0"),
    ("pocket without a way out", f"- {{编号: 基础, {BASE_PAYMENT}\n", "", "«- 拆分: 任职月", "没有去处", "发放"),
    ("pocket emptied twice", "\n检查:", f"- {{编号: 又一, {BASE_PAYMENT}\n\n检查:", "«- 拆分: 任职月", "被用了 2 次", "只能去一处"),
    ("gathering that does not cover", GATHER, GATHER + "  限于: 身份 = 教师\n", "«- 拆分: 任职月", "当 身份 = 校长 时", "覆盖"),
    ("veto in a circle", "当: 人.师德 = 不合格", "当: 奖励性绩效 > 0元", "«- 列: 任职.奖励性绩效", "圈", "去掉"),
    ("period too long", BONUS_PAYMENT, BONUS_PAYMENT.replace("学期", "学年"), "«- {编号: 奖励", "按学期的「本期」", "何时"),
    # vetoes, payments, checks
    (
        "veto of an input column",
        "{奖励性绩效: 回到奖励池,",
        "{绩效标准: 退回 绩效, 奖励性绩效: 回到奖励池,",
        "{«绩效标准: 退回", "不是规则得出", "规则得出",
    ),
    ("veto back to a wrong pool", "回到奖励池", "回到教师池", "奖励性绩效: «回到教师池", "奖励池", "那个池"),
    ("veto back from no share", "职级津贴: 退回 专项", "职级津贴: 回到奖励池", "职级津贴: «回到奖励池", "不是分配得来", "池"),
    ("veto out of reach", "{奖励性绩效: 回到奖励池,", "{奖励组.奖励池: 退回 绩效, 奖励性绩效: 回到奖励池,", "{«奖励组.奖励池", "够不到", "另写一条"),
    ("doubled payment number", "{编号: 奖励,", "{编号: 基础,", "- {编号: «基础, 项目: 任职.奖励性绩效", "重复", "编号"),
    ("payment of no money", "项目: 任职.教龄补贴", "项目: 任职.月数", "项目: «任职.月数", "不是金额", "金额列"),
    ("payment of money per month", "项目: 任职.教龄补贴", "项目: 任职.绩效标准", "- «{编号: 教龄", "元/月", "月数"),
    ("payee is no payee", "项目: 任职.教龄补贴, 给: 人", "项目: 任职.教龄补贴, 给: 校", "给: «校", "不是收款人", "收款人"),
    (
        "unit is a month row",
        "项目: 任职月.基础性绩效, 给: 人, 单位: 校",
        "项目: 任职月.基础性绩效, 给: 人, 单位: 本行",
        "单位: «本行", "工作簿", "校",
    ),
    (
        "earned monthly outside months",
        "项目: 任职.教龄补贴, 给: 人, 单位: 校, 所属: 学期",
        "项目: 任职.教龄补贴, 给: 人, 单位: 校, 所属: 月",
        "- «{编号: 教龄", "不是分月表", "学期",
    ),
    (
        "earned yearly, paid termly",
        "项目: 任职.教龄补贴, 给: 人, 单位: 校, 所属: 学期",
        "项目: 任职.教龄补贴, 给: 人, 单位: 校, 所属: 学年",
        "- «{编号: 教龄", "所属不能是学年", "学期",
    ),
    ("unknown cadence", "何时: 每月", "何时: 每周", "何时: «每周", "不能是「每周」", "每月"),
    ("funds over all", "{绩效: 30%, 专项: 其余}", "{绩效: 30%, 专项: 70%}", "资金: «{绩效: 30%", "其余", "其余"),
    ("check is no condition", "必须: 绩效标准 > 0元/月", "必须: 绩效标准", "  必须: «绩效标准", "不是条件", "是或否"),
    ("check without a level", "  必须: 绩效标准 > 0元/月\n", "", "- «名称: 标准已填", "必须", "提示"),
    ("roster of no payees", "名册:\n  表: 人员", "名册:\n  表: 学校", "  表: «学校", "不是收款人", "收款人"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "pointer", "message", "cure"),
    [edit[1:] for edit in EDITS],
    ids=[edit[0] for edit in EDITS],
)
def test_one_wrong_word_gives_one_message_where_it_stands(old, new, pointer, message, cure):
    text = changed(old, new)
    [problem] = problems(text)
    at = text.index(pointer.replace("«", "")) + pointer.index("«")
    line_start = text.rfind("\n", 0, at) + 1
    place = (FILE, text.count("\n", 0, at) + 1, at - line_start + 1)
    assert (problem.place.file, problem.place.line, problem.place.column) == place, problem
    assert message in problem.message
    assert cure in problem.remedy
    assert re.search("[\u4e00-\u9fff]", problem.message), "in Chinese"
    assert str(problem).startswith(f"{FILE}:{place[1]}:{place[2]}：")


def test_the_small_rule_set_is_sound():
    assert problems(SMALL) == []


def test_independent_mistakes_are_told_in_one_go_in_order_of_place():
    text = (
        SMALL.replace("身份 = 校长", "身份 = 园长")
        .replace("依据: 办法 九", "依据: 办发 九")
        .replace("编号: 奖励,", "编号: 基础,")
    )
    found = problems(text)
    assert [problem.place.line for problem in found] == sorted(problem.place.line for problem in found)
    assert [problem.message[:4] for problem in found] == ["没有选项", "依据「办", "发放编号"]
