"""Breakdowns as JSON, text, Markdown or a terminal page. The only owner of colour and layout."""
