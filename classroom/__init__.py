"""Exercises handed out, marked and talked about: `python -m classroom`.

What is handed out: `exercises` reads the chapters, `sheets` chooses from
them; `handouts` are notebooks, `paper` is for printing and projecting,
`quizzes` are for learning platforms, `export` for other graders.

What is handed in: `collect` sorts files into a class `folder`, `reading`
opens them, and `marking` checks the answers, which run in a `worker` behind a
`wall`; only plain data comes back through the `wire`, and where there is no
wall a `fence` reads the programs first.

What comes back: `words` are marked in a spreadsheet, `grades` are tables, and
`pages` are the feedback and the overview. `rendering` fills in all templates.
"""
