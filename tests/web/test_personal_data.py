"""我的个人信息: the reader finds and takes along what is held on him, and nothing on anybody else."""

import json

from django.urls import reverse

from kuangan.core.models import ContactAddress


def test_a_person_reads_and_takes_along_what_is_held_on_him_and_on_nobody_else(world, as_user):
    reader, other = world.users["county_officer"], world.users["county_head"]
    ContactAddress.objects.create(person=reader.person, channel="email", address="reader@example.cn")
    ContactAddress.objects.create(person=other.person, channel="email", address="other@example.cn")
    client = as_user("county_officer")
    page = client.get(reverse("personal_data")).content.decode()
    held = json.loads(client.get(reverse("personal_data"), {"export": "json"}).content)
    said = {(item["kind"], item["name"]): item["value"] for item in held}
    assert said["登记信息", "姓名"] == reader.person.name
    assert said["登记信息", "手机"] == (reader.person.phone or "未登记")
    assert "reader@example.cn" in page
    assert "other@example.cn" not in page
    assert other.person.name not in page
    assert any(item["kind"] == "任职经历" for item in held)
    assert "条" in said["履职记录", "本人操作留痕"]
    assert client.get(reverse("personal_data"), {"export": "xlsx"})["Content-Disposition"].endswith(".xlsx")
    assert reverse("personal_data") in client.get(reverse("account")).content.decode()
