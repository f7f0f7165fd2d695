"""A small sound rule set that tests spoil by one edit, and helpers to see what the checker says of it."""

from rules.language.check import load_rule_set
from rules.language.mistakes import RuleProblem, RuleSetError
from rules.language.program import Program

FILE = "小县/2021.1.yaml"

SMALL = """\
语言: 1
规则集: 小县教师绩效工资
版本: "2021.1"
施行: 2021-09-01 至 2022-08-31
依据: {办法: 小县教师绩效工资办法}
解释:
- {编号: 调动当月, 问: 谁发, 答: 原校发, 决定: 会议纪要}
学期: {第一学期: 9月起6个月, 第二学期: 3月起6个月}
资金: {绩效: 县财政绩效工资, 专项: 县财政专项}

表:
  学校:
    主键: 学校代码
    列: {学校代码: 代码, 规模: 选项 大、中、小}
  人员:
    主键: 证件号码
    收款人: 个人
    列: {证件号码: 证件号, 姓名: 文字, 师德: 选项 合格、不合格}
  任职:
    主键: [证件号码, 学校代码, 起]
    查找: {人: 人员 按 证件号码, 校: 学校 按 学校代码, 考核: 考核 按 证件号码、本期}
    列:
      证件号码: 证件号
      学校代码: 代码
      起: 日期
      止: 日期 可空
      身份: 选项 教师、校长
      教龄: 整数 0至50
      班主任: 是否
      绩效标准: 金额 元/月
  考核:
    主键: [证件号码, 期间]
    列: {证件号码: 证件号, 期间: 期间 学期, 得分: 小数2位 0至120}
  任职月: {分月: 任职, 到任: 次月起, 离任: 当月止, 依据: 解释 调动当月}
  奖励组: {分组: 任职, 按: [校, 身份]}

标准:
  教龄津贴: {按: [教龄], 档: {不满5: 0元/月, 满5不满10: 3元/月, 10以上: 5元/月}, 依据: 办法 五}
  规模系数: {按: [校.规模], 档: {大: 1.2, 中: 1.1, 小: 1}, 依据: 办法 五}
  班主任系数: {按: [班主任], 档: {是: 1.15, 否: 1}, 依据: 办法 七}

规则:
- 拆分: 任职月.绩效标准
  各份: {基础性绩效: 66%, 奖励性额度: 其余}
  取整: 分 四舍五入
  依据: 办法 三
- 列: 任职.月数
  公式: 计数(任职月)
  依据: 办法 四
- 列: 任职.教龄补贴
  公式: 教龄津贴 × 月数
  依据: 办法 五
- 列: 奖励组.奖励池
  汇集: 任职月.奖励性额度
  依据: 办法 六
- 列: 任职.权重
  限于: 身份 = 教师
  公式: 考核.得分 × 月数 × 班主任系数 × 规模系数
  依据: 办法 七
- 列: 任职.奖励性绩效
  分配: 奖励组.奖励池
  按: 权重 否则 0
  余分: [考核.得分 由高到低, 主键]
  无权重: 退回 绩效
  迟到更正: 重新分配
  依据: 办法 七
- 列: 任职.职级津贴
  限于: 身份 = 校长
  公式: 绩效标准 × 15% × 月数
  例外: [{当: 教龄 < 5, 值: 0元, 依据: 办法 八}]
  取整: 分 四舍五入
  依据: 办法 八
  说明: 绩效标准 {绩效标准}，{月数} 个月，职级津贴 {职级津贴}。

否决:
- 名称: 师德
  表: 任职
  当: 人.师德 = 不合格
  项目: {奖励性绩效: 回到奖励池, 职级津贴: 退回 专项}
  依据: 办法 九

发放:
- {编号: 基础, 项目: 任职月.基础性绩效, 给: 人, 单位: 校, 所属: 月, 何时: 每月, 资金: 绩效}
- {编号: 奖励, 项目: 任职.奖励性绩效, 给: 人, 单位: 校, 所属: 学期, 何时: 学期末, 资金: 绩效}
- {编号: 教龄, 项目: 任职.教龄补贴, 给: 人, 单位: 校, 所属: 学期, 何时: 学期末, 资金: 绩效}
- {编号: 职级, 项目: 任职.职级津贴, 给: 人, 单位: 校, 所属: 学期, 何时: 学期末, 资金: {绩效: 30%, 专项: 其余}}

检查:
- 名称: 标准已填
  表: 任职
  必须: 绩效标准 > 0元/月
  依据: 办法 二

名册:
  表: 人员
  不发: [{名称: 没有在岗月份, 当: 计数(任职月) = 0月, 依据: 办法 四}]
"""


def compiled(text: str = SMALL) -> Program:
    return load_rule_set(text, FILE)


def changed(old: str, new: str) -> str:
    """The small rule set with one passage changed."""
    assert SMALL.count(old) == 1, f"{SMALL.count(old)} times in the small rule set: {old}"
    return SMALL.replace(old, new)


def with_rule(*lines: str) -> str:
    """The small rule set with one more rule."""
    rule = "\n".join(("- " if not index else "  ") + line for index, line in enumerate(lines))
    return changed("\n否决:\n", f"{rule}\n  依据: 办法 一\n\n否决:\n")


def problems(text: str) -> list[RuleProblem]:
    """What the checker says of a text; nothing if it is sound. Only RuleSetError may come out of it."""
    try:
        compiled(text)
    except RuleSetError as error:
        return error.problems
    return []
