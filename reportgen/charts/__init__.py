"""The charts stage: takes `ChartData`, gives its picture, table, CSV and alternative text."""

from reportgen.charts.describe import alternative
from reportgen.charts.draw import draw
from reportgen.charts.spark import spark
from reportgen.charts.svg import named
from reportgen.charts.tables import csv, table
from reportgen.charts.theme import ROLES, SizeName

__all__ = ["ROLES", "SizeName", "alternative", "csv", "draw", "named", "spark", "table"]
