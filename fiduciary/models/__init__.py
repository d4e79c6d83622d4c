"""Tables of the fiduciary app: reviews, answers, evidence, conflicts, decisions, signatures, documents."""

from fiduciary.models.decision import ConflictDeclaration, Decision, Signature
from fiduciary.models.document import Document
from fiduciary.models.response import Evidence, ReviewResponse
from fiduciary.models.review import PrudenceReview

__all__ = [
    "ConflictDeclaration",
    "Decision",
    "Document",
    "Evidence",
    "PrudenceReview",
    "ReviewResponse",
    "Signature",
]
