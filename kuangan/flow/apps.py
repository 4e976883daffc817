"""Django's entry for the package `flow`."""

from django.apps import AppConfig


class FlowConfig(AppConfig):
    """The package `kuangan.flow`; its tables carry the label `flow`."""

    name = "kuangan.flow"
    label = "flow"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What moves set off by name is known in every process."""
        from kuangan.flow.cases import recording  # noqa: F401  # it needs the models
