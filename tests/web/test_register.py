"""The register on pages: units with vacant posts, a change previewed, proposed, refused, accepted and corrected."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kuangan.core.models import Person, Tenure, Unit
from kuangan.flow.models import RegisterChange

FORM = {"effective_on": "2026-03-10", "reason": "更换采矿许可证", "document": "示编〔2026〕3号"}


def text(response) -> str:
    return response.content.decode()


def test_units_are_listed_with_vacant_posts_and_the_supervised_see_their_own(world, as_user):
    listed = as_user("operator").get(reverse("register_units"), {"q": "云岭"})
    assert "云岭一号煤矿" in text(listed)
    own = text(as_user("mine_director").get(reverse("register_units")))
    assert ("云岭一号煤矿" in own, "云岭二号煤矿" in own) == (True, False)
    assert as_user("operator").get(reverse("register_units"), {"export": "xlsx"}).status_code == 200
    assert "没有符合条件" in text(as_user("operator").get(reverse("register_units"), {"q": "不存在"}))


def test_a_change_is_previewed_proposed_refused_with_a_reason_and_accepted(world, as_user):
    mine, section = as_user("mine_director"), as_user("county_section")
    address = reverse("new_change", args=["unit", world.city.mine.code, "unit_rename"])
    assert "更名" in text(mine.get(reverse("register_unit", args=[world.city.mine.code])))
    preview = text(mine.post(address, {**FORM, "name": "云岭新一号煤矿", "do": "preview"}))
    assert ("变更的影响" in preview, "在办案件" in preview, 'value="云岭新一号煤矿"' in preview) == (True, True, True)
    wrong = text(mine.post(address, {**FORM, "name": "云岭新一号煤矿", "reason": "", "do": "make"}))
    assert ("请填写“事由”" in wrong, 'value="云岭新一号煤矿"' in wrong) == (True, True)
    made = mine.post(address, {**FORM, "name": "云岭新一号煤矿", "do": "make"})
    change = RegisterChange.objects.get()
    assert (made.headers["Location"], change.state) == (reverse("register_change", args=[change.pk]), "proposed")
    decide = reverse("decide_change", args=[change.pk])
    assert "请写明不同意的理由" in text(section.post(decide, {"do": "refuse", "answer": ""}))
    assert text(mine.post(decide, {"do": "accept"})).count("不由您的岗位审核") == 1
    section.post(decide, {"do": "accept", "answer": "同意"})
    assert Unit.objects.get(code=world.city.mine.code).name == "云岭新一号煤矿"
    page = text(as_user("operator").get(reverse("register_change", args=[change.pk])))
    assert ("已生效" in page, "更正" in page, "采矿许可证" in page) == (True, True, True)


def test_what_cannot_be_done_is_said_before_and_nothing_is_left_of_the_trial(world, as_user):
    operator, unit = as_user("operator"), world.city.units["county"]
    address = reverse("new_change", args=["unit", unit.code, "unit_rename"])
    page = text(operator.post(address, {**FORM, "name": unit.name, "do": "preview"}))
    assert "按目前情况不能生效" in page
    page = text(operator.post(address, {**FORM, "name": "甲局", "do": "preview"}))
    assert ("按目前情况不能生效" in page, Unit.objects.get(pk=unit.pk).name) == (False, unit.name)


def test_a_change_is_corrected_and_taken_back(world, as_user):
    operator, unit = as_user("operator"), world.city.units["county"]
    address = reverse("new_change", args=["unit", unit.code, "unit_rename"])
    operator.post(address, {**FORM, "name": "甲局", "do": "make"})
    first = RegisterChange.objects.get()
    correct = reverse("correct_change", args=[first.pk])
    assert 'value="甲局"' in text(operator.get(correct))
    operator.post(correct, {**FORM, "name": "甲局", "reason": "文件有误", "do": "take_back"})
    first.refresh_from_db()
    assert (first.state, Unit.objects.get(pk=unit.pk).name) == ("corrected", unit.name)
    assert "更正记录" in text(operator.get(reverse("register_change", args=[first.pk])))


def test_strange_addresses_are_not_found(world, as_user):
    operator = as_user("operator")
    for args in (["unit", "nowhere"], ["post", "9" * 30], ["case", "1"], ["person", "一"]):
        assert operator.get(reverse("change_kinds_of", args=args)).status_code in (400, 404)
    assert operator.get(reverse("new_change", args=["unit", world.city.mine.code, "nothing"])).status_code == 404


def test_a_units_administrator_adds_a_person_and_hands_a_post_over_on_pages(world, as_user):
    admin, mine = as_user("mine_unit_admin"), world.city.mine
    address = reverse("new_change", args=["unit", mine.code, "person_add"])
    admin.post(address, {**FORM, "name": "甲十", "phone": "13900000010", "do": "make"})
    page = text(admin.get(reverse("register_unit", args=[mine.code])))
    assert ("甲十" in page, "13900000010" in page, "空缺" in page) == (True, True, False)
    assert "13900000010" not in text(as_user("mine_director").get(reverse("register_unit", args=[mine.code])))
    post = Tenure.objects.get(person__user__username="mine_dispatcher").post_id
    person = Person.objects.get(name="甲十")
    handed = reverse("new_change", args=["post", post, "post_hand_over"])
    preview = text(admin.post(handed, {**FORM, "person": person.pk, "do": "preview"}))
    assert ("随岗位移交" in preview, "即时终止" in preview) == (True, True)
    browser = as_user("mine_dispatcher")
    assert browser.get(reverse("account")).status_code == 200
    admin.post(handed, {**FORM, "person": person.pk, "do": "make"})
    assert Tenure.objects.get(post=post, to_at=None).person == person
    assert browser.get(reverse("account")).status_code == 302
    director = Tenure.objects.get(person__user__username="mine_director").post_id
    choices = text(admin.get(reverse("change_kinds_of", args=["post", director])))
    assert ("签字、管理岗位" in choices, "免职" in choices) == (True, True)


def test_the_file_as_of_the_day_before_keeps_names_and_units(world, as_user):
    operator, mine = as_user("operator"), world.city.mine
    for unit, name in ((mine.unit, "云岭新一号煤矿"), (world.city.units["county"], "示例县矿山安全监管局")):
        address = reverse("new_change", args=["unit", unit.code, "unit_rename"])
        operator.post(address, {**FORM, "name": name, "do": "make"})
    merge = reverse("new_change", args=["unit", world.city.units["company"].code, "unit_merge"])
    preview = text(operator.post(merge, {**FORM, "into": "company-2", "do": "preview"}))
    assert ("煤矿" in preview, "按目前情况不能生效" in preview) == (True, False)
    operator.post(merge, {**FORM, "into": "company-2", "do": "make"})
    reader = as_user("county_section")
    for name in ("mine", "mine_sheet"):
        before = text(reader.get(reverse(name, args=[mine.code]), {"on": "2026-03-09"})).split("<main", 1)[1]
        today = text(reader.get(reverse(name, args=[mine.code])))
        for old, new in (
            ("云岭一号煤矿", "云岭新一号煤矿"),
            ("示例县应急管理局", "示例县矿山安全监管局"),
            (world.city.units["company"].name, "邻岭矿业公司"),
        ):
            assert (old in before, new in today, new in before) == (True, True, False), (name, old)


def test_a_bureau_opens_a_mine_from_the_list_of_mines(world, as_user):
    section, bureau = as_user("county_section"), world.city.units["county"]
    address = reverse("new_change", args=["unit", bureau.code, "mine_opening"])
    assert address in text(section.get(reverse("mines")))
    assert address not in text(as_user("county_duty").get(reverse("mines")))
    file = {
        **FORM,
        "code": "140423900077",
        "name": "示例新建煤矿",
        "company": "company-1",
        "inspectorate": "none",
        "status": "building",
        "mine_type": "underground",
        "approved_capacity": "120",
    }

    def send(**more):
        return text(section.post(address, {**file, "file": SimpleUploadedFile("批准文件.txt", b"2026"), **more}))

    wrong = send(code="14042390077", do="make")
    assert ("有 11 位" in wrong, 'value="示例新建煤矿"' in wrong) == (True, True)
    preview = send(do="preview")
    assert ("矿长" in preview, "按目前情况不能生效" in preview) == (True, False)
    send(do="make")
    page = text(section.get(reverse("mine", args=["140423900077"])))
    assert ("示例新建煤矿" in page, "云岭矿业公司" in page) == (True, True)
    assert "煤矿建档" in text(section.get(reverse("register_unit", args=["140423900077"])))


def test_what_a_kind_rests_on_is_marked_in_its_form_and_its_act_is_refused_without(world, as_user):
    marked = {
        ("city_section", "mine", "mine_transfer"): {"document", "file"},
        ("city_section", "mine", "mine_closing"): {"document", "file"},
        ("county_section", "mine", "mine_attributes"): set(),
    }
    for (username, subject, kind), expected in marked.items():
        client, address = as_user(username), reverse("new_change", args=[subject, world.city.mine.code, kind])
        form = client.get(address).context["form"]
        assert {name for name in ("document", "file") if form.fields[name].must} == expected, kind
        answer = client.post(address, {"effective_on": "2026-03-10", "reason": "按文件办理", "do": "make"})
        assert {name for name in ("document", "file") if name in answer.context["form"].errors} == expected, kind
    assert not RegisterChange.objects.exists()


def test_a_closing_is_taken_back_without_a_document(world, as_user):
    section, address = (
        as_user("city_section"),
        reverse("new_change", args=["mine", world.city.mine.code, "mine_closing"]),
    )
    paper = SimpleUploadedFile("关闭决定.txt", b"2026")
    section.post(address, {**FORM, "file": paper, "do": "make"})
    first = RegisterChange.objects.get(state="in_effect")
    said = {"effective_on": "2026-03-10", "reason": "误办", "do": "take_back"}
    section.post(reverse("correct_change", args=[first.pk]), said)
    first.refresh_from_db()
    assert first.state == "corrected"


def test_units_are_narrowed_to_a_county_and_stand_under_it(world, as_user):
    operator, county = as_user("operator"), world.city.units["county_area"]
    every = text(operator.get(reverse("register_units")))
    assert ("邻县应急管理局" in every, "市级及平台单位" in every) == (True, True)
    own = text(operator.get(reverse("register_units"), {"area": county.path}))
    assert ("示例县应急管理局" in own, "邻县应急管理局" in own, "示例市应急管理局" in own) == (True, False, False)


def test_another_code_stands_in_the_mines_file_and_the_list_is_searched_by_it(world, as_user):
    section, code = as_user("county_section"), world.city.mine.code
    address = reverse("new_change", args=["mine", code, "mine_alias"])
    section.post(address, {**FORM, "code": "QYBM-0001", "do": "make"})
    page = text(section.get(reverse("mine", args=[code])))
    assert ("其他编码" in page, "QYBM0001" in page) == (True, True)
    assert "QYBM0001" not in text(section.get(reverse("mine", args=[code]), {"on": "2026-03-09"}))
    listed = text(section.get(reverse("mines"), {"q": "QYBM0001"}))
    assert ("云岭一号煤矿" in listed, "云岭二号煤矿" in listed) == (True, False)
