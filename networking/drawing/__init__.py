"""Drawings made from data, as SVG for pages and printed documents alike.

Only rect, circle, path and text, without CSS: browsers and WeasyPrint draw the
same picture. Hues follow the seat, never the profession.
"""

from networking.drawing.bars import bars_chart
from networking.drawing.charts import answer_bar, plates_chart
from networking.drawing.ground import Landmark, Spot
from networking.drawing.lines import trend_chart
from networking.drawing.maps import commune_map
from networking.drawing.shapes import Seat
from networking.drawing.tables import Place, half_table, round_table
from networking.drawing.trends import Point, trend
from networking.drawing.webs import Tie, seats_of, small_web, web
from networking.drawing.words import amount, cell_text, stands_for_a_number

__all__ = [
    "Landmark",
    "Place",
    "Point",
    "Seat",
    "Spot",
    "amount",
    "Tie",
    "answer_bar",
    "bars_chart",
    "cell_text",
    "commune_map",
    "half_table",
    "plates_chart",
    "round_table",
    "trend",
    "trend_chart",
    "seats_of",
    "small_web",
    "stands_for_a_number",
    "web",
]
