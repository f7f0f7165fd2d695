"""The waterfall: every amount said in words, every bar where the one before it ended, whole numbers only."""

from itertools import pairwise
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from payroll_service.book.money import fen_text, grouped
from payroll_service.book.payout_steps import PayoutStep, payout_steps
from payroll_service.export.waterfall import WIDTH, waterfall_svg

SVG = "{http://www.w3.org/2000/svg}"
fens = st.integers(-(10**13), 10**13)


def content(lines, held="", due=None):
    total = sum(fen for _, fen in lines)
    found = {
        "lines": [{"name": name, "amount": fen_text(fen)} for name, fen in lines],
        "total": fen_text(total),
        "held": held,
    }
    return found if due is None else found | {"due": fen_text(due)}


def test_from_items_to_what_can_be_paid_by_hand():
    """Lines of one item are one step: 700.00 + 300.00 - 50.00 = 950.00; 800.00 granted before, so 150.00, and that is held."""
    lines = [("基础", 400_00), ("奖励", 300_00), ("基础", 300_00), ("扣回", -50_00)]
    assert payout_steps(content(lines, "账号待核", 150_00)) == [
        PayoutStep("基础", 700_00),
        PayoutStep("奖励", 300_00),
        PayoutStep("扣回", -50_00),
        PayoutStep("合计", 950_00, is_sum=True),
        PayoutStep("以前已核定", -800_00),
        PayoutStep("本次核定", 150_00, is_sum=True),
        PayoutStep("暂缓：账号待核", -150_00),
        PayoutStep("现在能付", 0, is_sum=True),
    ]


@given(
    st.lists(st.tuples(st.sampled_from("甲乙丙丁<&"), fens)), st.sampled_from(["", "待核"]), st.none() | fens
)
def test_every_step_goes_on_from_the_last_and_is_said_in_words(lines, held, due):
    steps = payout_steps(content(lines, held, due))
    at = 0
    for step in steps:
        assert not step.is_sum or step.fen == at, "a sum is what the steps before it come to"
        at = step.fen if step.is_sum else at + step.fen
    svg = ElementTree.fromstring(waterfall_svg("从各项到合计", steps))
    said = svg.findtext(f"{SVG}desc", "")
    bars = svg.findall(f"{SVG}rect")
    assert len(bars) == len(steps)
    for step, bar in zip(steps, bars, strict=True):
        assert grouped(step.fen) in said
        left, width = int(bar.attrib["x"]), int(bar.attrib["width"])
        assert 0 <= left < left + width <= WIDTH
    sums = [(int(bar.attrib["x"]), step.fen) for bar, step in zip(bars, steps, strict=True) if step.is_sum]
    assert len({left for left, fen in sums if fen >= 0}) <= 1, "sums start at one line"


@given(st.lists(fens.filter(bool), min_size=2, max_size=9))
def test_bars_of_items_touch_one_another(amounts):
    steps = [PayoutStep(str(number), fen) for number, fen in enumerate(amounts)]
    svg = ElementTree.fromstring(waterfall_svg("各项", steps))
    ends = [
        (int(bar.attrib["x"]), int(bar.attrib["x"]) + int(bar.attrib["width"]))
        for bar in svg.findall(f"{SVG}rect")
    ]
    for before, after in pairwise(ends):
        assert before[0] <= after[1], "bars share an edge or overlap"
        assert after[0] <= before[1], "bars share an edge or overlap"
