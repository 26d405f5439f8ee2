from django import forms
from django.core.files.uploadedfile import UploadedFile

from networking.forms.circles import PlainCharField
from networking.imports import MOST_BYTES, TOO_BIG, Sheet, Unreadable, read


class ImportForm(forms.Form):
    """`sheet` is what the file holds, once the form is valid."""

    sheet: Sheet

    file = forms.FileField(
        label="Votre tableau",
        help_text="CSV, XLSX ou ODS. 5\u00a0Mo et 5\u202f000 lignes au plus.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,.ods"}),
        error_messages={
            "required": "Choisissez un fichier.",
            "empty": "Ce fichier est vide.",
            "missing": "Choisissez un fichier.",
        },
    )
    source = PlainCharField(
        label="D’où vient cette liste\u202f?",
        max_length=160,
        help_text="Chaque personne pourra le lire. Par exemple «\u202fla liste de la"
        " maison de santé, mars 2026\u202f».",
        error_messages={
            "required": "Écrivez d’où vient cette liste.",
            "max_length": "C’est trop long\u202f: 160 signes au plus.",
        },
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(TOO_BIG)
        try:
            self.sheet = read(file)
        except Unreadable as error:
            raise forms.ValidationError(str(error)) from error
        if not self.sheet.lines:
            raise forms.ValidationError(
                "Ce fichier n’a que des titres\u202f: aucune personne en dessous."
            )
        return file
