"""Notices and calls say what they are about; those of earlier releases hold the address of a page."""

from typing import Any

from django.db import migrations

TURNED = (
    (r"^/cases/(\d+)/$", r"case:\1"),
    (r"^/cases/\?(.+)$", r"cases?\1"),
    (r"^/mines/([^/?]+)/$", r"mine:\1"),
    (r"^/duties/(\d+)/$", r"duty:\1"),
    (r"^/duties/\?(.+)$", r"duties?\1"),
    (r"^/office/(circular|letter|meeting|collection|brief)s/(\d+)/$", r"\1:\2"),
    (r"^/office/collections/(\d+)/\?(.+)$", r"collection:\1?\2"),
    (r"^/office/incoming/(\d+)/$", r"incoming:\1"),
    (r"^/office/watch/$", "watch"),
    (r"^/draws/(\d+)/$", r"draw:\1"),
    (r"^/users/requests/(\d+)/$", r"account_request:\1"),
    (r"^/trail/seals/$", "seals"),
    (r"^/(account|status|feeds)/$", r"\1"),
    (r"^/checks/\?(.+)$", r"rule_states?\1"),
)
"""Every address that a notice or a call ever held, and what it is about; another one stays and opens as it is."""


def turn(apps: Any, editor: Any) -> None:
    """One statement for each form of an address and table."""
    with editor.connection.cursor() as cursor:
        for name in ("Notice", "Call"):
            table = apps.get_model("core", name)._meta.db_table  # noqa: SLF001  # Django's documented way to it
            for address, subject in TURNED:
                cursor.execute(
                    f'UPDATE "{table}" SET link = regexp_replace(link, %s, %s) WHERE link ~ %s',  # noqa: S608  # a table of ours
                    [address, subject, address],
                )


class Migration(migrations.Migration):
    dependencies = [("core", "0014_form_marks")]

    operations = [migrations.RunPython(turn, migrations.RunPython.noop, elidable=True)]
