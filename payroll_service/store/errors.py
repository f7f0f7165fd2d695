"""What can go wrong in the store. Messages are for the people at the door, with the next step.

StoreError
├── NotStored          nothing is stored under that key
├── UnknownPlace       a list cannot go on from there
├── AlreadyStored      something is, and it is written once
├── NumberTaken        a number is that of another payee
├── StoredBytesChanged what is read is not what was written
├── KeysUnusable       the keys of the personal data are not there, or are others
├── StoreBusy          another process has been writing for too long
├── ConnectionLost     the database went away, perhaps in the middle of a commit
├── Unreachable        the database cannot be opened at all
├── SchemaMismatch     the database belongs to another version of this software
└── UnsupportedDatabase
"""

from __future__ import annotations


class StoreError(Exception):
    """The root of all errors of the store."""


class NotStored(StoreError):
    def __init__(self, what: str, key: str) -> None:
        self.what, self.key = what, key
        super().__init__(f"没有找到{what}“{key}”，请核对编号。")


class UnknownPlace(StoreError):
    def __init__(self) -> None:
        super().__init__("这个列表没有可以从这里接着的一页，请照上一页给的 next 填 after，或者从头读起。")


class AlreadyStored(StoreError):
    def __init__(self, what: str, key: str) -> None:
        self.what, self.key = what, key
        super().__init__(f"{what}“{key}”已经入库，入库后不能改写。如需更正，请另行新增。")


class NumberTaken(StoreError):
    """Names no number: the message may end in a log."""

    def __init__(self) -> None:
        super().__init__("证件号或代码已属于另一个收款人，本次修改没有保存。请核对后重试。")


class StoredBytesChanged(StoreError):
    def __init__(self, what: str, key: str) -> None:
        self.what, self.key = what, key
        super().__init__(
            f"库中{what}“{key}”的内容与入库时的校验值不符，可能被改动过。请停止使用并报告管理员。"
        )


class KeysUnusable(StoreError):
    """`why`: without a full stop."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"{why}。库里的证件号码、姓名、账号和收到的文件是加密的，密钥不在数据库里，也不在备份里。"
            "请用 PAYROLL_KEY_FILE 写明原来的密钥文件（SQLite 默认在数据库文件旁边，名字加 .keys）；"
            "新的 PostgreSQL 请先用 payroll keys new 文件 建一份，并另存一份在别处。"
        )


class StoreBusy(StoreError):
    def __init__(self) -> None:
        super().__init__("数据库正被其他操作占用，本次操作没有保存任何内容，请稍后重试。")


class ConnectionLost(StoreError):
    def __init__(self) -> None:
        super().__init__(
            "与数据库的连接断了，不能确定这一步是否已经保存。请用同一个幂等键重试，或先查看结果。"
        )


class Unreachable(StoreError):
    def __init__(self, why: str) -> None:
        super().__init__(
            f"打不开数据库：{' '.join(why.split())}。请核对 PAYROLL_DATABASE_URL（或 --database）；"
            "PostgreSQL 是否在运行、账号密码对不对，或文件所在的文件夹是否存在、能不能写。"
        )


class SchemaMismatch(StoreError):
    def __init__(self, found: str | None, wanted: str | None) -> None:
        self.found, self.wanted = found, wanted
        super().__init__(
            f"数据库结构版本为 {found or '空'}，本程序需要 {wanted}。请先备份，再执行数据库升级；"
            "若数据库较新，请改用新版程序。"
        )


class UnsupportedDatabase(StoreError):
    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"不支持数据库“{name}”。请使用 sqlite:///文件路径 或 postgresql+psycopg://… 形式的地址。"
        )
