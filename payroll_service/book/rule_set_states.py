"""What was done with a rule set, as its log says it: stored as a draft, its worked examples passed, put in force."""

DRAFTED, CHECKED, ENACTED = "stored", "checked", "enacted"

STATES = {DRAFTED: "草案", CHECKED: "用例已通过", ENACTED: "已启用"}
