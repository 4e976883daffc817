"""What was done to the register, in words for the trail."""

from typing import Final

REGISTER_WORDS: Final = {
    "change_proposed": "提出档案变更",
    "change_decided": "同意档案变更",
    "change_refused": "不同意档案变更",
    "change_withdrawn": "撤回档案变更",
    "change_in_effect": "档案变更生效",
    "change_corrected": "档案变更被更正",
    "change_failed": "档案变更未能生效",
    "unit_renamed": "单位更名",
    "unit_closed": "撤销单位",
    "unit_reopened": "恢复单位",
    "unit_taken_in": "其他单位并入",
    "person_renamed": "更正姓名",
    "person_left": "人员离职",
    "person_taken_back": "撤销离职",
    "person_moved": "人员调动",
    "post_closed": "撤销岗位",
    "post_reopened": "恢复岗位",
    "unit_name_restored": "更正单位更名",
    "mine_renamed": "煤矿更名",
}
