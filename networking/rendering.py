from django.forms import BoundField, Field
from django.forms.renderers import TemplatesSetting

from networking.templatetags.french import NARROW


class SpokenField(BoundField):
    @property
    def spoken_errors(self) -> list[str]:
        """Django's own message for an empty field does not name it; this one does."""
        silent = str(Field.default_error_messages["required"])
        named = f"{self.label}{NARROW}: à compléter"
        return [named if error == silent else str(error) for error in self.errors]


class FrenchFormRenderer(TemplatesSetting):
    """Every form, with its errors on top and again beside each field.

    A form whose `hide_optional` is true, such as a search, does not say which of
    its fields may stay empty.
    """

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    bound_field_class = SpokenField
