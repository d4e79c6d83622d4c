"""Addresses of the fiduciary app under /api/v1/."""

from django.urls import URLPattern, URLResolver, include, path

from fiduciary.api.views.audit import AuditedDecisions, AuditEvents
from fiduciary.api.views.decisions import Decisions, Documents
from fiduciary.api.views.law import Checklists, Rules
from fiduciary.api.views.reviews import Answers, Declarations, EvidenceFiles, EvidenceOfReview, Reviews

review_urls: list[URLPattern | URLResolver] = [
    path("", Reviews.as_view({"get": "read"}), name="review-detail"),
    path("figures/", Reviews.as_view({"post": "refresh"}), name="review-refresh"),
    path("answers/", Answers.as_view({"get": "list", "post": "create"}), name="answer-list"),
    path("evidence/", EvidenceOfReview.as_view({"get": "list", "post": "create"}), name="evidence-list"),
    path("declarations/", Declarations.as_view({"get": "list", "post": "create"}), name="declaration-list"),
]

plan_urls: list[URLPattern | URLResolver] = [
    path("reviews/", Reviews.as_view({"get": "list", "post": "create"}), name="review-list"),
    path("reviews/<int:review>/", include(review_urls)),
    path("evidence/<int:evidence>/file/", EvidenceFiles.as_view({"get": "download"}), name="evidence-file"),
    path("decisions/", Decisions.as_view({"get": "list", "post": "create"}), name="decision-list"),
    path("decisions/<int:decision>/", Decisions.as_view({"get": "read"}), name="decision-detail"),
    path("decisions/<int:decision>/sign/", Decisions.as_view({"post": "sign"}), name="decision-sign"),
    path(
        "decisions/<int:decision>/withdraw/",
        Decisions.as_view({"post": "withdraw"}),
        name="decision-withdraw",
    ),
    path(
        "decisions/<int:decision>/verify/",
        AuditedDecisions.as_view({"get": "verify"}),
        name="decision-verify",
    ),
    path("documents/", Documents.as_view({"get": "list"}), name="document-list"),
    path("documents/<int:document>/", Documents.as_view({"get": "read"}), name="document-detail"),
    path("documents/<int:document>/pdf/", Documents.as_view({"get": "download"}), name="document-pdf"),
    path("audit/events/", AuditEvents.as_view({"get": "list"}), name="audit-event-list"),
    path("audit/verify/", AuditEvents.as_view({"get": "verify"}), name="audit-verify"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("checklists/", Checklists.as_view({"get": "list"}), name="checklist-list"),
    path("checklists/<path:edition_name>/", Checklists.as_view({"get": "read"}), name="checklist-detail"),
    path("rules/", Rules.as_view({"get": "list"}), name="rule-list"),
    path("audit/decisions/", AuditedDecisions.as_view({"get": "list"}), name="audited-decision-list"),
    path("plans/<slug:plan>/", include(plan_urls)),
]
