"""Money is whole fen; this is the one place where it becomes text, and where many fen are added."""

from __future__ import annotations

import re

import numpy as np

CENTS = [f".{part:02d}" for part in range(100)]
AMOUNT = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]{2}", re.ASCII)
SAFE = 2**62  # sums that stay below are exact in int64


def fen_text(fen: int) -> str:
    """`1234.50` for 123450: two decimals always, a plain minus, no separators. `text_fen` reads it back."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def fen_texts(fen: np.ndarray) -> list[str]:
    """`fen_text` of many amounts."""
    yuan, cents = np.divmod(np.abs(fen), 100)
    texts = [f"{whole}{CENTS[part]}" for whole, part in zip(yuan.tolist(), cents.tolist(), strict=True)]
    for place in np.flatnonzero(fen < 0).tolist():
        texts[place] = f"-{texts[place]}"
    return texts


def grouped(fen: int) -> str:
    """`1,234.50` for 123450: for reading, never for reading back."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def text_fen(text: str) -> int:
    """The fen of what `fen_text` wrote; any other spelling is a ValueError."""
    if not AMOUNT.fullmatch(text):
        raise ValueError(f"not an amount with two decimals: {text[:40]!r}")
    return int(text.replace(".", ""))


def summable(fen: np.ndarray) -> np.ndarray:
    """The same amounts in a form whose sums cannot overflow: Python ints where int64 might not do."""
    peak = max(abs(int(fen.max())), abs(int(fen.min()))) if len(fen) else 0
    return fen if peak * len(fen) < SAFE else fen.astype(object)


def total(fen: np.ndarray) -> int:
    """The exact sum."""
    return int(summable(fen).sum()) if len(fen) else 0


def totals_by(codes: np.ndarray, fen: np.ndarray, count: int) -> np.ndarray:
    """The exact sum per code 0..count-1, Python ints or int64."""
    amounts = summable(fen)
    sums = np.zeros(count, amounts.dtype)
    np.add.at(sums, codes, amounts)
    return sums


def part_half_up(fen: np.ndarray, numerator: int, denominator: int) -> np.ndarray:
    """fen × numerator ÷ denominator, rounded half away from zero to whole fen."""
    peak = max(abs(int(fen.max())), abs(int(fen.min()))) if len(fen) else 0
    wide = fen.astype(object) if (peak + 1) * 2 * (abs(numerator) + denominator) >= SAFE else fen
    size = (2 * abs(wide) * numerator + denominator) // (2 * denominator)
    return np.where(fen < 0, -size, size).astype(np.int64)
