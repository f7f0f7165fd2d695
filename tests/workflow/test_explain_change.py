"""Why a payout differs from the last one: a case by hand, and causes that add up for everyone."""

import json
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from payroll_service.book.money import text_fen
from payroll_service.book.own_amounts import own_amounts
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
from payroll_service.book.records import Bureau, StoredImport
from payroll_service.book.run_states import FAILED
from payroll_service.calculation.columns import calculate
from payroll_service.calculation.outcome import CalculationError
from payroll_service.errors import NothingToCompare
from payroll_service.snapshot.canonical import to_bytes
from payroll_service.store import migrate, open_store
from payroll_service.workflow.calculate_run import calculate_run
from payroll_service.workflow.explain_change import explain_change
from payroll_service.workflow.import_workbook import (
    canonical,
    import_workbook,
    save_received,
    save_rules,
    save_snapshot,
)
from payroll_service.workflow.load_rules import LoadedRules, load_rules, rules_from
from rules.language import RuleSetError
from tests import acts
from tests.book.late import RULES as LATE_RULES
from tests.book.late import SEMESTERS
from tests.calculation.agreement import sealed
from tests.calculation.county import PARTS
from tests.calculation.county import TEXT as COUNTY
from tests.calculation.programs import period
from tests.calculation.strategies import county_rows, rule_parts
from tests.examples import examples
from tests.rules.test_schemes import PARENT, POOL, SCORES
from tests.rules.test_schemes import ROWS as SCHEME_ROWS
from tests.sample_county import county_rules, county_snapshot, write_csv_folder
from tests.workflow.conftest import BUREAU, NOW
from tests.workflow.test_late_changes import AFTER, BEFORE, receive
from tests.workflow.test_late_changes import PEOPLE as LATE_PEOPLE

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
MONTHLY = """\
语言: 1
规则集: 例县月奖
版本: "1"
施行: 2020-09-01 至 2021-08-31
依据: {办法: 例县月奖办法（虚构）}
资金: {绩效: 县绩效工资总量}
表:
  学校: {主键: 学校代码, 称呼: 学校名称, 列: {学校代码: 代码, 学校名称: 文字}}
  人员: {主键: 证件号码, 收款人: 个人, 称呼: 姓名, 列: {证件号码: 证件号, 姓名: 文字}}
  任职:
    主键: [证件号码, 起]
    不重叠: [证件号码]
    查找: {人: 人员 按 证件号码, 校: 学校 按 学校代码}
    列: {证件号码: 证件号, 学校代码: 代码, 起: 日期, 止: 日期 可空, 额度: 金额 元/月, 得分: 小数2位}
  任职月: {分月: 任职, 到任: 当月起, 离任: 当月止, 依据: 办法 一}
  校月: {分组: 任职月, 按: [校, 月], 依据: 办法 二}
规则:
- {拆分: 任职月.额度, 各份: {基础: 50%, 进池: 其余}, 取整: 分 四舍五入, 依据: 办法 一}
- {列: 校月.奖励池, 汇集: 任职月.进池, 依据: 办法 二}
- {列: 任职月.奖励, 分配: 校月.奖励池, 按: 得分, 余分: [主键], 无权重: 退回 绩效, 迟到更正: 重新分配, 依据: 办法 二}
发放:
- {编号: 基, 名称: 基础性绩效, 项目: 任职月.基础, 给: 人, 单位: 校, 所属: 月, 何时: 每月, 资金: 绩效}
- {编号: 奖, 名称: 奖励性绩效, 项目: 任职月.奖励, 给: 人, 单位: 校, 所属: 月, 何时: 每月, 资金: 绩效}
"""
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
    """Import and calculate: (rule set, people, period, other sheets) -> run id."""

    def run(rules: str, people: str, when: str, **sheets: str) -> str:
        folder = tmp_path / f"{when} {len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        document = tmp_path / f"{folder.name}.yaml"
        document.write_text(rules, encoding="utf-8")
        (folder / "学校.csv").write_text("学校代码,学校名称\nA01,甲小学\n", encoding="utf-8")
        for name, sheet in ({"人员": people} | sheets).items():
            (folder / f"{name}.csv").write_text(sheet, encoding="utf-8")
        loaded = load_rules(document)
        imported = import_workbook(store, BUREAU, loaded, folder, "经办", NOW)
        done = calculate_run(store, BUREAU.bureau, imported.snapshot, when, "经办", NOW, loaded)
        return done.run.run_id

    return run


