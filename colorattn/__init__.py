"""Attention in Color: the small package behind the chapters.

Read it in the order in which data flows: `symbols` (the drawings), `stream`
(endless colored scenes), `model` (attention), `training` (the loop),
`checkpoint` and `records` (what is kept), `figures` (what is shown).
"""
