"""Why a payout differs from the last one: a case by hand, and causes that add up for everyone."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payroll_service.book.own_rows import moved, own_changes, own_rows
from payroll_service.book.pay_change import (
    CAUSES,
    HELD,
    LATER,
    OTHERS,
    OWN,
    RULES,
    State,
    causes_of,
    read_pay,
)
from payroll_service.errors import UnknownPayee
from payroll_service.store import migrate, open_store
from payroll_service.workflow.calculate_run import calculate_run
from payroll_service.workflow.explain_change import explain_change
from payroll_service.workflow.import_workbook import import_workbook
from payroll_service.workflow.load_rules import load_rules
from tests import acts
from tests.sample_county import county_rules, county_snapshot, write_csv_folder
from tests.workflow.conftest import BUREAU, NOW

FIRST = """\
语言: 1
规则集: 例县奖励
版本: "1"
施行: 2020-09-01 至 2021-08-31
依据: {办法: 例县奖励办法（虚构）}
资金: {绩效: 县绩效工资总量}
表:
  学校: {主键: 学校代码, 称呼: 学校名称, 列: {学校代码: 代码, 学校名称: 文字}}
  人员:
    主键: 证件号码
    收款人: 个人
    称呼: 姓名
    查找: {校: 学校 按 学校代码}
    列: {证件号码: 证件号, 姓名: 文字, 学校代码: 代码, 额度: 金额, 得分: 小数2位}
  本校组: {分组: 人员, 按: [校], 依据: 办法 一}
标准:
  补贴标准: {值: 100元/学期, 依据: 办法 三}
