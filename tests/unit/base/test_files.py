import pytest

from kuangan.base.files import UnreadableFile, make_file_once, read_json, replace_file
from kuangan.host.data_folder import DataFolder
from kuangan.host.keys import outside_key


def test_a_file_is_replaced_whole_and_for_its_owner_alone(tmp_path):
    place = tmp_path / "state.json"
    replace_file(place, b"1")
    replace_file(place, b"22")
    assert place.read_bytes() == b"22"
    assert place.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["state.json"]


def test_a_file_is_made_once(tmp_path):
    place = tmp_path / "key"
    assert make_file_once(place, b"first") == b"first"
    assert make_file_once(place, b"second") == b"first"
    assert [entry.name for entry in tmp_path.iterdir()] == ["key"]


@pytest.mark.parametrize(
    ("content", "fault"), [(b"", "是空文件"), (b'{"wall": 1', "内容已损坏"), (b"\xff", "内容已损坏")]
)
def test_a_damaged_file_is_said_in_words_with_what_to_do(tmp_path, content, fault):
    place = tmp_path / "clock.json"
    place.write_bytes(content)
    with pytest.raises(UnreadableFile, match=f"clock.json {fault}，请删除"):
        read_json(place, remedy="请删除该文件")


def test_a_key_is_the_same_for_ever_and_a_damaged_one_is_refused(tmp_path):
    folder = DataFolder(tmp_path)
    key = outside_key(folder, "seal")
    assert len(key) == 32
    assert outside_key(folder, "seal") == key != outside_key(folder, "secrets")
    (tmp_path / "keys" / "seal.key").write_bytes(b"")
    with pytest.raises(UnreadableFile, match="从密钥备份中恢复"):
        outside_key(folder, "seal")
