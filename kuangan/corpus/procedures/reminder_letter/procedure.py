"""提醒函：事项临近期限，办公单位提醒下级单位、企业按期办理并书面回复。"""

from kuangan.corpus.procedures._letters import letter

PROCEDURE = letter("reminder_letter", "提醒函", "提醒", "你单位下列事项临近期限，现予提醒：")
