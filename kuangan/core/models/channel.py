"""How a message travels."""

from django.db import models


class Channel(models.TextChoices):
    """How a message travels."""

    screen = "screen", "屏幕"
    sms = "sms", "短信"
    phone = "phone", "电话"
    group_text = "group_text", "工作群文本"
    group = "group", "工作群机器人"
    app = "app", "工作消息"
    todo = "todo", "工作待办"
    email = "email", "电子邮件"


BESIDE_SMS = (Channel.group, Channel.app, Channel.todo, Channel.email)
"""What goes out beside each text message, where it is set up; through services of others, so that it holds no content."""