@pytest.fixture
def approved(store, calculated):
    """The same, and approve."""

    def run(rules: str, people: str, when: str, **sheets: str) -> str:
        found: str = calculated(rules, people, when, **sheets)
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


def test_every_cause_says_what_it_is():
    pay = read_pay(b'{"lines": [{"item": "a", "name": "a", "amount": "1.00"}], "held": ""}')
    held = replace(pay, held="待核")
    for before, now, words in [
        (pay, pay, "暂缓发放"),
        (held, pay, "上一次暂缓发放，这一次不再暂缓"),
        (pay, held, "这一次暂缓发放"),
        (held, held, "两次都暂缓发放"),
    ]:
        assert [cause.title for cause in causes_of(before, now, [], (RULES, OWN, OTHERS))] == [
            "规则变了；本人的数据变了；资金池、同事和学校的数据变了",
            "前期有更正：补前期、不追回、计入下期",
            words,
        ]


def test_nothing_changed_and_nothing_is_told(store, approved):
    approved(FIRST, PEOPLE, "2020-2021-1")
    now = approved(FIRST, PEOPLE, "2020-2021-2")
    change = change_of(store, "110105194912310038", now)
    assert change.own == ()
    assert set(told(change).values()) == {0}
    assert (change.has_other_rules, change.is_told_apart, change.own_data_count) == (False, True, False)


def test_rules_that_cannot_read_the_other_data_are_not_told_apart(store, approved):
    approved(FIRST, PEOPLE, "2020-2021-2")
    renamed = SECOND.replace("得分", "考分")
    now = approved(renamed, LATER_PEOPLE.replace("得分", "考分"), "2021-2022-1")
    change = change_of(store, "11010519491231002X", now)
    assert told(change) == {(RULES, OWN, OTHERS): 550_00, (LATER,): 0, (HELD,): 0}


def test_who_was_not_paid_before_has_nothing_to_compare(store, approved):
    only = approved(FIRST, PEOPLE, "2020-2021-1")
    with pytest.raises(NothingToCompare, match="没有可比的"):
        change_of(store, "110105194912310046", only)


def test_a_month_is_compared_with_the_month_before(store, approved):
    """Over new year: half of each quota at once, half by score. December: 500 + 1500 × 80/200 = 1100.00.

    In January 丙 has a quota of 1800, and 丁 comes with 1000 and 40 points: 500 + 2400 × 80/240 = 1300.00 with 甲 as
    before, so others +200.00. With a score of 160 it is 500 + 2400 × 160/320 = 1700.00, so one's own data +400.00.
    """
    posts = "{},A01,2015-09-01,,{},{}\n"
    people, more = [one.split(",")[0] for one in PEOPLE.splitlines()[1:]], "440524188001010014"
    heading = "证件号码,学校代码,起,止,额度,得分\n"
    was = heading + "".join(map(posts.format, people, (1000,) * 3, (80, 80, 40)))
    are = heading + "".join(map(posts.format, [*people, more], (1000, 1000, 1800, 1000), (160, 80, 40, 40)))
    names = "证件号码,姓名\n" + "".join(f"{one},{one[-2:]}\n" for one in (*people, more))
    approved(MONTHLY, names, "2020-11", 任职=was)
    before = approved(MONTHLY, names, "2020-12", 任职=was)
    now = approved(MONTHLY, names, "2021-01", 任职=are)
    change = change_of(store, "11010519491231002X", now)
    assert (change.before_run, change.before_fen, change.now_fen) == (before, 1100_00, 1700_00)
    assert told(change) == {(OWN,): 400_00, (OTHERS,): 200_00, (LATER,): 0, (HELD,): 0}
    assert [(one.column, one.before, one.now) for one in change.own] == [("得分", "80.00", "160.00")]


def test_a_correction_is_compared_with_what_it_corrects(store, approved):
    """As by hand above, in one semester: what is told is what the correction is due to grant."""
    approved(FIRST, PEOPLE, "2020-2021-1")
    first = approved(FIRST, PEOPLE, "2020-2021-2")
    again = approved(FIRST, LATER_PEOPLE, "2020-2021-2")
    change = change_of(store, "11010519491231002X", again)
    assert (change.before_run, change.corrects) == (first, True)
    assert told(change) == {(OWN,): 340_00, (OTHERS,): 160_00, (LATER,): 0, (HELD,): 0}
    with store.reading() as session:
        payee = session.payees.find(BUREAU.bureau, "个人", "11010519491231002X").payee_id
        record = json.loads(session.runs.record(BUREAU.bureau, again, payee).content)
    assert text_fen(record["due"]) == change.fen == 500_00
    assert not change_of(store, "11010519491231002X", first).corrects


