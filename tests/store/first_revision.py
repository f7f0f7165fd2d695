"""A book as revision 0001 held it, in its own words. Never changed: every later revision must carry these rows over."""

from typing import Any

MORNING = "2020-10-09 01:02:03.000004+00:00"
EVENT: dict[str, Any] = {
    "bureau": "dushan",
    "number": 1,
    "state": "s",
    "at": MORNING,
    "actor": "王会计",
    "detail": "{}",
}
RUN: dict[str, Any] = {"bureau": "dushan", "run_id": "r1"}

ROWS: dict[str, dict[str, Any]] = {
    "bureau": {"bureau": "dushan", "name": "独山县教育局"},
    "rule_set": {
        "bureau": "dushan",
        "fingerprint": "f1",
        "name": "绩效",
        "version": "2020-09",
        "in_force_from": "2020-09-01",
        "in_force_to": "2023-08-31",
        "extends": None,
        "document": b"\x00\xff",
    },
    "rule_set_event": EVENT | {"fingerprint": "f1"},
    "import": {
        "bureau": "dushan",
        "content_hash": "c1",
        "file_name": "九月.xlsx",
        "sender": "王会计",
        "received_at": MORNING,
        "content": b"PK\x00",
    },
    "import_event": EVENT | {"content_hash": "c1", "rule_set": "f1"},
    "snapshot": {"bureau": "dushan", "fingerprint": "s1", "rule_set": "f1", "content": b"\x78"},
    "snapshot_import": {"bureau": "dushan", "fingerprint": "s1", "position": 0, "content_hash": "c1"},
    "payee": {"bureau": "dushan", "payee_id": "p1", "kind": "个人"},
    "payee_identity": {
        "bureau": "dushan",
        "payee_id": "p1",
        "kind": "个人",
        "number": "520111198001010014",
        "label": "韦䶮",
        "account": "6228480000000000001",
        "bank": "农业银行",
    },
    "run": RUN
    | {
        "rule_set": "f1",
        "snapshot": "s1",
        "period": "2020-09",
        "kind": "月",
        "created_at": MORNING,
        "created_by": "王会计",
        "corrects": None,
    },
    "run_event": EVENT | {"run_id": "r1"},
    "run_record": RUN | {"payee_id": "p1", "content": b"{}", "amount_fen": 2**62, "digest": "d"},
    "run_pool": RUN
    | {
        "position": 0,
        "rule": "教师.奖励",
        "pool": "学校.池",
        "key": "S01",
        "unit": "S01",
        "fund": "",
        "amount_fen": 3,
        "shared_fen": 2,
        "returned_fen": 1,
        "members": 4,
        "weight": "12.5",
    },
    "run_total": RUN
    | {
        "position": 0,
        "unit": "S01",
        "item": "101",
        "fund": "县财政",
        "lines": 1,
        "amount_fen": 3,
        "held_fen": 0,
    },
    "run_receipt": RUN | {"content": b"{}", "digest": "d"},
}
