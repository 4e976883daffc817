"""What a dump of the database gives away: no secret of one-time codes, and none can be moved to another row."""

from importlib import import_module

import pyotp
import pytest
from django.apps import apps

from kuangan.core import actions
from kuangan.core.models import User
from kuangan.core.sealed import SecretUnreadable, is_of_this_key, key_path, seal, unseal
from kuangan.host.data_folder import DataFolder
from tests.db.core.world import World

PLAIN = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def rows_of(user: User) -> str:
    """What a dump holds of an account."""
    return " ".join(map(str, User.objects.filter(pk=user.pk).values_list()[0]))


def test_a_dump_gives_no_secret_of_a_one_time_code_away_pending_or_in_force(world: World):
    secret = actions.enrol_totp(actor=world.head, user=world.head)
    assert secret not in rows_of(world.head)
    actions.confirm_totp(actor=world.head, user=world.head, code=pyotp.TOTP(secret).now())
    assert secret not in rows_of(world.head)
    assert unseal(world.head.totp_secret, world.head.place("totp_secret")) == secret


def test_a_sealed_secret_moved_to_another_account_opens_nothing(world: World):
    secret = actions.enrol_totp(actor=world.head, user=world.head)
    actions.confirm_totp(actor=world.head, user=world.head, code=pyotp.TOTP(secret).now())
    User.objects.filter(pk=world.deputy.pk).update(totp_secret=world.head.totp_secret)
    moved = User.objects.get(pk=world.deputy.pk)
    with pytest.raises(SecretUnreadable, match="已损坏或被移动"):
        actions.verify_totp(user=moved, code=pyotp.TOTP(secret).now())


@pytest.mark.parametrize("place", ["core_user.totp_secret/2", "core_user.totp_pending_secret/1"])
def test_another_row_or_column_is_another_place(place, settings, tmp_path):
    settings.DATA = DataFolder(tmp_path)
    with pytest.raises(SecretUnreadable):
        unseal(seal(PLAIN, "core_user.totp_secret/1"), place)


def test_another_key_is_said_in_words_and_none_is_made_by_asking(settings, tmp_path):
    settings.DATA = DataFolder(tmp_path / "one")
    sealed = seal(PLAIN, "x/1")
    assert is_of_this_key(sealed)
    settings.DATA = DataFolder(tmp_path / "two")
    assert not is_of_this_key(sealed)
    assert not key_path().exists()
    with pytest.raises(SecretUnreadable, match="不是同一把密钥"):
        unseal(sealed, "x/1")


def test_the_same_secret_is_sealed_differently_each_time(settings, tmp_path):
    settings.DATA = DataFolder(tmp_path)
    assert seal(PLAIN, "x/1") != seal(PLAIN, "x/1")
    assert (seal("", "x/1"), unseal("", "x/1")) == ("", "")


def test_secrets_of_the_version_before_are_sealed_and_can_be_opened_again(world: World):
    migration = import_module("kuangan.core.migrations.0009_seal_secrets")
    User.objects.filter(pk=world.head.pk).update(totp_secret=PLAIN)
    migration.seal_secrets(apps, None)
    head = User.objects.get(pk=world.head.pk)
    assert PLAIN not in rows_of(head)
    assert actions.verify_totp(user=head, code=pyotp.TOTP(PLAIN).now())
    migration.open_secrets(apps, None)
    assert User.objects.get(pk=world.head.pk).totp_secret == PLAIN
