"""The studies: every table of the documents, measured and compared with the document's own numbers.

The documents are reports of other projects that trained networks on MNIST.

- what is measured: ``catalogue`` lists the studies; ``study`` says what one is; ``document_000`` to
  ``document_004``, ``best``, ``range_test`` and ``gradient_flow`` define them
- how it is measured: ``command`` starts ``runner``, which does the jobs here or on a ``cluster``;
  ``training`` does one job; ``times`` times epochs; ``store`` keeps the records
- what it means: ``metrics`` and ``summary`` reduce records to means; ``claims`` and ``findings_002`` answer
  the documents
- what is shown: ``pages`` made of ``sections``, ``pictures``, ``tables`` and ``provenance``; ``index`` lists
  them; ``recipes`` makes the table in the project's README
"""
