"""Made-up data for the rule set that uses everything, and made-up ways to fill its gaps."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st

from tests.calculation.strategies import END_DAYS, MODES, START_DAYS, maybe, money

DAYS = ["2000-02-29", "2015-09-01", "2020-08-31", "2020-09-01", "2020-10-31", "2020-11-01", "2021-02-28"]
STEPS = [f"{step} {mode}" for step in ("分", "角", "元") for mode in MODES]
FLOORS = ["  至少: 底 否则 0元", "  至少: 0.01元"]
CEILINGS = [
    "  至多: 顶 否则 99999元\n  超出: 退回 专项",
    "  至多: 取小(标准 × 1月, 45.5元)\n  超出: 退回 津贴",
]

STARTS = [[START_DAYS[0]], *([day] for day in START_DAYS), [], START_DAYS[:2], START_DAYS[2:4]]
SEMESTERS = ["2020-2021-1", "2020-2021-2"]

CHOICES = {
    "保底封顶": st.sampled_from(["", *FLOORS, *CEILINGS, f"{FLOORS[0]}\n{CEILINGS[0]}", f"{FLOORS[1]}\n{CEILINGS[1]}"]),
    "无权重": st.sampled_from(["退回 绩效", "平均"]),
    "余分": st.sampled_from(["主键", "考核分 由低到高, 主键", "校.类别 由高到低, 起 由高到低, 主键"]),
    "试权": st.sampled_from(["课时", "考核.得分", "(月数 × 倍数)"]),
    "否决": st.sampled_from(["回到奖励池", "退回 津贴"]),
    "份额": st.sampled_from(["0%", "100%", "33.33%", "14.5%"]),
    "取整": st.sampled_from(STEPS),
    "方式": st.sampled_from(MODES),
    "人取整": st.sampled_from([f"整数 {mode}" for mode in MODES]),
    "优秀": st.sampled_from(["20%", "1人", "0%", "50%"]),
    "去头": st.sampled_from(["2", "20%", "49%"]),
    "最高": st.sampled_from(["最高1项", "最高三项", "最高9项"]),
    "名次": st.sampled_from(["在 校", "在 人 由低到高", "在 全县 连续", "在 年功组 其中 月数 > 0月"]),
    "条件": st.sampled_from(["身份 = 校长", "月数 ≥ 3月", "考核分 属于 (0, 60, 90)", "人.师德 = 合格"]),
    "年功": st.sampled_from(['如果(身份 = 校长, "中", "长")', '如果(月数(人.生日, 期初) > 400月, "长", "中")']),
    "段": st.sampled_from(["课时 × 2", "(1节 × 考核分)", "取大(课时, 30节)"]),
    "倍": st.sampled_from(["考核分 > 90 且 月数 > 0月", "起 ≥ 期初", "天数(起, 取大(起, 期末)) < 100天"]),
    "开头": st.sampled_from(["250.50元", "应扣 × 2", "取小(应扣, 99.99元)"]),
}  # fmt: skip


@st.composite
def whole_gaps(draw) -> dict[str, str]:
    """Some gaps, each filled in one of several ways."""
    chosen = draw(st.sets(st.sampled_from(sorted(CHOICES)), max_size=6))
    return {name: draw(CHOICES[name]) for name in sorted(chosen)}


marks = st.one_of(
    st.sampled_from(["90", "90", "60", "0", "29.99", "30", "89.99", "120"]),
    st.integers(0, 12000).map(lambda n: f"{n / 100:.2f}"),
)
lessons = st.one_of(
    st.sampled_from(["0", "30", "30.1", "60", "60.1", "100"]),
    st.integers(0, 1000).map(lambda n: f"{n / 10:.1f}"),
)
days = st.sampled_from(DAYS)


@st.composite
def whole_rows(draw, most: int = 6) -> dict[str, list[dict]]:
    """A few schools and people: ties, zeros, missing cells, transfers, histories with gaps, years out of order."""
    schools = [
        {
            "学校代码": code, "类别": draw(st.sampled_from("村镇城")), "名额": draw(st.integers(0, 40)),
            "奖金": draw(money), "上浮": draw(st.sampled_from([None, "0%", "3.33%", "20%"])),
        }
        for code in "ABC"[: draw(st.integers(1, 3))]
    ]  # fmt: skip
    rows: dict[str, list[dict]] = {"学校": schools, "年功表": draw(_allowances())}
    rows["核定总量"] = approved(school["学校代码"] for school in schools)
    for table in ("人员", "任职", "学期考核", "职称史", "年度考核", "上期余额", "丙校·加课"):
        rows[table] = []
    for number in range(draw(st.sampled_from([most, 0, 1, 2, most // 2, most]))):
        _person(draw, number, schools, rows)
    return rows


def approved(codes: Iterable[str]) -> list[dict]:
    """More than enough for every school, fund and run."""
    return [
        {"学校代码": code, "资金": fund, "期间": period, "金额": "99999999"}
        for code in codes
        for fund in ("绩效", "专项", "津贴")
        for period in ("2020-2021", "2020")
    ]


@st.composite
def _allowances(draw) -> list[dict]:
    return [{"档": word, "津贴": draw(money)} for word in draw(st.sets(st.sampled_from("长中短")))]


def _person(draw, number: int, schools: list[dict], rows: dict[str, list[dict]]) -> None:
    """One person with posts, marks, titles and years, added to the rows."""
    who = {"证件号码": f"P{number}"}
    rows["人员"].append(
        who
        | {
            "姓名": f"张{number}", "师德": draw(st.sampled_from(["合格", "合格", "不合格"])),
            "生日": draw(st.sampled_from(["1964-02-29", "1975-09-01", "1980-02-28", "1980-12-31", "1999-06-15"])),
            "工号": draw(maybe(st.just(f"T{number}"))), "应扣": draw(st.sampled_from(["0", "0.01", "100", "350.55", "999"])),
        }
    )  # fmt: skip
    masters = [person["工号"] for person in rows["人员"] if person["工号"]]
    rows["人员"][-1]["师傅工号"] = draw(st.sampled_from([None, *masters]))
    for start in draw(st.sampled_from(STARTS)):
        end = draw(st.sampled_from([day for day in END_DAYS if day is None or day > start]))
        post = {
            "学校代码": draw(st.sampled_from(schools))["学校代码"], "起": start, "止": end, "标准": draw(money),
            "身份": draw(st.sampled_from(["教师", "教师", "校长"])), "课时": draw(maybe(lessons)),
            "底": draw(maybe(st.sampled_from(["0", "0.01", "1"]), 2)), "顶": draw(maybe(money, 2)),
        }  # fmt: skip
        rows["任职"].append(who | post)
        this = who | {"学校代码": post["学校代码"], "起": start}
        if (left := draw(maybe(st.sampled_from(["0", "99.99", "400"]), 3))) is not None:
            rows["上期余额"].append(this | {"未扣": left})
        if post["学校代码"] == "C" and (lessons_ := draw(maybe(st.integers(0, 50)))) is not None:
            rows["丙校·加课"].append(this | {"事": "代课", "节": lessons_})
    for period in draw(st.sampled_from([SEMESTERS, SEMESTERS, SEMESTERS[:1], []])):
        rows["学期考核"].append(who | {"期间": period, "得分": draw(marks)})
    for day in draw(st.sets(days, max_size=3)):
        until = draw(st.sampled_from([None, *(end for end in DAYS if end >= day)]))
        rows["职称史"].append(
            who | {"自": day, "到": until, "职称": draw(st.sampled_from(["高级", "中级", "初级"]))}
        )
    for year in draw(st.lists(st.integers(2010, 2020), unique=True, max_size=5)):
        one = {"学年": str(year), "优秀": draw(st.booleans()), "票": draw(maybe(lessons))}
        rows["年度考核"].append(who | one)
