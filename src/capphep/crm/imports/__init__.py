"""Rows of a workbook, read and judged one by one; good ones enter, bad ones get their reasons."""
