"""What was said around the tables of the demonstration, without any name."""

from typing import NamedTuple

from networking.models import MealPaidBy


class Told(NamedTuple):
    """One past meal. `circle` and `venue` are keys of places; without quotes no
    report was given."""

    circle: str
    venue: str
    title: str
    paid_by: MealPaidBy
    quotes: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()
    cost: str = "0"


GRAND_VERGER = "Maison de quartier du Grand Verger"
CARREFOUR = "Café associatif Le Carrefour"
SOURCE = "Résidence La Source claire"
LAVOIR = "Salle du Vieux Lavoir"
NOYERS = "Ferme des Trois Noyers"
LUNCH_BIOLLAY = "Le déjeuner du Biollay"
LUNCH_WEST = "Le déjeuner de Cognin et La Motte-Servolex"
LUNCH_ELDERS = "Bien vieillir chez soi, le déjeuner"

PAST = (
    Told("biollay", CARREFOUR, LUNCH_BIOLLAY, MealPaidBy.SHARED),
    Told(
        "west",
        LAVOIR,
        LUNCH_WEST,
        MealPaidBy.TOWN_HALL,
        (
            "Je connaissais sa voix depuis trois ans. Je connais enfin son visage.",
            "À la maison, on est seul. Ici, on est une équipe.",
        ),
        (
            "Une liste des numéros directs, remise à jour chaque trimestre.",
            "Inviter les porteurs de repas à la prochaine rencontre.",
        ),
        "6.80",
    ),
    Told(
        "elders",
        SOURCE,
        LUNCH_ELDERS,
        MealPaidBy.CPTS,
        (
            "On m’a enfin demandé ce que je vois le matin, au lever.",
            "Un retour à la maison, cela se prépare avant la sortie. À plusieurs.",
            "J’ai compris à quoi sert une ergothérapeute. J’en appelle une demain.",
        ),
        (
            "Essayer un cahier de liaison commun, chez cinq personnes volontaires.",
            "Prévenir le service d’aide la veille d’une sortie d’hôpital.",
            "Prochain thème\u202f: les chutes.",
        ),
        "8.20",
    ),
    Told(
        "biollay",
        GRAND_VERGER,
        LUNCH_BIOLLAY,
        MealPaidBy.ASSOCIATION,
        (
            "Nous allons chez les mêmes personnes, à une heure d’écart.",
            "Je n’osais pas appeler le cabinet. J’ai maintenant une ligne directe.",
        ),
        (
            "Un créneau de 13\u00a0h à 14\u00a0h pour s’appeler sans déranger.",
            "Visiter ensemble la pharmacie du quartier.",
        ),
        "7.40",
    ),
    Told(
        "west",
        NOYERS,
        "Le déjeuner à la ferme, Cognin et La Motte-Servolex",
        MealPaidBy.SHARED,
        (
            "On a parlé de tout, sauf de paperasse. Cela fait du bien.",
            "Les nuits, personne ne les voit. Merci d’avoir posé la question.",
        ),
        (
            "Trouver un lieu sans marche pour la prochaine fois.",
            "Partager la liste des gardes de nuit disponibles.",
        ),
        "4.50",
    ),
    Told(
        "elders",
        GRAND_VERGER,
        LUNCH_ELDERS,
        MealPaidBy.ASSOCIATION,
        (
            "Un tapis mal placé, une lampe éteinte. Nous les voyons chaque jour.",
            "Je repars avec trois numéros et deux idées simples.",
        ),
        (
            "Une visite à deux\u202f: aide à domicile et ergothérapie, à l’essai.",
            "Inviter une personne du centre social.",
        ),
        "7.10",
    ),
    Told(
        "west",
        LAVOIR,
        LUNCH_WEST,
        MealPaidBy.TOWN_HALL,
        (
            "En une heure et demie, j’ai gagné des semaines de téléphone.",
            "Tout le monde a débarrassé. On ne savait plus qui fait quoi.",
            "Je croyais gêner. On m’a dit\u202f: appelez-nous plus tôt.",
        ),
        (
            "Une rencontre un soir, pour les personnes qui travaillent le midi.",
            "Un mot commun pour signaler une situation qui inquiète.",
        ),
        "6.90",
    ),
    # The last one waits for its report.
    Told("biollay", GRAND_VERGER, LUNCH_BIOLLAY, MealPaidBy.ASSOCIATION),
)

MESSAGE_BIOLLAY = (
    "Nous travaillons dans les mêmes escaliers et nous nous croisons sans nous "
    "connaître. Venez poser un visage sur les noms.\n\nOn mange, on se présente en "
    "une minute chacun, et chacun repart avec les bons numéros."
)
MESSAGE_WEST = (
    "Cette fois, parlons des retours à la maison après l’hôpital. Chacun dit ce qui "
    "l’aide, et ce qui lui manque.\n\nC’est fini à l’heure, promis."
)
MESSAGE_ELDERS = (
    "Une rencontre le soir, pour celles et ceux qui travaillent le midi. Nous "
    "parlerons des chutes, et de ce que chacun peut repérer."
)
EVENING_ELDERS = "Bien vieillir chez soi, la soirée"
# By key of circle: title, message, and whether the public agenda announces it.
COMING = {
    "biollay": (LUNCH_BIOLLAY, MESSAGE_BIOLLAY, True),
    "west": (LUNCH_WEST, MESSAGE_WEST, True),
    "elders": (EVENING_ELDERS, MESSAGE_ELDERS, False),
}
