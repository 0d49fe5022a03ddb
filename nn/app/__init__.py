"""The application of the book: data, recipes, experiments, saved models, pictures and the command line."""
