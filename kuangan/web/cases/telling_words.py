"""Words of the trail for what leaves the platform: notices, calls, the gateways that carry them, exports."""

TELLING_WORDS = {
    "data_exported": "导出数据",
    "export_asked": "提出数据导出",
    "call_answered": "叫应应答",
    "call_exhausted": "叫应无人应答",
    "call_rang": "叫应呼叫",
    "call_started": "开始叫应",
    "call_stopped": "停止叫应",
    "notice_received": "签收通知",
    "notice_sent": "发出通知",
    "notice_ended": "通知办结",
    "gateway_set": "设置消息通道",
    "gateway_tested": "测试消息通道",
    "contact_set": "设置接收地址",
    "quiet_hours_set": "设置免打扰时段",
}
