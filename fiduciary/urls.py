from django.urls import path

from fiduciary.views import audit, decisions, reviews, rules

app_name = "fiduciary"

REVIEW = "plans/<slug:plan>/reviews/<int:review>/"
DECISION = "plans/<slug:plan>/decisions/<int:decision>/"
AUDIT = "plans/<slug:plan>/audit/"

urlpatterns = [
    path("plans/<slug:plan>/reviews/", reviews.review_list, name="review-list"),
    path("plans/<slug:plan>/reviews/open/", reviews.review_open_page, name="review-open"),
    path(REVIEW, reviews.review_detail, name="review-detail"),
    path(REVIEW + "figures/", reviews.review_refresh_page, name="review-refresh"),
    path(REVIEW + "conflict/", reviews.review_declare, name="review-declare"),
    path(REVIEW + "decision/", decisions.decision_draft_page, name="decision-draft"),
    path(REVIEW + "items/<str:item>/", reviews.review_item, name="review-item"),
    path(REVIEW + "items/<str:item>/evidence/", reviews.evidence_add_page, name="evidence-add"),
    path("plans/<slug:plan>/evidence/<int:evidence>/", reviews.evidence_download, name="evidence-download"),
    path("plans/<slug:plan>/decisions/", decisions.decision_list, name="decision-list"),
    path(DECISION, decisions.decision_detail, name="decision-detail"),
    path(DECISION + "sign/", decisions.decision_sign_page, name="decision-sign"),
    path(DECISION + "withdraw/", decisions.decision_withdraw_page, name="decision-withdraw"),
    path("plans/<slug:plan>/documents/", decisions.document_list, name="document-list"),
    path(
        "plans/<slug:plan>/documents/<int:document>/", decisions.document_download, name="document-download"
    ),
    path("audit/", audit.audit_home, name="audit-home"),
    path(AUDIT, audit.audit_plan, name="audit-plan"),
    path(AUDIT + "entries/<int:position>/", audit.audit_event, name="audit-event"),
    path(AUDIT + "decisions/<int:decision>/", audit.audit_decision, name="audit-decision"),
    path(AUDIT + "verify/", audit.audit_verify, name="audit-verify"),
    path("rules/", rules.rule_list, name="rule-list"),
]
