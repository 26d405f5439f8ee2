"""Telephone numbers as French people write them."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from phonenumber_field.formfields import PhoneNumberField as PhoneFormField
from phonenumber_field.modelfields import PhoneNumberField
from phonenumber_field.phonenumber import PhoneNumber, to_python
from phonenumbers import PhoneNumberType, number_type

# ARCEP keeps these ranges for fiction; libphonenumber refuses them.
FICTIONAL = ("+33199", "+33261", "+33353", "+33465", "+33536", "+3363998")
FICTIONAL_MOBILE = "+3363998"
MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
FRENCH_LENGTH = len("+33639980102")
NOT_A_PHONE = "Écrivez un téléphone complet, comme 06 39 98 01 02."


def can_be_dialled(phone: PhoneNumber) -> bool:
    """Or belongs to fiction, as in the demonstration."""
    if phone.country_code is None:
        return False
    fictional = phone.as_e164.startswith(FICTIONAL)
    return phone.is_valid() or (fictional and len(phone.as_e164) == FRENCH_LENGTH)


def takes_text(phone: object) -> bool:
    """A mobile: a landline rings, or reads a text message aloud at night."""
    if not isinstance(phone, PhoneNumber) or phone.country_code is None:
        return False
    return phone.as_e164.startswith(FICTIONAL_MOBILE) or number_type(phone) in MOBILE


def phone_typed(text: str) -> PhoneNumber | None:
    """The number, or None when nobody could dial it."""
    phone = to_python(text, region="FR")
    return phone if phone is not None and can_be_dialled(phone) else None


def check_phone(phone: PhoneNumber) -> None:
    if not can_be_dialled(phone):
        raise ValidationError(NOT_A_PHONE, code="invalid")


class PhoneInput(PhoneFormField):
    """Shows « 06 39 98 01 02 », cleans to a PhoneNumber or ""."""

    default_validators = [check_phone]
    widget = forms.TextInput

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("error_messages", {})["invalid"] = NOT_A_PHONE
        options.setdefault("widget", forms.TextInput(attrs={"type": "tel"}))
        super().__init__(*args, **options)

    def prepare_value(self, value: Any) -> Any:
        return value.as_national if isinstance(value, PhoneNumber) else value


class PhoneField(PhoneNumberField):
    """Stored as E.164."""

    default_validators = [check_phone]

    def get_prep_value(self, value: Any) -> Any:
        phone = self.to_python(value)
        if isinstance(phone, PhoneNumber) and phone.country_code is not None:
            return phone.as_e164
        return str(value or "")

    def formfield(self, **options: Any) -> Any:
        return super().formfield(**{"form_class": PhoneInput, **options})
