c = get_config()  # noqa: D100, F821
c.CourseDirectory.course_id = "attention-in-color"
c.ClearSolutions.code_stub = {"python": "..."}
c.ClearSolutions.text_stub = "*Write here.*"
c.Execute.timeout = 60  # seconds; a busy machine imports PyTorch slowly
c.OverwriteCells.add_missing_cells = True
