"""Tables of monthly figures as they lie in files, read strictly: one reading, or a refusal.

Text, cells, months and headers. Nothing that knows what a series is for: no catalog, no
release rule, no calendar, and nothing that fetches a file from elsewhere.
"""
