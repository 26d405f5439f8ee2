"""Drawings made from data, as SVG for pages and printed documents alike.

Only rect, circle, path and text, without CSS: browsers and WeasyPrint draw the
same picture. Hues follow the seat, never the profession.
"""

from networking.drawing.charts import answer_bar, plates_chart
from networking.drawing.shapes import Seat
from networking.drawing.tables import Place, half_table, round_table
from networking.drawing.trends import Point, trend

__all__ = [
    "Place",
    "Point",
    "Seat",
    "answer_bar",
    "half_table",
    "plates_chart",
    "round_table",
    "trend",
]
