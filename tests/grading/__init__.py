"""The grader: the exercises, how a package is judged by the lessons, and what a learner is told."""
