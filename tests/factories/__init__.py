"""Small builders of real rows, one module for each app. No surprises: what is not asked for has one plain value."""
