"""Names as people type them when they search."""

import re
import unicodedata


def fold(text: str) -> str:
    """Lower case without accents, ligatures or signs: "Saint-Pierre-d’Albigny"
    becomes "saint pierre d albigny", "Cœur" becomes "coeur"."""
    text = text.replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae")
    bare = "".join(
        sign
        for sign in unicodedata.normalize("NFKD", text)
        if not unicodedata.combining(sign)
    )
    return re.sub(r"[^a-z0-9]+", " ", bare.casefold()).strip()
