"""Who one may be in the demonstration; the people themselves are in reports.demo."""

PEOPLE: list[tuple[str, str]] = [
    ("Amina, organisatrice", "amina@parentheses.example"),
    ("Bruno, relais du Biollay", "bruno@parentheses.example"),
    ("Mme Eloy, mairie de Chambéry", "eloy@mairie-chambery.example"),
    ("Farid, CPTS des Trois Sources", "farid@cpts-trois-sources.example"),
    ("Iris, équipe de l’association", "iris@parentheses.example"),
]
