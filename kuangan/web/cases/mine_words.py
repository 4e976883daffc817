"""What was done to faces, districts and points, in words of the record."""

from typing import Final

MINE_WORDS: Final = {
    "district_ended": "采（盘）区结束",
    "district_sealed": "采（盘）区封闭",
    "face_corrected": "更正工作面",
    "face_dropped": "撤销工作面登记",
    "face_planned_again": "恢复为计划",
    "face_reopened": "恢复工作面",
    "face_sealed": "工作面封闭",
    "face_started": "工作面开始",
    "face_unsealed": "撤销工作面封闭",
    "level_ended": "水平结束",
    "part_reopened": "恢复水平、采（盘）区",
    "point_face_restored": "恢复测点归属",
    "point_proposals_refused": "不采纳测点归属建议",
    "points_placed": "确认测点归属和地点",
}
