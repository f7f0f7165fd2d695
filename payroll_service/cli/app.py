"""The command line, put together. The first line of each function's text is what a clerk reads in the help."""

from __future__ import annotations

import typer

from payroll_service.cli import book, demo, files, rule_sets

app = typer.Typer(
    name="payroll",
    help="教师绩效工资核算：检查规则集，读工作簿，核算，解释每一分钱，复算历史批次。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(rule_sets.app, name="rules")
app.command("template")(files.template)
app.command("sample")(files.sample)
app.command("calculate")(files.calculate)
app.command("explain")(files.explain)
app.command("import")(book.import_)
app.command("run")(book.run)
app.command("runs")(book.runs)
app.command("replay")(book.replay)
app.command("demo")(demo.demo)