def test_somebody_new_in_a_correction_is_compared_with_the_time_before(store, approved):
    before = approved(FIRST, PEOPLE, "2020-2021-1")
    approved(FIRST, PEOPLE.replace("110105194912310046,丙,A01,1000,40\n", ""), "2020-2021-2")
    again = approved(FIRST, PEOPLE, "2020-2021-2")
    change = change_of(store, "110105194912310046", again)
    assert (change.before_run, change.corrects, change.fen) == (before, False, 0)


def test_late_changes_are_a_cause_of_their_own(store, tmp_path):
    """`tests/book/late.py`: 40.00 of each of three bonuses; a late score leaves 30.00, which one clause takes back at
    once, one keeps, and one puts off. The next semester takes back what was put off, and has nothing to keep."""
    rules = tmp_path / "rules.yaml"
    rules.write_text(LATE_RULES, encoding="utf-8")
    loaded = load_rules(rules)
    receive(store, loaded, tmp_path / "旧", BEFORE)
    runs = []
    for semester in (SEMESTERS[0], SEMESTERS[0], SEMESTERS[1]):
        done = calculate_run(store, BUREAU.bureau, "", semester, "经办", NOW)
        acts.approve(store, BUREAU.bureau, done.run.run_id, "局长", NOW)
        runs.append(done.run.run_id)
        if len(runs) == 1:
            receive(store, loaded, tmp_path / "新", AFTER)
    correction, following = (change_of(store, LATE_PEOPLE[0], run) for run in runs[1:])
    assert (correction.before_fen, correction.now_fen, following.now_fen) == (120_00, 110_00, 80_00)
    assert told(correction) == {(OWN,): 0, (OTHERS,): -30_00, (LATER,): 20_00, (HELD,): 0}
    assert following.before_run == correction.run, "the one approved last"
    assert told(following) == {(OWN,): 0, (OTHERS,): 0, (LATER,): -30_00, (HELD,): 0}


