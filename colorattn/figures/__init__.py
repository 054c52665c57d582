"""Figures: numbers in, a picture with its alt text out; no model runs here.

A module for each group of chapters: `data` (1), `scenes` (1, 3, 5, 6),
`attention` (3, 4) and `curves` (5, 7 to 10).
"""
