"""督办函：事项逾期未办结，办公单位督促下级单位、企业限期办理并书面回复。"""

from kuangan.corpus.procedures._letters import letter

PROCEDURE = letter("supervision_letter", "督办函", "督办", "你单位下列事项逾期未办结，现予督办：")
