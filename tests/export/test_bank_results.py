"""A bank's answer: every line is somebody's, once, with her own amount; or all that is wrong and nothing else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll_service.book.money import fen_text
from payroll_service.errors import UnsoundFile
from payroll_service.export.bank.results import BankResult, read_results
from payroll_service.export.bank.transfers import in_order
from tests.examples import examples
from tests.export.banks import PEOPLE, result_format, transfers

MEANT = {"S": "accepted", "P": "pending", "E": "rejected"}


def pipe(*lines: str) -> bytes:
    return "".join(f"{line}|\r\n" for line in lines).encode()


def fixed(*lines: tuple[str, str, str, str, str]) -> bytes:
    return b"".join(
        name.encode("gbk").ljust(60)
        + account.encode().ljust(30)
        + amount.encode().rjust(18)
        + code.encode()
        + reason.encode("gbk").ljust(60)
        + b"\r\n"
        for name, account, amount, code, reason in lines
    )


def test_accepted_pending_rejected_and_silent():
    content = pipe("1|张一|0062170000000000011|5784.38|E|账号不存在", "3|王三|6217000000000000033|1.00|S|")
    answer = read_results(result_format("result-pipe"), content, PEOPLE)
    assert answer.results == (
        BankResult("p1", "522726198001010011", "rejected", "账号不存在"),
        BankResult("p3", "522726198001010033", "accepted"),
    )
    assert [each.payee for each in answer.silent] == ["p2"]
    assert answer.rejections == {"522726198001010011": "账号不存在"}


def test_matched_by_account_and_amount_in_gbk():
    content = fixed(
        ("王三", "6217000000000000033", "1.00", "P", ""),
        ("张一", "0062170000000000011", "5784.38", "E", "户名不符"),
    )
    answer = read_results(result_format("result-fixed-gbk"), content, PEOPLE)
    assert [(each.payee, each.outcome, each.reason) for each in answer.results] == [
        ("p3", "pending", ""),
        ("p1", "rejected", "户名不符"),
    ]


def test_a_rejection_without_words_has_the_code_as_its_reason():
    content = pipe("2|买买提·艾力|6217-0000-0022|0.07|E|")
    answer = read_results(result_format("result-pipe"), content, PEOPLE)
    assert answer.results[0].reason == "银行没有写原因（代码 E）"


def test_every_mistake_is_told_and_nothing_is_half_read():
    content = pipe(
        "1|张一|0062170000000000011|5784.38|S|",
        "1|张一|0062170000000000011|5784.38|E|重复",
        "9|谁|62|1.00|S|",
        "2|买买提·艾力|6217-0000-0022|0.08|S|",
        "3|王三|6217000000000000034|1.00|S|",
        "3|王三|6217000000000000033|1.00|F|",
        "3|王三|6217000000000000033|一元|S|",
    )
    with pytest.raises(UnsoundFile) as refused:
        read_results(result_format("result-pipe"), content, PEOPLE)
    assert sorted(refused.value.wrong) == [
        "第 2 行：张一（522726198001010011） 在第 1 行已有结果",
        "第 3 行：序号 9 不在付款里，付款的序号到 3 为止",
        "第 4 行：买买提·艾力（522726198001010022） 的金额是 0.08，付款里是 0.07",
        "第 5 行：王三（522726198001010033） 的账号是“6217000000000000034”，付款里是“6217000000000000033”",
        "第 6 行：结果代码“F”没有写在格式说明里",
        "第 7 行：金额“一元”应是两位小数，不写千分位，如 1234.50",
    ]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (("谁", "62179999", "1.00", "S", ""), "账号“62179999”不在付款里"),
        (("王三", "6217000000000000033", "1.01", "S", ""), "账号 6217000000000000033 的金额是 1.01"),
    ],
)
def test_an_account_or_amount_that_was_not_sent(line, told):
    with pytest.raises(UnsoundFile, match=f"第 1 行：{told}"):
        read_results(result_format("result-fixed-gbk"), fixed(line), PEOPLE)


def test_two_payees_of_one_account_and_amount_cannot_be_told_apart():
    twin = replace(PEOPLE[0], payee="p9", number="522726198001010099", name="王九")
    content = fixed(("王三", PEOPLE[0].account, "1.00", "S", ""))
    with pytest.raises(UnsoundFile, match=r"有几笔同样的金额：王三.*王九.*请按序号匹配"):
        read_results(result_format("result-fixed-gbk"), content, [*PEOPLE, twin])


@examples(60)
@given(transfers, st.data())
def test_an_answer_to_everybody_gives_everybody_her_own_outcome(sent, data):
    ordered = in_order(sent)
    codes = data.draw(st.lists(st.sampled_from("SPE"), min_size=len(sent), max_size=len(sent)))
    lines = [
        f"{n}|{each.name}|{each.account}|{fen_text(each.fen)}|{code}|"
        for n, (each, code) in enumerate(zip(ordered, codes, strict=True), 1)
    ]
    answer = read_results(result_format("result-pipe"), pipe(*data.draw(st.permutations(lines))), sent)
    found = {each.payee: each.outcome for each in answer.results}
    assert found == {each.payee: MEANT[code] for each, code in zip(ordered, codes, strict=True)}
    assert answer.silent == ()


@examples(60)
@given(st.binary(max_size=400), st.sampled_from(["result-pipe", "result-fixed-gbk"]))
def test_any_bytes_are_read_or_refused(content, name):
    try:
        answer = read_results(result_format(name), content, PEOPLE)
    except UnsoundFile as refused:
        told = refused.wrong
    else:
        told = [*(each.payee for each in answer.results), *(each.payee for each in answer.silent)]
        assert sorted(told) == ["p1", "p2", "p3"]
    assert told
