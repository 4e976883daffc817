"""Who acts on an alarm, and the states in which nobody has judged it yet."""

from kuangan.corpus.procedures._desk import DESK, OFFICERS
from kuangan.law.cite import Cite
from kuangan.law.procedure import By

MEASURES = Cite("alarm_handling_measures_2025")
REGISTER_10_3 = Cite("register", "10.3")
REGISTER_16_1 = Cite("register", "16.1")

THE_MINE, SUPERVISOR, THE_CITY = By("mine"), By("supervisor"), By("city")
ON_SITE = (*OFFICERS, By("relieved", "enforcement_officer"))
"""Who has the city verify in his place still goes to the mine: he accepts that people are out, and closes."""
URGING = (*DESK, By("relieved", "duty_officer"), By("relieved", "enforcement_officer"))
CITY = (By("city", "enforcement_officer"), By("city", "section_head"))

UNVERIFIED = ("notified", "received", "reported", "presumed_real", "taken_over")
FOUND = ("found_real", "found_not_real")
EVERY_OPEN = (*UNVERIFIED, *FOUND, "confirmed_real", "confirmed_not_real")
NOT_REAL_KINDS = (
    ("calibration", "标校、调校"),
    ("sensor_fault", "传感器故障、误报警"),
    ("disconnected", "断线、拆除传感器"),
    ("interference", "干扰"),
    ("switch_test", "切换风机、闭锁试验"),
)
METHODS = (("phone", "电话"), ("video", "视频"), ("on_site", "现场"))
