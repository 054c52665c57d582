"""Exercises handed out, marked and talked about: `python -m classroom`.

What is handed out: `exercises` reads the chapters, `sheets` chooses from
them; `notebooks` makes the sheets, `printing` makes PDFs and slides,
`worksheets` draws their tasks, `quizzes` is for learning platforms, and
`export` for other graders.

What is handed in: `collect` sorts files into a class `folder`, `hand_in`
reads them, and `marking` checks the answers, which a `worker` runs in a
`sandbox`. Only `messages` of plain data come back from there. Without a
sandbox, a program that uses what is `forbidden` does not run.

What is given back: `answers_in_words` are marked in a spreadsheet, `grades`
are tables, and `reports` are the feedback and the overview. `rendering` fills
in all templates. `projects` let a class train together.
"""
