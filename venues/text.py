"""Names as people type them when they search."""

import re
import unicodedata

# Letters that Unicode does not take apart, as a French keyboard writes them.
KEYBOARD = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"}
)


def fold(text: str) -> str:
    """Lower case without accents, ligatures or signs: "Saint-Pierre-d’Albigny"
    becomes "saint pierre d albigny", "Cœur" becomes "coeur", "Łukasz" "lukasz".
    Letters of other alphabets stay, or every such name would be the same."""
    bare = "".join(
        sign
        for sign in unicodedata.normalize("NFKD", text)
        if not unicodedata.combining(sign)
    )
    return re.sub(r"[\W_]+", " ", bare.casefold().translate(KEYBOARD)).strip()
