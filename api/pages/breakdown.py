"""What every page of a payout shows: the walk to its total, its lines, and how each item came about."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from payroll_service.book.payout_steps import payout_steps
from payroll_service.export.explanation import cited_in, details, headline, sentences
from payroll_service.export.waterfall import waterfall_svg
from payroll_service.workflow.read_explanation import ExplainedPayout

TELL = {"details": details, "headline": headline, "sentences": sentences}


def breakdown(payout: ExplainedPayout) -> dict[str, Any]:
    """For the macros of `payout_parts.html`."""
    steps = payout_steps(payout.content)
    return {
        "run_id": payout.run_id,
        "content": payout.content,
        "steps": steps,
        "drawn": Markup(waterfall_svg(f"{payout.content['period']} 从各项到合计", steps)),
        "explained": payout.explanations,
        "cited": cited_in(payout.explanations or ()),
        "tell": TELL,
    }
