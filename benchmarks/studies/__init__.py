"""The studies: every table of the documents, measured and set next to the document's own numbers.

- what is measured: ``catalogue`` lists the studies; ``study`` says what one is; ``document_000`` to
  ``document_004``, ``best``, ``range_test`` and ``gradient_flow`` define them
- how: ``command`` has ``runner`` do the jobs, here or on a ``cluster``; ``training`` does one; ``times``
  times epochs; ``store`` keeps the records
- what it says: ``metrics`` and ``summary`` reduce records to means; ``claims`` and ``findings_002`` answer
  the documents
- what is shown: ``pages`` of ``sections``, ``pictures``, ``tables`` and ``provenance``; ``index`` gathers
  them; ``recipes`` is the table in the project's README
"""
