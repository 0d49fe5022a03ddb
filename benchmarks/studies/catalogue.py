"""The catalogue: every study by its name. To add one, name it here."""

from . import document_000, document_001, document_002, document_003, document_004
from .best import BEST
from .gradient_flow import GRADIENT_FLOW
from .range_test import RANGE_TEST

STUDIES = {
    study.name: study
    for study in (
        *document_000.STUDIES,
        document_001.OPTIMIZED_STUDY,
        *document_002.TABLES,
        document_002.FROM_ALL,
        *document_003.STUDIES,
        *document_004.STUDIES,
        BEST,
        RANGE_TEST,
        GRADIENT_FLOW,
    )
}
