"""Prose that no page has: sentences of drawn words, the same for the same seed."""

from random import Random

LATIN = """
patients trial cells treatment doctors study drug results disease hospital researchers therapy blood group found years
risk showed after before during with without among against people symptoms immune tissue growth dose weeks improved
reported measured followed compared several early late rare severe mild chronic new safe effective
"""
HAN = "患者试验细胞治疗医生研究药物结果疾病医院血液组织风险显示改善报告症状免疫生长剂量周期早晚罕见严重轻微"


def prose(seed: int, *, chinese: bool = False, sentences: int = 24) -> str:
    """Sentences in English or Chinese words, with a few numbers."""
    random = Random(seed)
    return "".join(_sentence(random, chinese) for _ in range(sentences))


def _sentence(random: Random, chinese: bool) -> str:
    number = random.choice(["12", "34", "256", "7"])
    if chinese:
        return "".join(random.choices(HAN, k=random.randint(12, 30))) + f"{number}例。"
    return " ".join(random.choices(LATIN.split(), k=random.randint(8, 18))).capitalize() + f" in {number} cases. "
