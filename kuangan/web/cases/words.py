"""Words that several pages share for clocks and cases."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from kuangan.base.clock import civil_date
from kuangan.base.numerals import date_text, moment_text
from kuangan.casework.models import Case, CaseClock
from kuangan.casework.queries import told_state_of
from kuangan.law.content import procedure_by_id
from kuangan.law.procedure import Procedure, State
from kuangan.law.time.span import written_span
from kuangan.web.cases.account_words import ACCOUNT_WORDS
from kuangan.web.cases.mine_words import MINE_WORDS
from kuangan.web.cases.telling_words import TELLING_WORDS
from kuangan.web.frame.shown import unknown
from kuangan.web.registry.words import REGISTER_WORDS


def due_derivation(case_clock: CaseClock) -> str:
    """How a clock's due time came about, from its stored span and start."""
    started = moment_text(case_clock.started_at)
    span = written_span(case_clock.span)
    if span is None:
        return f"{started}起算，{case_clock.span}"
    if span.runs:
        return f"{started}起算，{case_clock.span}，连续计算，不扣除节假日"
    first = date_text(civil_date(case_clock.started_at))
    rolled = "最短期限不因节假日顺延" if case_clock.kind == "floor" else "末日为节假日的顺延至次一工作日"
    if case_clock.kind != "floor" and not procedure_by_id(case_clock.case.procedure).clock(case_clock.clock).rolls:
        rolled = "不因节假日顺延"
    return f"{first}起算，次日为第1日，{case_clock.span}，{rolled}"


def law_of(case: Case) -> Procedure:
    return procedure_by_id(case.procedure)


def state_of(case: Case) -> State:
    """The state in which the case stands for its reader, in its procedure's words."""
    return procedure_by_id(case.procedure).state(told_state_of(case))


CHECK_WORDS = {
    "power_off": "达断电值后是否断电",
    "declared": "煤矿是否申报异常",
    "calibration": "与标校报备是否相符",
}
RESULT_WORDS = {
    "dead": "已断电",
    "energised": "仍带电",
    "declared": "已申报",
    "undeclared": "未申报",
    "calibrating": "标校，不须申报",
    "compared": "已比对",
}


def check_result(result: str) -> SafeString:
    """What a machine check saw; what it could not see is drawn as unknown."""
    return unknown() if result in ("", "unknown") else format_html("{}", RESULT_WORDS.get(result, result))


