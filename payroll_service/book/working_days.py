"""Working days by the State Council's calendar: neither weekends nor holidays, but the weekends worked in their place."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from payroll_service.errors import UnknownCalendar

CHINA = timezone(timedelta(hours=8))


def china_day(moment: datetime) -> date:
    """The day that it is in China."""
    return moment.astimezone(CHINA).date()


def china_moment(moment: datetime) -> str:
    """The day and minute that a clock in China shows, as everybody reads it on pages, in files and at a terminal."""
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"


def working_day_after(day: date, count: int) -> date:
    """The `count`-th working day after `day`, which itself does not count. Raises UnknownCalendar.

    The holidays of a year are known once the State Council has announced them, late in the year before.
    """
    from chinese_calendar import is_workday  # 50 ms, which most commands need not wait for

    found = day
    while count > 0:
        found += timedelta(days=1)
        try:
            count -= is_workday(found)
        except NotImplementedError:
            raise UnknownCalendar(
                f"不知道 {found.year} 年的放假和调休安排，数不到 {day} 以后的第 {count} 个工作日。",
                "请对照国务院办公厅的放假通知数好，写明最后一天和理由（--until、--answer-by、--reason）。",
            ) from None
    return found
