"""Forms of the fiduciary app. Checklist texts come from the edition; forms check shape, services check meaning."""
