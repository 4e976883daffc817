"""The audit trail in words: the kinds of things that events are about, and the actions that read alike."""

from itertools import groupby

from kuangan.core.models import Event
from kuangan.web.cases.words import ACTION_WORDS

SUBJECT_WORDS = {
    "casework.case": "办件",
    "casework.finding": "认定",
    "city.citybook": "城市工作簿",
    "city.toldheading": "栏目对应",
    "core.accountinvitation": "开通邀请",
    "core.accountrequest": "账号申请",
    "core.apitoken": "接口密钥",
    "core.attachment": "附件",
    "core.call": "叫应",
    "core.golive": "启用日",
    "core.incident": "运行异常",
    "core.localanswer": "本地取值答复",
    "core.login": "登录",
    "core.notice": "通知",
    "core.oversight": "监管范围",
    "core.person": "人员",
    "core.post": "岗位",
    "core.trailcheck": "全面核验",
    "core.unit": "单位",
    "core.user": "账号",
    "draw.draw": "抽查",
    "duty.checkintoken": "报送密钥",
    "duty.duty": "履职事项",
    "duty.opening": "履职事项（批次）",
    "flow.registerchange": "档案变更",
    "flow.regrouping": "并案（拆分）",
    "ledger": "台账",
    "ledger.entry": "台账条目",
    "ledger.import": "台账导入",
    "mine.definitionchange": "测点定义变更",
    "mine.face": "工作面",
    "mine.mine": "煤矿",
    "mine.point": "测点",
    "monitor.calibrationfiling": "标校报备",
    "monitor.declaration": "测点定义",
    "monitor.episode": "报警过程",
    "monitor.feedfile": "接收文件",
    "monitor.feedtoken": "接入密钥",
    "monitor.historypart": "历史数据",
    "office.brief": "报告",
    "office.circular": "通知交办",
    "office.collection": "数据报送",
    "office.decision": "议定事项",
    "office.handover": "交接班",
    "office.holidayplan": "节假日值班",
    "office.incoming": "收文",
    "office.invitation": "参会通知",
    "office.letter": "督办函件",
    "office.meeting": "会议",
    "office.phonecall": "来电",
    "office.presencecheck": "查岗",
    "office.receipt": "通知交办回执",
    "office.return": "报表",
    "paper.outsidenumbers": "线下已用文号",
    "paper.paper": "文书",
    "sample.sample": "抽查核实",
    "sample.verification": "核实事项",
}
"""The kinds of subjects in words; one that is missing here is shown by its own name."""


def _by_word() -> dict[str, tuple[str, ...]]:
    ordered = sorted(ACTION_WORDS, key=lambda action: (ACTION_WORDS[action], action))
    return {word: tuple(actions) for word, actions in groupby(ordered, key=ACTION_WORDS.__getitem__)}


ACTIONS_BY_WORD = _by_word()
"""For each word of `ACTION_WORDS` the actions that it stands for, by word: some are recorded one by one and in bulk."""


def subject_words(event: Event) -> str:
    """What an event is about: "账号 17"."""
    return f"{SUBJECT_WORDS.get(event.subject_kind, event.subject_kind)} {event.subject_id}"
