"""Start a rule set from answers: written only if it passes the checker."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from payroll_service.errors import UnreadableFile
from payroll_service.workflow.load_rules import read_text
from rules.language import load_rule_set
from rules.language.program import Program
from rules.language.source import plain, read_source
from rules.language.starter import find_wrong, starter


def read_answers(path: Path) -> dict[str, str]:
    """Answers by question from a YAML file. Raises RuleSetError, UnreadableFile for wrong ones."""
    written = plain(read_source(read_text(path), str(path)))
    if not isinstance(written, dict) or not all(isinstance(value, str) for value in written.values()):
        raise UnreadableFile(f"{path} 不是一组“问题: 答案”。", "写法：名称: 示例县…，每个一行。")
    answers = {str(key): str(value) for key, value in written.items()}
    wrong = find_wrong(answers)
    if wrong:
        told = "；".join(f"{key}：{why}" for key, why in wrong.items())
        raise UnreadableFile(f"{path} 的答案有问题：{told}。", "请改正后再试。")
    return answers


def start_rules(answers: Mapping[str, str], path: Path) -> tuple[str, Program]:
    """The text of the new rule set and what it compiles to. Raises UnreadableFile where a file stands already."""
    if path.exists():
        raise UnreadableFile(f"{path} 已经有了。", "请换一个文件名，或先移走它。")
    text = starter(answers)
    return text, load_rule_set(text, str(path))
