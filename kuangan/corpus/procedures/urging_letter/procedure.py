"""催办函：事项尚未办结，办公单位催促下级单位、企业办理并书面回复。"""

from kuangan.corpus.procedures._letters import letter

PROCEDURE = letter("urging_letter", "催办函", "催办", "你单位下列事项尚未办结，现予催办：")