@pytest.fixture
def schemes_came(store, tmp_path):
    """Three schools of three; two have schemes of their own from the second semester (`tests/rules/test_schemes.py`)."""
    for name, text in {"县": PARENT, "甲": SCORES, "乙": POOL}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    plain = load_rules(tmp_path / "县.yaml")
    with_schemes = load_rules(tmp_path / "县.yaml", [tmp_path / "甲.yaml", tmp_path / "乙.yaml"])
    scored = [row | {"得分": row["得分"] or str(70 + n)} for n, row in enumerate(SCHEME_ROWS["考核"])]
    before = {name: rows for name, rows in SCHEME_ROWS.items() if "·" not in name} | {"考核": scored}
    more = [row | {"池": "130.02"} for row in SCHEME_ROWS["学校"]]
    posts = [row | {"节数": "9"} if row["工号"] == "B1" else row for row in SCHEME_ROWS["任职"]]
    now = SCHEME_ROWS | {"学校": more, "任职": posts}
    for place, (rules, rows) in enumerate([(plain, before), (with_schemes, now)], start=1):
        folder = tmp_path / f"表{place}"
        folder.mkdir()
        for name, some in rows.items():
            lines = [",".join(some[0]), *(",".join(cell or "" for cell in row.values()) for row in some)]
            (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        imported = import_workbook(store, BUREAU, rules, folder, "经办", NOW)
        done = calculate_run(
            store, BUREAU.bureau, imported.snapshot, f"2020-2021-{place}", "经办", NOW, rules
        )
        acts.approve(store, BUREAU.bureau, done.run.run_id, "局长", NOW)
    return store


@pytest.mark.parametrize("number", ["A0", "A1", "B0", "B1", "C0", "C1"])
def test_when_schools_have_schemes_of_their_own_the_causes_add_up(schemes_came, number):
    """The old rules cannot read the scores that school A now makes by itself; the new ones read everything.

    B1 with 9 lessons for 7: 18.00 for 14.00; what two of B's share evenly is 106.02 for 110.02, so 53.01 for 55.01.
    """
    change = change_of(schemes_came, number, "2020-2021-2-r1")
    assert sum(cause.fen for cause in change.causes) == change.fen
    assert change.before_fen != change.now_fen
    assert told(change)[OWN,] == (2_00 if number == "B1" else 0)
    assert told(change)[RULES, OTHERS] == change.fen - told(change)[OWN,]
    assert (change.has_other_rules, change.is_told_apart) == (True, False)
    assert change.rules == change.before_rules, "the county's version is what it was"


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


BUREAUS = count(1)
KINDS = {
    "学期": ("2020-2021-1", "2020-2021-2", "2021-02-28", "2021-03-01"),
    "月": ("2020-12", "2021-01", "2020-12-31", "2021-01-01"),
}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """A store for bureaus of generated data."""
    url = f"sqlite:///{tmp_path_factory.mktemp('shelf') / 'payroll.db'}"
    migrate(url)
    store = open_store(url)
    yield store
    store.close()


def version(parts, number: int, since: str, until: str) -> LoadedRules:
    document = COUNTY.format(**(PARTS | parts)).replace('版本: "1"', f'版本: "{number}"')
    document = document.replace("施行: 2020-09-01 至 2021-08-31", f"施行: {since} 至 {until}")
    try:
        return rules_from(document.encode(), "county.yaml")
    except RuleSetError:
        reject()


def approve_rows(store, bureau, rules, rows, when):
    """A run of generated data, approved; its id."""
    snapshot = sealed(rules.program, rows)
    received = StoredImport.received(bureau, "表.xlsx", "经办", NOW, to_bytes(rules.program, snapshot))
    with store.writing() as session:
        session.add_bureau(Bureau(bureau, bureau))
        save_rules(session, bureau, rules, "经办", NOW)
        save_received(session, received, rules.program.fingerprint, "经办", NOW)
        stored = canonical(bureau, rules.program, snapshot, (received.content_hash,))
        save_snapshot(session, stored, "经办", NOW)
    try:
        done = calculate_run(store, bureau, snapshot.fingerprint, when, "经办", NOW, rules)
    except CalculationError:
        reject()
    if done.state == FAILED:
        reject()
    acts.approve(store, bureau, done.run.run_id, "局长", NOW)
    return done.run.run_id


@given(
    st.sampled_from(sorted(KINDS)), rule_parts(), st.none() | rule_parts(), county_rows(), county_rows(), county_rows()
)  # fmt: skip
@examples(12)
def test_causes_add_up_between_any_rules_and_any_data(shelf, kind, parts, new_parts, first, second, third):
    """A period, the next (under other rules or the same), and its correction: for everybody, and for all together."""
    bureau, (before, now, until, since) = f"县{next(BUREAUS)}", KINDS[kind]
    last = "2021-08-31"
    rules = [version(parts, 1, "2020-09-01", last if new_parts is None else until)]
    rules.append(rules[0] if new_parts is None else version(new_parts, 2, since, last))
    runs = [
        approve_rows(shelf, bureau, rules[number > 0], rows, when)
        for number, (rows, when) in enumerate([(first, before), (second, now), (third, now)])
    ]
    with shelf.reading() as session:
        who = {one.payee_id: one for one in session.payees.all(bureau, "个人")}
        records = [{one.payee_id: one for one in session.runs.records(bureau, run)} for run in runs]
    for earlier, later in ((0, 1), (1, 2)):
        total = 0
        for payee in records[earlier].keys() & records[later].keys():
            change = explain_change(shelf, bureau, payee, runs[later])
            was, is_ = (read_pay(records[place][payee].content) for place in (earlier, later))
            assert (change.before_run, change.corrects) == (runs[earlier], later == 2)
            assert (change.before_fen, change.now_fen) == (was.total_fen, is_.total_fen)
            assert sum(cause.fen for cause in change.causes) == is_.total_fen - was.total_fen
            kinds = [kind for cause in change.causes for kind in cause.kinds]
            changed_rules = later == 1 and rules[0].program.fingerprint != rules[1].program.fingerprint
            assert sorted(kinds) == sorted({*CAUSES} - ({RULES} if not changed_rules else set()))
            assert all(item in change.names for cause in change.causes for item in cause.items)
            if (RULES,) in told(change):
                program = rules[0].program
                under_old = calculate(program, sealed(program, second), period(now))
                old = sum(own_amounts(program, under_old, who[payee].number, "个人").values())
                assert told(change)[RULES,] == sum(is_.calculated.values()) - old
            total += sum(cause.fen for cause in change.causes)
        both = records[earlier].keys() & records[later].keys()
        sums = [
            sum(read_pay(records[place][one].content).total_fen for one in both) for place in (earlier, later)
        ]
        assert total == sums[1] - sums[0]


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
    for semester in ("2020-2021-1", "2020-2021-2"):
        done = calculate_run(store, BUREAU.bureau, imported.snapshot, semester, "经办", NOW)
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
