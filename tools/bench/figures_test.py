#!/usr/bin/env python3
"""Checks the table of tools/bench.sh."""

import unittest

from figures import Figure, table


class FigureTest(unittest.TestCase):
    def test_one_value_stands_alone(self):
        figure = Figure("cpu", "ms", "", digits=2)
        figure.add(0.5)
        self.assertEqual(figure.measured(), "0.50 ms")
        self.assertEqual(figure.ratio(), "")

    def test_repetitions_give_median_and_range(self):
        figure = Figure("lost", "", "0", digits=0)
        for value in (7, 0, 1):
            figure.add(value)
        self.assertEqual(figure.measured(), "1 (0–7)")

    def test_parts_are_told_apart(self):
        figure = Figure("delay", "ms", "", digits=1)
        figure.add((1, 10))
        figure.add((3, 30))
        self.assertEqual(figure.measured(), "2.0 (1.0–3.0) / 20.0 (10.0–30.0) ms")

    def test_ratio_is_taken_within_a_repetition(self):
        figure = Figure("relay", "ms", "")
        figure.add(6, 4)
        figure.add(6, 3)
        self.assertEqual(figure.ratio(), "1.75 (1.50–2.00)")

    def test_table_leaves_out_what_was_not_measured(self):
        done, missing = Figure("done", "", ""), Figure("missing", "", "")
        done.add(1)
        lines = table([done, missing]).splitlines()
        self.assertEqual(len(lines), 3)
        self.assertEqual(len(set(map(len, lines))), 1)


if __name__ == "__main__":
    unittest.main()
