"""The course: what is asked, lesson by lesson, the plain solution of all of it, and the learner's files."""