规则:
- {列: 本校组.奖励池, 汇集: 人员.额度, 依据: 办法 一}
- {列: 人员.奖励, 分配: 本校组.奖励池, 按: 得分, 余分: [主键], 无权重: 退回 绩效, 迟到更正: 重新分配, 依据: 办法 二}
- {列: 人员.补贴, 公式: 补贴标准, 依据: 办法 三}
发放:
- {编号: 奖, 名称: 奖励性绩效, 项目: 人员.奖励, 给: 本行, 单位: 校, 所属: 学期, 何时: 学期末, 资金: 绩效}
- {编号: 补, 名称: 补贴, 项目: 人员.补贴, 给: 本行, 单位: 校, 所属: 学期, 何时: 学期末, 资金: 绩效}
"""
SECOND = (
    FIRST.replace('"1"', '"2"')
    .replace("2020-09-01 至 2021-08-31", "2021-09-01 至 2022-08-31")
    .replace("100元/学期", "150元/学期")
)
PEOPLE = """\
证件号码,姓名,学校代码,额度,得分
11010519491231002X,甲,A01,1000,80
110105194912310038,乙,A01,1000,80
110105194912310046,丙,A01,1000,40
"""
LATER_PEOPLE = """\
证件号码,姓名,学校代码,额度,得分
11010519491231002X,甲,A01,1000,120
110105194912310038,乙,A01,1000,70
110105194912310046,丙,A01,1400,50
"""


@pytest.fixture
def calculated(store, tmp_path):
    """Import and calculate: (rule set, people, period) -> run id."""

    def run(rules: str, people: str, period: str) -> str:
        folder = tmp_path / f"{period} {len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        document = tmp_path / f"{folder.name}.yaml"
        document.write_text(rules, encoding="utf-8")
        (folder / "学校.csv").write_text("学校代码,学校名称\nA01,甲小学\n", encoding="utf-8")
        (folder / "人员.csv").write_text(people, encoding="utf-8")
        loaded = load_rules(document)
        imported = import_workbook(store, BUREAU, loaded, folder, "经办", NOW)
        done = calculate_run(store, BUREAU.bureau, imported.snapshot, period, "经办", NOW, loaded)
        return done.run.run_id

    return run


@pytest.fixture
def approved(store, calculated):
    """The same, and approve."""

    def run(rules: str, people: str, period: str) -> str:
        found: str = calculated(rules, people, period)
        acts.approve(store, BUREAU.bureau, found, "局长", NOW)
        return found

    return run


def change_of(store, number, run):
    with store.reading() as session:
        payee = session.payees.find(BUREAU.bureau, "个人", number).payee_id
    return explain_change(store, BUREAU.bureau, payee, run)


def told(change):
    return {cause.kinds: cause.fen for cause in change.causes}


def test_rules_own_data_and_colleagues_by_hand(store, approved):
    """Before: 3000 × 80/200 + 100 = 1300.00. Now: 3400 × 120/240 + 150 = 1850.00.

    With the old score and everybody else's new data, old rules: 3400 × 80/200 + 100 = 1460.00, so others +160.00.
    With the new score, old rules: 3400 × 120/240 + 100 = 1800.00, so one's own data +340.00. The allowance +50.00.
    """
    before = approved(FIRST, PEOPLE, "2020-2021-2")
    now = approved(SECOND, LATER_PEOPLE, "2021-2022-1")
    change = change_of(store, "11010519491231002X", now)
    assert (change.before_run, change.before_fen, change.now_fen) == (before, 1300_00, 1850_00)
    assert told(change) == {(RULES,): 50_00, (OWN,): 340_00, (OTHERS,): 160_00, (LATER,): 0, (HELD,): 0}
    assert [dict(cause.items) for cause in change.causes][:3] == [
        {"补": 50_00},
        {"奖": 340_00},
        {"奖": 160_00},
    ]
    assert [(one.table, one.column, one.before, one.now) for one in change.own] == [
        ("人员", "得分", "80.00", "120.00")
    ]


def test_nothing_changed_and_nothing_is_told(store, approved):
    approved(FIRST, PEOPLE, "2020-2021-1")
    now = approved(FIRST, PEOPLE, "2020-2021-2")
    change = change_of(store, "110105194912310038", now)
    assert change.own == ()
    assert set(told(change).values()) == {0}


def test_rules_that_cannot_read_the_other_data_are_not_told_apart(store, approved):
    approved(FIRST, PEOPLE, "2020-2021-2")
    renamed = SECOND.replace("得分", "考分")
    now = approved(renamed, LATER_PEOPLE.replace("得分", "考分"), "2021-2022-1")
    change = change_of(store, "11010519491231002X", now)
    assert told(change) == {(RULES, OWN, OTHERS): 550_00, (LATER,): 0, (HELD,): 0}


def test_who_was_not_paid_before_has_nothing_to_compare(store, approved):
    only = approved(FIRST, PEOPLE, "2020-2021-1")
    with pytest.raises(UnknownPayee, match="没有可比的"):
        change_of(store, "110105194912310046", only)


amounts = st.dictionaries(st.sampled_from("甲乙丙丁"), st.integers(-(10**12), 10**12))


@given(amounts, amounts, amounts, amounts, st.booleans(), st.booleans(), st.lists(amounts, max_size=2))
def test_causes_add_up_whatever_happened(first, late_first, second, late_second, held, held_now, states):
    def pay(calculated, late, is_held):
        lines = [
            {"item": item, "name": item, "amount": text(calculated.get(item, 0) + late.get(item, 0))}
            | {"brought": text(late.get(item, 0))}
            for item in {**calculated, **late}
        ]
        return read_pay(json.dumps({"lines": lines, "held": "待核" if is_held else ""}).encode())

    before, now = pay(first, late_first, held), pay(second, late_second, held_now)
    kinds = [(OTHERS,), (OWN,), (RULES,)][-len(states) - 1 :]
    middle = [State(kind, fen) for kind, fen in zip(kinds, states, strict=False)]
    causes = causes_of(before, now, middle, kinds[-1])
    assert sum(cause.fen for cause in causes) == now.total_fen - before.total_fen
    assert [cause.kinds[0] for cause in causes] == [
        kind for kind in CAUSES if (kind,) in (*kinds, (LATER,), (HELD,))
    ]


def text(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


@given(st.integers(0, county_snapshot().tables["人员"].size - 1))
@settings(max_examples=15, deadline=None)
def test_rows_that_only_moved_with_the_time_have_not_changed(row):
    program, snapshot = county_rules().program, county_snapshot()
    first, second = (program.calendar.semester(2020, number) for number in (1, 2))
    number = snapshot.tables["人员"].columns["证件号码"]
    rows = own_rows(program, snapshot, first, (number.words[int(number.data[row])],))
    assert moved(program, rows, first, first) == rows
    later = moved(program, rows, first, second)
    assert own_changes(program, rows, later, first, second) == []
    assert all(one["期间"] == "2020-2021-2" for one in later["学期考核"])


@pytest.fixture(scope="module")
def two_semesters(tmp_path_factory):
    """The sample county with both semesters approved."""
    folder = tmp_path_factory.mktemp("two")
    url = f"sqlite:///{folder / 'payroll.db'}"
    migrate(url)
    store = open_store(url)
    imported = import_workbook(store, BUREAU, county_rules(), write_csv_folder(folder / "独山"), "经办", NOW)
    for period in ("2020-2021-1", "2020-2021-2"):
        done = calculate_run(store, BUREAU.bureau, imported.snapshot, period, "经办", NOW)
        acts.approve(store, BUREAU.bureau, done.run.run_id, "局长", NOW)
    yield store
    store.close()


@pytest.mark.slow
def test_the_causes_add_up_for_people_of_the_county(two_semesters):
    with two_semesters.reading() as session:
        first, second = (
            {
                one.payee_id: one.amount_fen
                for one in session.runs.records(BUREAU.bureau, f"2020-2021-{number}-r1")
                if not json.loads(one.content)["held"]
            }
            for number in (1, 2)
        )

    @given(st.sampled_from(sorted(first.keys() & second.keys())))
    @settings(max_examples=12, deadline=None)
    def adds_up(payee):
        change = explain_change(two_semesters, BUREAU.bureau, payee, "2020-2021-2-r1")
        assert (change.before_fen, change.now_fen) == (first[payee], second[payee])
        assert sum(cause.fen for cause in change.causes) == second[payee] - first[payee]

    adds_up()
