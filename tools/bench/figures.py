"""Figures: a name, an aim, one value for each repetition; and the table of them."""

import statistics


class Figure:
    """`values` are numbers of `unit`, or tuples of them (p50 and p99).  `yardstick` is the value of
    the bare loop in the same repetition, for a ratio."""

    def __init__(self, name, unit, aim, digits=3, note=""):
        self.name, self.unit, self.aim, self.digits, self.note = name, unit, aim, digits, note
        self.values, self.ratios = [], []

    def add(self, value, yardstick=None):
        self.values.append(value if isinstance(value, tuple) else (value,))
        if yardstick:
            self.ratios.append(value / yardstick)

    def measured(self):
        """Median (lowest to highest) of each part."""
        return " / ".join(spread(part, self.digits) for part in zip(*self.values)) + \
            (f" {self.unit}" if self.unit else "")

    def ratio(self):
        return spread(self.ratios, 2) if self.ratios else ""

    def row(self):
        return [self.name, self.aim, self.measured(), self.ratio(), self.note]


def spread(values, digits):
    middle = f"{statistics.median(values):.{digits}f}"
    if len(values) == 1:
        return middle
    return f"{middle} ({min(values):.{digits}f}–{max(values):.{digits}f})"


HEAD = ["figure", "aim", "measured", "ratio to bare", "how"]


def table(figures):
    """Markdown with aligned columns."""
    rows = [HEAD] + [figure.row() for figure in figures if figure.values]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEAD))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |"
             for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)
