"""The studies: every table of the documents, measured and set beside the document's own numbers."""
