"""The application: data, recipes, experiments, saved models, pictures and the command line."""
