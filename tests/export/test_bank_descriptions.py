"""Descriptions of bank files are read strictly: what is not known, or cannot be meant, is told with its place and cure."""

import pytest

from payroll_service.errors import UnreadableFile, UnsoundDescription
from payroll_service.export.bank.descriptions import read_bank_format, read_result_format
from payroll_service.export.described import given, shipped, shipped_names

BANK = [
    ("fixed-gbk", "宽度: 30", "宽: 30", "列的一栏没有「宽」这个键 改法：是否想写「宽度」？"),
    ("fixed-gbk", "编码: GBK", "编码: GB2312", "编码不能是「GB2312」"),
    ("fixed-gbk", "换行: CRLF\n", "", "缺少「换行」"),
    ("fixed-gbk", "宽度: 60}", "宽度: 0}", "宽度不能是「0」"),
    ("fixed-gbk", "对齐: 右", "对齐: 中", "对齐不能是「中」"),
    ("fixed-gbk", "内容: 姓名, 宽度: 60", "内容: 姓名, 宽度: 60, 对齐: 右, 填充: 零", "只有靠右的数字栏可以用零填充"),
    ("fixed-gbk", "- {文字: 合计, 宽度: 60}", "- {文字: 合计, 宽度: 3}", "长 4 字节，只能放 3 字节"),
    ("fixed-gbk", "- {文字: 合计, 宽度: 60}", "- {文字: 䶮, 宽度: 60}", "不在 GBK 编码里"),
    ("fixed-gbk", "- {文字: 合计, 宽度: 60}", "- {宽度: 60}", "要写内容或文字"),
    ("fixed-gbk", "内容: 笔数", "内容: 姓名", "内容不能是「姓名」"),
    ("pipe", "分隔符: 竖线", "分隔符: 冒号", "分隔符不能是「冒号」"),
    ("pipe", "分隔符: 竖线\n", "", "缺少「分隔符」"),
    ("pipe", "形式: 分隔", "形式: 表格", "形式不能是「表格」"),
    ("pipe", "内容: 姓名}", "内容: 姓名, 宽度: 6}", "没有「宽度」这个键"),
    ("pipe", "内容: 姓名}", "内容: 账号}", "内容「账号」写了两栏"),
    ("pipe", "- {标题: 金额, 内容: 金额}\n", "", "列里没有内容为「金额」的一栏"),
    ("pipe", "扩展名: txt", "扩展名: xlsx", "扩展名不能是「xlsx」"),
    ("pipe", "每份行数: 5000", "每份行数: 5,000", "每份行数不能是「5,000」"),
    ("pipe", "每份行数: 5000", "每份行数: 5000\n首行: 表头", "首行不能是「表头」"),
    ("workbook", "单位: 元", "单位: 元\n首行: 标题", "工作簿的首行总是各列的标题"),
    ("workbook", "单位: 元", "单位: 元\n编码: GBK", "没有「编码」这个键"),
    ("workbook", "每份行数: 5000", "每份行数: 2000000", "工作簿放不下 2000000 行"),
]  # fmt: skip
RESULT = [
    ("result-pipe", "匹配: 序号", "匹配: 姓名", "匹配不能是「姓名」"),
    ("result-pipe", "- {标题: 序号, 内容: 序号}\n", "", "列里没有内容为「序号」的一栏"),
    ("result-pipe", "- {标题: 结果, 内容: 结果}\n", "", "列里没有内容为「结果」的一栏"),
    ("result-pipe", "S: 成功", "S: 好", "结果 S不能是「好」"),
    ("result-pipe", "{S: 成功, P: 处理中, E: 失败}", "{}", "结果没有写代码"),
    ("result-pipe", "匹配: 序号", "匹配: 序号\n每份行数: 5", "没有「每份行数」这个键"),
]


@pytest.mark.parametrize(("name", "old", "new", "told"), BANK)
def test_a_mistake_in_a_format_is_told(name, old, new, told):
    text = shipped(f"{name}.yaml")
    assert old in text
    with pytest.raises(UnsoundDescription) as refused:
        read_bank_format(text.replace(old, new), name)
    assert told in refused.value.message
    assert all(problem.remedy and problem.place.line for problem in refused.value.problems)


@pytest.mark.parametrize(("name", "old", "new", "told"), RESULT)
def test_a_mistake_in_a_result_format_is_told(name, old, new, told):
    text = shipped(f"{name}.yaml")
    assert old in text
    with pytest.raises(UnsoundDescription) as refused:
        read_result_format(text.replace(old, new), name)
    assert told in refused.value.message
    assert all(problem.remedy for problem in refused.value.problems)


def test_a_workbook_is_no_result_format():
    text = shipped("workbook.yaml").replace("每份行数: 5000", "匹配: 账号和金额\n结果: {S: 成功}")
    with pytest.raises(UnsoundDescription, match="回盘文件不能是工作簿"):
        read_result_format(text, "x")


def test_a_total_without_a_column_of_amounts_is_refused():
    text = shipped("result-pipe.yaml").replace("- {标题: 金额, 内容: 金额}\n", "")
    with pytest.raises(UnsoundDescription, match="末行有合计，列里却没有金额"):
        read_result_format(f"{text}末行: [{{内容: 合计}}]\n", "x")


def test_a_shipped_description_is_named_with_its_ending_or_without():
    for name in shipped_names():
        assert given(name) == given(f"{name}.yaml") == (shipped(f"{name}.yaml"), f"{name}.yaml")
    for unknown in ("nobody", "nobody.yaml"):
        with pytest.raises(UnreadableFile, match="附带的有"):
            given(unknown)