ACTION_WORDS = {
    **MINE_WORDS,
    **REGISTER_WORDS,
    **TELLING_WORDS,
    **ACCOUNT_WORDS,
    "city_book_uploaded": "上传城市工作簿",
    "city_book_previewed": "核对城市工作簿",
    "city_book_read_again": "重新核对城市工作簿",
    "city_book_confirmed": "确认写入城市工作簿",
    "city_book_asked": "提请审批城市工作簿",
    "city_book_approved": "城市工作簿经审批",
    "city_book_returned": "城市工作簿未写入",
    "city_book_applied": "写入城市工作簿",
    "city_book_dropped": "放弃城市工作簿",
    "city_book_unreadable": "城市工作簿未能读取",
    "book_headings_told": "说明栏目对应",
    "book_heading_forgotten": "删除栏目对应",
    "go_live_set": "登记启用日",
    "outside_numbers_stated": "登记线下已用文号",
    "outside_numbers_given_back": "更正线下已用文号",
    "law_publisher_set": "设定法规更新发布单位的公钥",
    "law_update_offered": "提请采用法规更新",
    "law_update_decided": "签署决定",
    "law_update_dropped": "未签署，由新的更新替代",
    "law_update_refused": "不同意",
    "law_update_confirmed": "复核签署",
    "local_answer_proposed": "提请签署本地取值答复",
    "local_answer_decided": "签署决定",
    "local_answer_dropped": "未签署，由新的文件替代",
    "local_answer_refused": "复核人不同意",
    "local_answer_confirmed": "签署本地取值答复",
    "local_answer_settled": "按本地取值答复重新判定",
    "entry_opened": "查阅完整个人信息",
    "duties_listed": "列入逾期名单",
    "duties_urged": "自动催办",
    "checkin_token_issued": "签发报送密钥",
    "checkin_token_stopped": "停用报送密钥",
    "duty_cancelled": "取消事项",
    "duty_credit_changed": "依据更正",
    "duty_credit_revoked": "撤销依据",
    "duty_credit_barred": "抽查核实不属实，撤销依据",
    "duty_credit_restored": "复核采纳异议，恢复依据",
    "duty_credit_confirmed": "核实依据属实",
    "duty_credit_refuted": "核实依据不属实",
    "duty_credit_proven": "依据已送达核实",
    "duty_judgement_ended": "依据更正，核实失效",
    "duty_credited": "登记依据",
    "duty_done": "办结",
    "duty_opened": "生成事项",
    "duties_opened": "生成事项",
    "duty_recomputed": "重算期限",
    "duty_reinstated": "恢复事项",
    "duty_reopened": "恢复未办结",
    "duty_urged": "催办",
    "excuse_accepted": "认可免责",
    "excuse_asked": "申请免责",
    "excuse_refused": "不予认可免责",
    "absence_ended": "结束离岗",
    "absence_set": "登记离岗",
    "appointed": "任命",
    "attachment_saved": "上传附件",
    "calibration_filed": "报备标校",
    "calibration_withdrawn": "撤回标校报备",
    "case_facts_amended": "事实更新",
    "case_moved": "办理步骤",
    "case_carried_over": "随程序修订转入",
    "case_opened": "立案",
    "input_opened": "打开密封内容",
    "finding_joined": "并入认定",
    "change_noticed": "知悉定义变更",
    "check_done": "系统核对",
    "clock_lapsed": "期限届满",
    "draw_cancelled": "作废抽查",
    "draw_made": "抽取",
    "draw_prepared": "提请见证抽取",
    "draw_published": "公布抽查名单",
    "draw_repeat_agreed": "同意重复抽取",
    "definitions_received": "接收测点定义",
    "deputy_set": "设定B岗",
    "district_added": "登记采（盘）区",
    "face_added": "登记工作面",
    "face_ended": "工作面结束",
    "face_points_released": "解除工作面测点归属",
    "feed_token_issued": "签发接入密钥",
    "feed_token_revoked": "停用接入密钥",
    "finding_made": "作出认定",
    "finding_revoked": "撤销认定",
    "sample_committed": "承诺抽查种子",
    "sample_frozen": "冻结抽查范围",
    "sample_drawn": "公开种子并抽取",
    "verdict_written": "写出核实结论",
    "verdict_returned": "退回核实结论",
    "verdict_confirmed": "确认核实结论",
    "verdict_objected": "对结论提出异议",
    "verdict_reviewed": "复核异议",
    "clock_recomputed": "期限重算",
    "entries_imported": "导入台账",
    "entry_added": "登记台账",
    "entry_corrected": "更正台账",
    "entry_confirmed": "确认台账条目",
    "entry_returned": "退回台账条目",
    "entry_voided": "作废台账条目",
    "episode_final": "报警过程终结",
    "history_sealed": "历史数据封存",
    "import_confirmed": "确认导入",
    "import_dropped": "放弃导入",
    "import_previewed": "核对导入文件",
    "import_returned": "退回导入文件",
    "import_unreadable": "导入文件无法读取",
    "import_uploaded": "上传导入文件",
    "oversight_added": "增加监管范围",
    "oversight_removed": "取消监管范围",
    "file_taken": "导出、下载文件",
    "incident_began": "发现运行异常",
    "incident_ended": "运行异常结束",
    "restored": "从备份恢复",
    "trail_check_asked": "申请全面核验",
    "trail_checked": "全面核验",
    "group_text_pasted": "转发工作群",
    "key_people_appointed": "登记五职矿长",
    "key_person_corrected": "更正关键人员",
    "key_person_appointed": "登记五职矿长",
    "level_added": "登记水平",
    "logged_in": "登录",
    "login_failed": "登录失败",
    "login_locked": "账号锁定",
    "mine_alias_added": "登记煤矿其他编码",
    "mine_alias_ended": "停用煤矿其他编码",
    "mine_alias_withdrawn": "撤回煤矿其他编码",
    "mine_attribute_set": "更改档案",
    "mine_attribute_withdrawn": "撤回档案内容",
    "mine_attributes_set": "更改档案",
    "mine_company_assigned": "登记上级公司",
    "mine_created": "建立一矿一册",
    "mine_inspectorate_assigned": "登记监察机构",
    "mine_supervisor_assigned": "明确日常监管主体",
    "mine_relation_withdrawn": "撤回单位关系变更",
    "mine_location_set": "登记地址和坐标",
    "case_passed_on": "随日常监管主体变更移交",
    "duty_passed_on": "随日常监管主体变更移交",
    "paper_drafted": "起草文书",
    "paper_frozen": "文书定稿",
    "paper_published": "公示文书",
    "paper_revised": "修改文书",
    "paper_served": "送达文书",
    "paper_set_with_system_fonts": "使用系统字体排版",
    "paper_withdrawn": "撤回文书",
    "password_set": "设置密码",
    "person_created": "登记人员",
    "place_confirmed": "确认测点地点",
    "places_confirmed": "确认测点地点",
    "point_dismantled": "核定测点已拆除",
    "point_face_assigned": "测点归属工作面",
    "points_face_assigned": "测点归属工作面",
    "post_created": "设立岗位",
    "post_handed_over": "岗位交接",
    "person_phone_set": "登记人员电话",
    "posts_created": "设立岗位",
    "posts_filled": "任命",
    "publication_planned": "拟公示",
    "publication_withdrawn": "撤回公示",
    "regrouped": "并案（拆分）",
    "regrouping_proposed": "提出并案（拆分）",
    "relieved": "免职",
    "roster_corrected": "更正值班表",
    "rostered": "排班",
    "shifts_rostered": "排班",
    "totp_enrolled": "绑定动态口令",
    "totp_enrolment_started": "开始绑定动态口令",
    "unit_created": "登记单位",
    "unit_phone_set": "登记单位电话",
    "unrostered": "取消排班",
    "brief_sent": "报送报告",
    "call_logged": "登记来电",
    "circular_forwarded": "转发",
    "circular_sent": "下发",
    "circular_urged": "催办",
    "circular_withdrawn": "撤回",
    "collection_closed": "结束报送",
    "collection_opened": "下发报表",
    "decision_added": "登记议定事项",
    "feedback_given": "反馈",
    "feedback_returned": "退回反馈",
    "holiday_planned": "排定节假日值班",
    "incoming_assigned": "交办收文",
    "incoming_closed": "办结收文",
    "incoming_opinion": "登记意见",
    "incoming_registered": "登记收文",
    "incoming_reopened": "恢复办理",
    "incoming_replied": "登记回复",
    "letter_drafted": "起草函件",
    "letter_dropped": "作废草稿",
    "letter_became_case": "转为办件",
    "letter_issued": "签发函件",
    "letter_replied": "回复函件",
    "letter_returned": "退回函件",
    "letter_reviewed": "审核函件",
    "letter_submitted": "提交审核",
    "meeting_answered": "会议报名",
    "meeting_attended": "登记到会",
    "meeting_called": "召集会议",
    "meeting_cancelled": "取消会议",
    "minutes_kept": "登记纪要",
    "presence_answered": "应答查岗",
    "presence_planned": "安排查岗",
    "signed": "签署",
    "signing_failed": "签署口令错误",
    "signing_locked": "暂停签署",
    "signing_refused": "暂停期间试图签署",
    "return_sent_back": "退回数据",
    "return_signed": "签报数据",
    "returns_urged": "催报",
    "watch_handed_over": "交班",
    "watch_taken_over": "接班",
}
"""The audit trail's actions in words; one that is missing here is shown by its own name."""
