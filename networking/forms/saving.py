from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.db import IntegrityError, transaction

T = TypeVar("T")

TAKEN = "Ce nom vient d’être pris. Choisissez-en un autre."


def saved(form: forms.BaseForm, save: Callable[[], T]) -> T | None:
    """What `save` returns; None when somebody took the name between the check and
    now (a double tap), said beside `name`."""
    try:
        with transaction.atomic():
            return save()
    except IntegrityError:
        form.add_error("name", TAKEN)
        return None
