"""The journeys' own alarm: what a page complains of must reach the test, or a broken page would pass."""

import pytest


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        ("console.error('ledger page is broken')", "ledger page is broken"),
        ("setTimeout(() => { throw new Error('menu builder is broken') })", "menu builder is broken"),
        (
            "document.body.append(Object.assign(document.createElement('script'), {text: '1'}))",
            "Content Security",
        ),
        ("fetch('/no-such-page')", "404"),
    ],
    ids=["console-error", "thrown", "inline-script", "failed-request"],
)
def test_page_that_complains_is_heard(page, complaints, script, complaint):
    complaints.expect(complaint)
    page.goto("/healthz")

    with page.expect_event("console" if "throw" not in script else "pageerror"):
        page.evaluate(script)

    assert [complaint in text for text in complaints.seen] == [True]
    assert complaints.unexpected() == []


def test_style_in_the_markup_is_heard_under_our_policy(page, complaints):
    complaints.expect("Content Security Policy")
    policy = page.goto("/healthz").headers["content-security-policy"]
    page.route(
        "**/styled",
        lambda route: route.fulfill(
            body='<p style="color: red">Menu</p>',
            content_type="text/html",
            headers={"Content-Security-Policy": policy},
        ),
    )

    page.goto("/styled")

    assert ["inline style" in text for text in complaints.seen] == [True]


def test_complaint_nobody_expected_stays(complaints):
    complaints.seen.append("/menus: Refused to apply inline style")

    complaints.expect("403")

    assert complaints.unexpected() == ["/menus: Refused to apply inline style"]
    complaints.seen.clear()
