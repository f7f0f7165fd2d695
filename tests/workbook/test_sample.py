"""The sample county: the same cells everywhere, the county's shape, every awkward case, and nothing to complain about."""

from collections import Counter, defaultdict
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from payroll_service.book.payouts import make_payouts
from payroll_service.calculation.columns import calculate
from payroll_service.snapshot.sealing import check_and_seal, seal
from payroll_service.workbook.sample import make_sample
from payroll_service.workbook.sample_rows import SampleError
from rules.language import load_rule_set
from rules.language.period import month_text

SETS = Path(__file__).parents[2] / "rules" / "sets" / "dushan"
DESCRIPTION = (SETS / "sample.yaml").read_text(encoding="utf-8")
SEED = 2020

# Change it together with sample.yaml, never because a Python or a machine gives another one.
DIGEST = "eb4691f25c1fa9b1f3def3696a385737ad46dc3c8f55dce544f0b75e0ed87afc"


@pytest.fixture(scope="module")
def program():
    return load_rule_set((SETS / "2020.1.yaml").read_text(encoding="utf-8"), "2020.1.yaml")


@pytest.fixture(scope="module")
def county(program):
    return make_sample(program, DESCRIPTION, SEED)


def rows_of(raw_tables, name):
    table = next(table for table in raw_tables if table.table == name)
    return [
        dict(zip(table.columns, cells, strict=True)) for cells in zip(*table.columns.values(), strict=True)
    ]


def digest(raw_tables):
    cells = [
        (table.table, name, list(column)) for table in raw_tables for name, column in table.columns.items()
    ]
    return sha256(repr(cells).encode()).hexdigest()


def test_the_same_seed_gives_the_same_cells_on_every_machine(county):
    assert digest(county) == DIGEST


def test_another_seed_gives_other_people(program, county):
    assert digest(make_sample(program, DESCRIPTION, SEED + 1)) != digest(county)


def test_a_total_is_never_below_the_sum_it_is_made_of_and_less_than_a_step_above(county):
    posts, approved = rows_of(county, "任职"), rows_of(county, "核定总量")
    sums: defaultdict[str, Fraction] = defaultdict(Fraction)
    for post in posts:
        sums[post["学校代码"]] += Fraction(str(post["绩效标准"])) * Fraction("12.6")
    over = [Fraction(str(row["金额"])) - sums[row["学校代码"]] for row in approved if row["资金"] == "绩效"]
    assert len(over) == 48
    assert all(0 <= each < 100 for each in over)


def test_a_change_in_one_column_leaves_the_others_as_they_were(program, county):
    changed = make_sample(program, DESCRIPTION.replace("数: 2750至3050步1", "数: 2751至3050步1"), SEED)
    differing = [
        (one.table, name)
        for one, other in zip(county, changed, strict=True)
        for name in one.columns
        if list(one.columns[name]) != list(other.columns[name])
    ]
    assert differing == [("任职", "基础工资")]


def test_the_county_has_its_shape(county):
    schools, people = rows_of(county, "学校"), rows_of(county, "人员")
    assert Counter(school["学段"] for school in schools) == {"小学": 41, "初中": 5, "高中": 2}
    assert len({school["乡镇"] for school in schools}) == 8
    assert len({school["学校名称"] for school in schools}) == len(schools)
    assert 2800 <= len(people) <= 3200
    posts = rows_of(county, "任职")
    assert {post["学校代码"] for post in posts if post["身份"] == "校长"} == {s["学校代码"] for s in schools}


def test_every_awkward_case_is_there(county):
    posts, scores = rows_of(county, "任职"), rows_of(county, "学期考核")
    people, principals = rows_of(county, "人员"), rows_of(county, "年度考核")
    names = "".join(person["姓名"] for person in people)
    assert all(part in names for part in ("䶮", "㐂", "𠮷", "·", "欧阳"))
    assert any(person["证件号码"].endswith("X") for person in people)
    assert Counter(person["师德"] for person in people)["不合格"] >= 2
    assert any(person["账号待核"] == "是" for person in people)

    by_person: dict[str, list[dict]] = {}
    for post in posts:
        by_person.setdefault(post["证件号码"], []).append(post)
    assert any(len({post["学校代码"] for post in own}) > 1 for own in by_person.values()), "transfers"
    assert any(len(own) == 3 for own in by_person.values()), "there and back"
    assert any({post["身份"] for post in own} == {"教师", "校长"} for own in by_person.values()), "promotions"
    assert any(own[-1]["止"] for own in by_person.values()), "leavers"
    assert any(post["绩效标准"] % 0.5 == 0.25 for post in posts), "amounts whose 66 % ends on half a fen"
    assert {post["职级"] for post in posts} == {None, "特级", "一级", "二级", "三级"}

    by_school: dict[tuple, list] = {}
    for score in scores:
        by_school.setdefault((score["学校代码"], score["期间"]), []).append(score["得分"])
    assert any(score["得分"] == 0 for score in scores)
    assert any(len(set(values)) < len(values) for values in by_school.values()), "ties"
    assert {90, 89.99, 0} <= {row["得分"] for row in principals}


