"""The six missions of a CPTS (code de la santé publique, L.1434-12-2), as a meal may
count for them. What is counted in each is written in the local contract."""

MISSIONS = (
    ("1", "Accès aux soins"),
    ("2", "Parcours autour du patient, à plusieurs métiers"),
    ("3", "Prévention sur le territoire"),
    ("4", "Réponse aux crises sanitaires graves"),
    ("5", "Qualité et pertinence des soins"),
    ("6", "Accompagnement des professionnels sur le territoire"),
)
LABELS = dict(MISSIONS)
