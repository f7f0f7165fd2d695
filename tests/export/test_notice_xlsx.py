"""公示: a sheet a unit, names and amounts; no ID number and no account anywhere in the file."""

import io
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from python_calamine import CalamineWorkbook

from payroll_service.book.earlier import Earlier
from payroll_service.book.netting import net
from payroll_service.book.receipt import NettedRun
from payroll_service.export.notice_xlsx import notice_xlsx, unit_lists
from tests.book.tiny import POSTS, rules, run

ORDER = "fedcba"  # by payee; in the book these are random ids


def book(payouts, units=None) -> bytes:
    lists = unit_lists(payouts, ORDER, units or payouts.unit_codes)
    return notice_xlsx(lists, [item.name for item in payouts.items], "姓名")


def sheets(content: bytes) -> dict[str, list[list]]:
    read = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: read.get_sheet_by_name(name).to_python() for name in read.sheet_names}


def test_a_sheet_a_unit_with_names_items_and_sums():
    _, _, payouts = run()
    found = sheets(book(payouts))
    assert list(found) == ["甲小学", "=乙,中学"]
    assert found["甲小学"] == [  # P2 is held, and an item that nobody gets has no column
        ["序号", "姓名", "奖励性绩效工资", "目标津贴", "学校奖", "合计"],
        [1, "张一", 5784.35, 0.03, 0, 5784.38],
        [2, "王三", 0, 0, 0, 0],
        [3, "甲小学", 0, 0, 1000, 1000],
        [4, "赵四", 3213.52, 0, 0, 3213.52],
        ["合计", "4 人", 8997.87, 0.03, 1000, 9997.90],
    ]


def test_one_unit_alone():
    _, _, payouts = run()
    assert list(sheets(book(payouts, ["B02"]))) == ["=乙,中学"]


def test_names_alike_get_running_numbers_that_do_not_follow_the_id_numbers():
    _, _, payouts = run()
    labels = tuple("王芳" if label in ("张一", "赵四") else label for label in payouts.payee_labels)
    rows = sheets(book(replace(payouts, payee_labels=labels)))["甲小学"]
    named = {row[1]: row[-1] for row in rows[1:-1]}
    assert named["王芳（1）"] == 3213.52  # P4, whose random id comes first
    assert named["王芳（2）"] == 5784.38


def test_no_personal_number_is_anywhere_in_the_file():
    _, _, payouts = run()
    numbers = [f"52272619800101{place:04d}" for place in range(len(payouts.payee_keys))]
    keys = tuple(
        number if kind == "个人" else key
        for key, kind, number in zip(payouts.payee_keys, payouts.payee_kinds, numbers, strict=True)
    )
    with zipfile.ZipFile(io.BytesIO(book(replace(payouts, payee_keys=keys)))) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
    assert "张一".encode() in content
    for number in numbers:
        for part in (number, number[6:14] + number[14:], number[-6:]):
            assert part.encode() not in content


def test_of_a_correction_only_the_differences_are_listed():
    _, _, before = run()
    _, _, after = run(任职=[*POSTS[:-1], {**POSTS[-1], "津贴": "103.33"}])
    netted = net(rules(), after, [Earlier(NettedRun("r1", ""), before)])
    assert sheets(book(netted)) == {
        "=乙,中学": [["序号", "姓名", "目标津贴", "合计"], [1, "赵四", 50, 50], ["合计", "1 人", 50, 50]]
    }


@pytest.mark.parametrize("label", ["", "甲/乙小学[南]", "很长" * 20, "History", "'甲'"])
def test_any_unit_gets_a_sheet_of_its_own(label):
    _, _, payouts = run()
    found = sheets(book(replace(payouts, unit_labels=(label, label))))
    assert len(found) == 2
    assert all(len(name) <= 31 for name in found)


def test_the_same_lists_give_the_same_bytes():
    _, _, payouts = run()
    assert book(payouts) == book(replace(payouts, hold=np.array(payouts.hold)))