@pytest.mark.parametrize("seed", [1, SEED])
def test_no_cell_is_complained_about(program, seed):
    snapshot, problems = check_and_seal(program, make_sample(program, DESCRIPTION, seed))
    assert problems == []
    assert snapshot is not None


def test_every_run_of_the_school_year_calculates_and_stays_within_the_approved_totals(program, county):
    snapshot = seal(program, county)
    approved = {(row["学校代码"], row["资金"]): row["金额"] * 100 for row in rows_of(county, "核定总量")}
    paid: Counter[tuple[str, str]] = Counter()
    year = program.calendar.parse("2020-2021")
    months = [month_text(number) for number in year.months]
    for period in [*months, "2020-2021-1", "2020-2021-2", "2020-2021"]:
        outcome = calculate(program, snapshot, program.calendar.parse(period))
        assert [finding.check for finding in outcome.findings if finding.level == "必须"] == []
        payouts = make_payouts(program, outcome)
        units, funds = (
            np.array(words)[codes]
            for words, codes in ((payouts.unit_codes, payouts.unit), (payouts.funds, payouts.fund))
        )
        for unit, fund, fen in zip(units.tolist(), funds.tolist(), payouts.amount_fen.tolist(), strict=True):
            paid[unit, fund] += fen
    assert paid.keys() == approved.keys()
    assert [place for place in paid if paid[place] > approved[place]] == []


def test_scale_multiplies_schools_and_people(program, county):
    double = make_sample(program, DESCRIPTION, SEED, 2)
    assert len(rows_of(double, "学校")) == 2 * len(rows_of(county, "学校"))
    assert len(rows_of(double, "人员")) == pytest.approx(2 * len(rows_of(county, "人员")), rel=0.1)


@pytest.mark.parametrize(
    ("steps", "complaint"),
    [
        ("- {表: 教室, 数: 1}", "没有「教室」这张表"),
        ("- {表: 学校, 数: 1, 列: {规摸: 大}}", "没有「规摸」这一列"),
        ("- {表: 学校, 数: 1, 列: {学校代码: X}}", "「学校名称」没有写法"),
        ("- {表: 学校, 数: 1, 列: {学校代码: {随便: X}}}", "写法不认识"),
        ("- {表: 学校, 列: {学校代码: X}}", "缺少「数」"),
        ("- {表: 人员, 每: 学校}", "还没有「学校」表的行"),
        ("- {表: 学校, 数: 1, 列: {学校代码: {取自: 代码}}}", "没有「代码」这个清单"),
        ("- {表: 学校, 数: 1, 列: {学校代码: {数: 很多}}}", "范围应写"),
        ("- {变动: 迁址, 表: 学校, 数: 1, 止: 2020-12-31}", "没有起止日期"),
    ],
)
def test_a_description_that_cannot_be_followed_says_where(program, steps, complaint):
    with pytest.raises(SampleError, match=f"第1步.*{complaint}"):
        make_sample(program, f"样例: 坏的\n步骤:\n{steps}\n", SEED)


@pytest.mark.parametrize("written", ["87.5%", "0.875"])
def test_a_percentage_may_be_written_with_its_sign(written):
    [table] = make_sample(SHARES, f"步骤:\n- {{表: 份额, 数: 1, 列: {{代码: A, 比例: '{written}'}}}}\n", SEED)
    assert table.columns["比例"] == [0.875]


def test_a_number_that_is_none_is_told_by_its_column():
    with pytest.raises(SampleError, match="「比例」是数，不能是「很多」"):
        make_sample(SHARES, "步骤:\n- {表: 份额, 数: 1, 列: {代码: A, 比例: 很多}}\n", SEED)


SHARES = load_rule_set(
    """\
语言: 1
规则集: 份额
版本: "1"
施行: 2020-01-01 至 2020-12-31
依据: {办法: 份额办法}
资金: {奖: 奖金}
表:
  份额: {主键: 代码, 收款人: 学校, 列: {代码: 代码, 比例: 百分比}}
规则:
- 列: 份额.奖
  公式: 100元 × 比例
  取整: 分 四舍五入
  依据: 办法 一
发放:
- {编号: 奖, 项目: 份额.奖, 给: 本行, 单位: 本行, 所属: 年, 何时: 年末, 资金: 奖}
""",
    "份额.yaml",
)
