"""Made-up data for the test county, and made-up parts of its rules."""

from __future__ import annotations

from hypothesis import strategies as st

MODES = ["四舍五入", "四舍六入五成双", "去尾", "进一"]
START_DAYS = ["2015-09-01", "2020-09-01", "2020-09-02", "2020-11-30", "2020-12-01", "2021-03-01"]
END_DAYS = [None, "2020-08-31", "2020-10-01", "2020-12-31", "2021-01-15", "2021-08-31"]

numbers = st.sampled_from(
    ["得分", "教龄", "课时", "月数 ÷ 1月", "0", "1", "0.5", "7", "得分", "课时 否则 3", "得分 否则 0"]
)
conditions = st.sampled_from(
    [
        "身份 = 教师",
        "得分 ≥ 60",
        "教龄 属于 (1, 5, 20)",
        "班主任",
        "人.师德 = 合格",
        "考核.等次 ≠ 中",
        "校.规模 = 大",
    ]
)


def sums(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(parts, parts)
    return st.one_of(
        st.builds(lambda p, op: f"({p[0]} {op} {p[1]})", pair, st.sampled_from("+-×")),
        st.builds(lambda p: f"({p[0]} ÷ 取大(1, {p[1]}))", pair),
        st.builds(lambda p: f"({p[0]} ÷ {p[1]})", pair),
        st.builds(lambda p, f: f"{f}({p[0]}, {p[1]})", pair, st.sampled_from(["取小", "取大"])),
        st.builds(lambda p: f"({p[0]} 否则 {p[1]})", pair),
        st.builds(lambda p, c: f"如果({c}, {p[0]}, {p[1]})", pair, tests(parts)),
        st.builds(lambda p, m: f"舍入({p}, 整数, {m})", parts, st.sampled_from(MODES)),
        st.builds(lambda p: f"-({p})", parts),
    )


def tests(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    compared = st.builds(lambda a, b, op: f"({a} {op} {b})", parts, parts, st.sampled_from("=≠<≤>≥"))
    simple = st.one_of(conditions, compared)
    return st.one_of(
        simple,
        st.builds(lambda a, b, op: f"({a} {op} {b})", simple, simple, st.sampled_from("且或")),
        st.builds(lambda a: f"(非 {a})", simple),
    )


formulas = st.recursive(numbers, sums, max_leaves=5)


@st.composite
def rule_parts(draw) -> dict[str, str]:
    """Some gaps of the county's rules, each filled in one of several ways."""
    choices = {
        "试算": formulas.map(lambda text: f"{text} 否则 0" if len(text) % 2 else text),
        "试算取整": st.sampled_from(
            [f"{step} {mode}" for step in ("2位小数", "整数", "5") for mode in MODES]
        ),
        "条件": tests(numbers),
        "例外": tests(numbers),
        "依次": st.sampled_from(["是", "否"]),
        "占比": st.sampled_from(["66%", "0%", "100%", "33.33%", "14.5%", "12.34元/月"]),
        "取整": st.sampled_from([f"{step} {mode}" for step in ("分", "角", "元") for mode in MODES]),
        "余分": st.sampled_from(
            ["主键", "得分 由高到低, 主键", "校.规模 由低到高, 教龄 由高到低, 主键", "起 由高到低, 主键"]
        ),
        "无权重": st.sampled_from(["退回 绩效", "平均"]),
        "否决": st.sampled_from(["回到奖励池", "退回 专项"]),
        "低分": st.sampled_from(["回到奖励池", "退回 津贴"]),
        "分组": st.sampled_from(["校, 身份", "身份", "校", "", "班主任, 校"]),
        "舍取": st.sampled_from(MODES),
        "补贴": st.sampled_from(["乡镇补贴 × 校.片.系数", "乡镇补贴", "乡镇补贴 × 得分 ÷ 100"]),
    }
    changed = draw(st.sets(st.sampled_from(sorted(choices)), max_size=6))
    return {name: draw(choices[name]) for name in sorted(changed)}


def maybe(strategy: st.SearchStrategy, weight: int = 4) -> st.SearchStrategy:
    """Now and then nothing."""
    return st.one_of(*[strategy] * weight, st.none())


scores = st.one_of(
    st.sampled_from(["0", "60", "59.99", "95", "95", "-0.01", "9.99"]),
    st.integers(-2000, 12000).map(lambda n: f"{n / 100:.2f}"),
)
money = st.one_of(
    st.sampled_from(["0", "0.01", "0.25", "0.50", "0.75", "3000", "4200.75"]),
    st.integers(0, 10**6).map(lambda fen: f"{fen // 100}.{fen % 100:02d}"),
)


@st.composite
def county_rows(draw) -> dict[str, list[dict]]:
    """A few schools and people, with ties, zeros, missing cells, transfers and posts without a month."""
    schools = [
        {
            "学校代码": code,
            "学校名称": code,
            "地区": draw(st.sampled_from(["东", "西"])),
            "规模": draw(st.sampled_from("大中小")),
        }
        for code in "ABC"[: draw(st.integers(1, 3))]
    ]
    people, posts, marks = [], [], []
    for number in range(draw(st.integers(0, 6))):
        who = {"证件号码": f"P{number}"}
        people.append(
            who
            | {
                "姓名": f"张{number}",
                "师德": draw(st.sampled_from(["合格", "合格", "不合格"])),
                "待核": draw(st.booleans()),
            }
        )
        for start in draw(st.sets(st.sampled_from(START_DAYS), max_size=2)):
            end = draw(st.sampled_from([day for day in END_DAYS if day is None or day > start]))
            posts.append(
                who
                | {
                    "学校代码": draw(st.sampled_from(schools))["学校代码"], "起": start, "止": end,
                    "身份": draw(st.sampled_from(["教师", "教师", "校长"])), "教龄": draw(st.integers(0, 40)),
                    "得分": draw(maybe(scores)), "课时": draw(maybe(st.integers(0, 9990).map(lambda n: f"{n / 10:.1f}"))),
                    "标准": draw(money), "班主任": draw(st.booleans()),
                }
            )  # fmt: skip
        for period in draw(st.sets(st.sampled_from(["2020-2021-1", "2020-2021-2"]))):
            marks.append(
                who
                | {"期间": period, "等次": draw(st.sampled_from("优良中")), "加分": draw(st.integers(0, 10))}
            )
    areas = [{"地区": area, "系数": draw(st.sampled_from(["1", "1.33", "0"]))} for area in "东西"]
    return {"片区": areas, "学校": schools, "人员": people, "任职": posts, "学期考核": marks}
