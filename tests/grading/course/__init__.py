"""The course: what is asked, lesson by lesson, and the plain solution of all of it."""
