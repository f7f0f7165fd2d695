"""A small bureau that pays class teachers by the month: the shipped rule set, three people, quick to run."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

from payroll_service.book.records import Bureau
from payroll_service.store.store import Store
from payroll_service.workflow.import_workbook import Imported, import_workbook
from payroll_service.workflow.load_rules import LoadedRules, load_rules
from tests.workflow.conftest import BUREAU, NOW

SHIPPED = Path(__file__).parents[2] / "rules"
RULES = SHIPPED / "sets" / "schemes" / "s12a-class-size" / "2009.1.yaml"
EXAMPLES = SHIPPED / "examples" / "schemes" / "s12a.yaml"
MONTH = "2009-10"
PEOPLE = ("11010519491231002X", "110105194912310038", "110105194912310011")
TABLES = {
    "学校": "学校代码,学校名称\nA01,甲中学\n",
    "人员": "证件号码,姓名\n" + "".join(f"{number},某\n" for number in PEOPLE),
    "班主任": "学校代码,班级,证件号码,起,止\n"
    + "".join(f"A01,C{place},{number},2009-09-01,\n" for place, number in enumerate(PEOPLE)),
    "班级登记": "学校代码,班级,期间,住校生,走读生\n"
    + "".join(f"A01,C{place},{MONTH},{place},30\n" for place in range(len(PEOPLE))),
}


@cache
def rules() -> LoadedRules:
    return load_rules(RULES)


def receive(store: Store, folder: Path, by: str = "经办", bureau: Bureau = BUREAU) -> Imported:
    """The workbook, as a folder of CSV files, and with it the rule set's draft."""
    folder.mkdir(parents=True, exist_ok=True)
    for table, text in TABLES.items():
        (folder / f"{table}.csv").write_text(text, encoding="utf-8")
    return import_workbook(store, bureau, rules(), folder, by, NOW)


def own_copy(folder: Path) -> Path:
    """The rule set with its examples beside it, to be spoiled."""
    rules, examples = folder / "sets" / "schemes" / "s12a-class-size", folder / "examples" / "schemes"
    rules.mkdir(parents=True)
    examples.mkdir(parents=True)
    shutil.copy(EXAMPLES, examples / EXAMPLES.name)
    return Path(shutil.copy(RULES, rules / RULES.name))
