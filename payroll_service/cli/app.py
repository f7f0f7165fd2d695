"""The command line, put together. The first line of each function's text is what a clerk reads in the help."""

from __future__ import annotations

import typer

from payroll_service.cli import (
    accounts,
    approvals,
    arrears,
    backups,
    book,
    comparing,
    demo,
    figures,
    files,
    fill,
    finance_files,
    imports,
    keys,
    links,
    payments,
    preview,
    rule_sets,
    serve,
    teachers,
    work,
)
from payroll_service.cli.words import speak_chinese

speak_chinese()
app = typer.Typer(
    name="payroll",
    help="教师绩效工资核算：检查规则集，读工作簿，核算，解释每一分钱，复算历史批次。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(rule_sets.app, name="rules")
app.add_typer(finance_files.app, name="files", short_help="给银行和财务系统的文件")
app.add_typer(accounts.app, name="accounts", short_help="收款人的银行账号")
app.add_typer(keys.app, name="keys", short_help="加密个人信息的密钥")
app.command("template", short_help="写一个空白工作簿")(files.template)
app.command("sample", short_help="写一个样例工作簿（虚构的人）")(files.sample)
app.command("calculate", short_help="不用数据库，算一个期间的全部应发")(files.calculate)
app.command("explain", short_help="解释一个人的每一分钱")(files.explain)
app.command("import", short_help="检查一个工作簿，列出差异，确认后入库")(imports.import_)
app.command("parts", short_help="列出分别导入的各表、各校，哪些还没有")(imports.parts)
app.command("assemble", short_help="把各表、各校最新的一份合并入库")(imports.assemble)
app.command("run", short_help="核算一个期间并入库")(book.run)
app.command("runs", short_help="列出已入库的批次和状态")(book.runs)
app.command("replay", short_help="复算一个批次，逐字节比较")(book.replay)
app.command("preview", short_help="一个批次和上一批比，送审、审批以前看")(preview.preview)
app.command("compare", short_help="换一版规则集会多发、少发多少，是哪项改动造成的")(comparing.compare)
app.command("figures", short_help="规则算出的数并排看：各校、各县和差距")(figures.figures)
app.command("fill", short_help="用本级的数填上级的一张表，不用手抄")(fill.fill)
app.command("submit", short_help="把一个批次送审")(approvals.submit)
app.command("approve", short_help="审批一个批次（经办以外的人）")(approvals.approve)
app.command("withdraw", short_help="撤回一个还没有审批的批次")(approvals.withdraw)
app.command("notice", short_help="写公示表，一个单位一页")(approvals.notice)
app.command("publish", short_help="公示一个已审批的批次")(approvals.publish)
app.command("close", short_help="公示期满，结束公示")(approvals.close)
app.command("fund", short_help="登记一笔拨款")(payments.fund)
app.command("pay", short_help="准备一张付款单，或批准它")(payments.pay)
app.command("bank-result", short_help="登记银行退票")(payments.bank_result)
app.command("return", short_help="登记退回的付款")(payments.return_)
app.command("adjust", short_help="准备一笔应发的调整，或批准它")(payments.adjust)
app.command("recover", short_help="追回多发的")(payments.recover)
app.command("hold", short_help="停付一个人")(arrears.hold)
app.command("release", short_help="恢复付款")(arrears.release)
app.command("arrears", short_help="欠付表；一个人还欠什么、为什么")(arrears.arrears)
app.command("movements", short_help="列出账上的每一笔和待批准的单")(arrears.movements)
app.command("verify-book", short_help="查账：借贷相等，没有改动，没有重付")(arrears.verify)
app.command("serve", short_help="启动服务：浏览器页面和接口")(serve.serve)
app.command("admin-link", short_help="给新教育局或忘了密码的管理员一个一次性链接")(links.admin_link)
app.command("account-teachers", short_help="给没有账号的教职工开户，写发放的名单")(teachers.account_teachers)
app.command("work", short_help="另起一个进程办理导入和核算")(work.work)
app.command("backup", short_help="把整个数据库备份到一个文件")(backups.backup)
app.command("restore", short_help="从备份恢复，或检查备份能不能恢复")(backups.restore)
app.command("demo", short_help="用样例县从头到尾走一遍")(demo.demo)
