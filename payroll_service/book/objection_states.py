"""What an objection may be about, and what becomes of it."""

OPEN, UPHELD, REJECTED, CORRECTED = "open", "upheld", "rejected", "corrected"

STATES = {OPEN: "待答复", UPHELD: "成立，待更正", REJECTED: "不成立", CORRECTED: "成立，已更正"}
OUTCOMES = (UPHELD, REJECTED)

CAUSES = {
    "score": "得分不对",
    "months": "月数不对",
    "post": "岗位、职务不对",
    "rule": "办法用得不对",
    "other": "其他",
}
