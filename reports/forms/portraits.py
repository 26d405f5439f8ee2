from typing import Any

from django import forms

from reports.portraits import NotAPortrait, portrait


class PortraitForm(forms.Form):
    """`picture` becomes the bytes of a small JPEG; without one, the first letter."""

    is_shown = forms.BooleanField(
        label="Je veux être sur le trombinoscope",
        required=False,
        help_text="Une feuille imprimée, donnée aux personnes de la même rencontre"
        "\u202f: mon prénom, mon métier, ce que je fais.",
    )
    picture = forms.FileField(
        label="Ma photo",
        required=False,
        help_text="Elle devient petite et carrée, et s’efface au bout de deux ans.",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={
            "empty": "Ce fichier est vide.",
            "max_length": "Nom trop long.",
        },
    )

    def clean_picture(self) -> bytes | None:
        upload: Any = self.cleaned_data["picture"]
        if not upload:
            return None
        try:
            return portrait(upload)
        except NotAPortrait as error:
            raise forms.ValidationError(str(error)) from error
