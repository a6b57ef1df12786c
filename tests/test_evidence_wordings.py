"""What one sentence says of the evidence, in many wordings, and what it only seems to say."""

from itertools import groupby

import pytest

from archive.evidence import appraise
from archive.evidence.wording import NAMES

FRAME = "The study is about health and the heart. {}"
NOTHING = ""

# A field and a value, then sentences that say so, one a line.
SAID = """
design = trial
In a double-blind trial, the drug eased the pain.
Participants were randomly assigned to one of three diets.
Patients were allocated at random to surgery or physiotherapy.
A phase 3 study showed that the jab worked.
Half of them took the capsule and the other half took a dummy.
A long-term trial has shown that the switch improved survival.
The crossover study gave each volunteer both drinks.
The patients were divided into two groups, one of which did yoga.
研究人员将患者随机分为两组。
受试者被随机分配到干预组和对照组。
这是一项随机、双盲、安慰剂对照研究。
该药的Ⅲ期临床研究达到了主要终点。
半数参与者服用药物，另一半服用安慰剂。
研究團隊將病患隨機分派至兩組。
這項雙盲試驗的結果已經發表。
一项多中心、单臂的二期临床研究公布了结果。

design = cohort
Researchers followed 4,000 nurses for 12 years.
The team tracked the health of 90,000 adults over a decade.
Using data from the UK Biobank, they looked at sleep.
The prospective study enrolled pregnant women.
An observational study linked tea to a longer life.
A retrospective analysis covered the years since 2010.
研究人员对5万名成年人进行了长达10年的随访。
这项前瞻性研究持续了五年。
研究人员回顾性分析了患者的资料。
研究人员追踪10万人长达20年。
他们分析了英国生物样本库的数据。
這項世代研究分析了健保資料庫。
研究團隊連續追蹤10年。

design = case-control
The case-control study compared the diets.
这是一项病例对照研究。
該病例對照研究已經發表。

design = cross-sectional
A survey of 2,000 adults found that many sleep badly.
An online poll of 1,500 parents asked about vaccines.
The cross-sectional analysis covers one week.
Researchers surveyed 3,000 doctors.
研究人员通过问卷调查了解睡眠情况。
这项横断面研究在三个城市进行。
這項橫斷面研究在三個城市進行。

design = case report
In a new case study, doctors detail how the man fell ill.
Doctors describe the case of a woman who could not smell.
The case report appeared on Monday.
The report of two cases appeared on Monday.
医生报告了一例罕见病例。
这篇病例报告发表在期刊上。
這份個案報告發表在期刊上。
该院报道了3例患者。

design = review
A meta-analysis of 30 trials supports this.
They pooled data from 12 cohorts.
The researchers combined the results of seven studies.
They reviewed 172 research papers.
The umbrella review covers all ages.
An analysis of seven separate studies shows the same.
这项荟萃分析支持该结论。
研究人员汇总了23项研究的数据。
這項統合分析納入15項研究。
這篇系統性回顧納入多個國家。
研究者对25项研究进行了分析。

design = laboratory
Experiments in mice showed that the gene matters.
The drug killed tumours grown in a petri dish.
The scientists fed rats a fatty diet.
In laboratory tests the compound slowed the virus.
小鼠实验显示，该基因起重要作用。
体外实验证实了这一点。
動物實驗顯示，該基因起重要作用。
研究人员构建了斑马鱼模型。

design =
The company plans a clinical trial next year.
Clinical trials are needed before anyone can say.
The drug has yet to be tested in clinical trials.
Patients need follow-up care after they leave hospital.
Book a follow-up appointment with the nurse.
The peer-reviewed paper appeared on Monday.
The hospital is reviewing its rules on visits.
The toothpaste is vegan, with no animal testing.
未来将开展临床试验。
术后应定期随访。
医生建议患者出院后按时随访。
相关部门正在回顾这一年的工作。

subjects = humans
The study looked at people with diabetes.
Women who slept less had a higher risk of stroke.
Heart attack patients aged over 85 are less likely to see a specialist, according to research.
Eighteen volunteers drank the juice.
研究对象为孕妇。
参与者每天喝两杯咖啡。
患者接受了手术治疗。
受測者每天走一萬步。
病患接受了放射治療。
研究发现，经常熬夜的年轻人更容易肥胖。

subjects = animals
The team gave mice an antibiotic.
Monkeys that ate less lived longer.
小鼠的寿命明显延长。
大鼠服用后血压下降。
研究人员在食蟹猴身上验证了疫苗。

subjects = cells
They tested the drug on human cells in the laboratory.
The compound was added to cultured cells.
研究人员利用类器官筛选药物。
细胞实验表明，该分子有效。

subjects =
The drug may one day help people with arthritis.
It is hoped that patients will benefit.
Some 300 million people have the disease.
该成果有望为患者带来新疗法。
我国约有3亿名患者。
没有人愿意当白老鼠。
She likened it to a rat race.

sample_size = 1204
The trial enrolled 1,204 people.
A total of 1,204 participants completed the course.
They took a sample of 1,204 adults.
Researchers pooled results from 1,204 people around the world.
They analysed data on 1,204 people in Britain.
The scientists scanned the genomes of 1204 volunteers.
Blood was taken from 1,204 people for the study.
Some 1,204 people throughout Europe, most of them women, took part in the study.
The 1,204 patients in the study were women.
研究共纳入1,204名受试者。
该研究共招募患者1204例。
共有1204例患者入组。
来自12个国家的1204名成年人参加了研究。
样本量为1204。
研究人员对1204名护士进行了调查。
受试者共1204名。
研究團隊收案1204人。
研究團隊分析1,204位民眾的資料。
研究样本包括1204名年龄45岁及以上的参与者。
该研究数据来自全球1204名患者。

sample_size = 36
One test of 36 Australian infants found the same.
Thirty-six volunteers took part.
The researchers compared 36 families with others.
The sample (n = 36) was young.
研究人员招募了三十六名志愿者。
他们用36只小鼠做了实验。
研究共纳入36例患者，其中男性20例。

sample_size = 63
They scanned the brains of 63 teenage boys compared with 27 others.
Of the 63 patients in the trial, 20 got better.

sample_size = 500000
The study covered half a million people.
They analysed the data of more than 500,000 adults.
研究人员分析了50多万名成年人的健康数据。
该研究涉及50万人。

sample_size = 820900
They analysed data from 97 previous studies involving 820,900 people.

sample_size =
The disease affects about 300,000 people.
The hospital treats 4,000 patients a year.
The company employs around 1,300 people worldwide.
Every year 1,000 babies die of the condition.
Twelve patients died.
One in 20 women has it.
该医院每年接诊5万名患者。
全国约有1.3亿名患者。
研究显示，全球有超过5亿人患有糖尿病。
每10万人中有5例患者。
当地新增病例200例。
3名研究人员参加了会议。
研究中有8名患者死亡。
全市共确诊病例1000例。
截至目前，该院已为5000名患者实施手术。

small_sample = yes
The study was small, the authors admit.
It is a small study of 12 people.
The sample was too small to be sure.
The research is limited by its small size.
Only a handful of patients took part in the study.
样本量较小。
本研究样本数不足。
研究规模较小，结论有待验证。
受试者人数少。
这是一项小规模临床试验。
研究的樣本數較少。
该研究的病例数有限。

small_sample =
It led to a small improvement in symptoms.
Small children were more often ill.
The study had a large sample.
Unlike earlier small studies, it followed women for years.
该研究样本量大。
服用小剂量即可见效。

control_group = yes
Others were given a placebo.
The control group ate as before.
They were compared with a group who did not exercise.
The rest had usual care.
The others got a sugar pill.
The patients were matched with healthy people of the same age.
The drug was tested against standard treatment.
People on a waiting list served as controls.
The other half were given a booklet.
The researchers compared them with 40 teenagers with no family history of autism.
对照组维持原有饮食。
另一组服用安慰剂。
常规治疗组的缓解率为40%。
研究人员招募了健康人作为对照。
健康对照者没有这种变化。
對照組則維持原有飲食。
标准治疗组的生存期较短。
空白对照组没有变化。
假手术组大鼠没有变化。

control_group = no
The study had no control group.
It was an open study without a control group.
It was a single-arm study.
The work lacked a control arm.
There was no comparison group.
There was no placebo group.
该研究缺乏对照组。
研究没有设立对照组。
研究没有对照组。
该研究未设对照。
這項研究沒有對照組。
本研究为单臂研究，无对照组。

control_group =
It improves the control of blood sugar.
The Centers for Disease Control published the figures.
Birth control pills were not studied.
中国疾病预防控制中心发布了数据。
请对照说明书服药。
Mix one half with rice and the other half with beans.

follow_up = 2 years
Patients were followed for two years.
The median follow-up was two years.
After a follow-up of 2 years the rates were the same.
During two years of follow-up, 30 people fell ill.
The researchers followed the women for an average of two years.
The two-year study looked at sleep.
Two years later, the patients were still well.
患者随访两年。
随访时间为2年。
中位随访时间为2年。
平均随访2年。
在近2年的随访中，30人患病。
研究人员追踪了他们两年。
这项为期两年的研究已经结束。
患者被随访了二年。
研究團隊追蹤兩年。
平均追蹤2年。

follow_up = 6 months
The volunteers were assessed again after six months.
At six months, the patients on the drug had less pain.
The effect was still there at the six-month follow-up.
After six months, both groups had lost weight.
Six months after treatment the tumours had shrunk.
治疗后6个月随访，症状消失。
术后六个月复查，肿瘤消失。
试验持续6个月。
六个月后，患者的体重下降。
追蹤六個月後，症狀消失。

follow_up = 24 weeks
The patients were monitored for 24 weeks.
随访至第24周时，症状消失。
经过24周的治疗，患者体重下降。

follow_up = 1.5 years
Patients were followed for one and a half years.
Patients were followed for a year and a half.
患者随访一年半。

follow_up =
Children aged two years were healthy.
In the past five years the number of cases has doubled.
She has worked at the hospital for 20 years.
The drug could be available within three years.
He had smoked for ten years.
The disorder is one that affects someone over the course of 12 months.
He has studied the heart for 25 years.
患者有十年病史。
五年生存率为60%。
他从医二十年。
未来五年，患者人数将增加。
随访截至2020年。
糖尿病病程10年以上的患者更常见。

funding = stated
The study was funded by the Medical Research Council.
The work was supported by grants from the government.
Funding for the study came from a drug company.
The research was paid for by the sugar industry.
The study received funding from the lottery.
The trial was sponsored by the maker of the drug.
It is an NIH-funded study.
Heart UK, which part-funded the research, welcomed it.
The study was financially supported by the dairy board.
该研究得到国家自然科学基金资助。
这项研究由一家药企赞助。
研究经费由科技部提供。
基金项目：国家重点研发计划（2020YFC0000000）。
该研究获国家重点研发计划支持。
研究經費來自科技部。
這項研究獲國科會補助。
研究得到了基金会的资金支持。

funding = none
The authors received no specific funding for this work.
The study received no outside funding.
The research had no external funding.
本研究未获得任何资助。
作者没有接受任何机构的资助。
該研究未接受任何資助。

funding =
The charity funded a new ward for sick children.
Ministers should fund more research.
Scientists called for more funding for research.
The clinic is funded by donations.
基金会资助贫困患者接受治疗。
爱心企业赞助了健康讲座。
医保基金支持该药的报销。
该项目资助先天性心脏病患儿做手术。

conflict_of_interest = declared
Two authors have received speaker fees from the maker.
One author is a paid consultant for the company.
The lead author owns shares in the company.
Three authors are employees of the drugmaker.
The authors disclosed financial ties to the industry.
The authors declared competing interests.
Several authors reported receiving grants from drug companies.
The researchers hold a patent on the test.
作者声明存在利益冲突。
两名作者为该公司员工。
作者曾收取该公司的顾问费。
作者持有该公司股票。
研究人员已为该方法申请专利。
作者披露了与多家药企的利益关系。

conflict_of_interest = none
The authors declare no conflicts of interest.
The authors declare that they have no competing interests.
Competing interests: none declared.
The authors had nothing to disclose.
The authors reported no relevant disclosures.
The authors declare that there is no conflict of interest.
所有作者均声明无利益冲突。
作者声明不存在利益冲突。
利益冲突：无。
利益冲突声明：所有作者声明不存在利益冲突。
作者声明没有竞争性利益。
所有作者均聲明無利益衝突。
作者宣稱沒有任何利益衝突。

conflict_of_interest =
It is in the interest of patients to know.
Interest in the topic has grown.
The paper sheds light on the conflict between cells.
The company sells shares.
各方利益需要平衡。

approval = approved
The drug has been approved by the FDA.
The FDA approved the drug last year.
The pill was licensed for use in the UK.
The drug won approval in Europe.
Regulators gave the treatment the green light.
The test was cleared by the Food and Drug Administration.
The jab was granted emergency use authorisation.
The FDA-approved drug eased the pain.
该药已获国家药监局批准上市。
该疗法已获批用于治疗白血病。
美国FDA已批准该药。
该疫苗获得紧急使用授权。
该药已在美国获批。
該藥已獲食藥署核准。
該藥已取得藥證。

approval = not approved
The drug has not been approved.
The drug is not yet approved for children.
It is still awaiting approval by the FDA.
The treatment remains unlicensed.
The drug has yet to be approved.
该药尚未获批。
该疗法尚未获得批准上市。
该产品未经药监部门批准。
该药目前还没有上市。
該藥尚未獲准上市。
该疗法尚未被国家药监局批准。

approval =
The study was approved by the hospital's ethics committee.
The institutional review board approved the protocol.
The IRB approved the study.
Parliament approved the health bill.
The council approved a new clinic.
本研究经医院伦理委员会批准。
本研究已获伦理审查委员会批准。
該研究經IRB核准。
该项目获国家自然科学基金批准立项。
国务院批准设立该试验区。
该药获批开展临床试验。

hedged = yes
The drug might help, the study found.
The findings suggest a link.
The results are preliminary.
Sleep appears to protect the heart, researchers found.
It is too early to say whether it works.
More research is needed.
The study cannot prove cause and effect.
The link does not prove causation.
该药可能有效。
这一发现提示二者存在关联。
结果仍需进一步验证。
该疗法有望改善症状。
该研究存在局限性。
研究不能说明因果关系。
這項發現或許有助於治療。
研究结果尚需更多数据证实。

hedged = no
The study found that the drug reduced deaths.
The study, published in May, found that the drug reduced deaths.
The study found that the patients could not walk.
研究发现，该药显著降低死亡率。
研究证实，患者应尽可能多休息。
研究證實，該藥有效。

advice = yes
Patients should talk to their doctor.
Talk to your doctor before you stop.
Ask your pharmacist if you are not sure.
If you have chest pain, see your GP.
Doctors recommend eating less salt.
Experts advise people to sleep longer.
People are advised to drink water.
Try to eat more fruit.
Avoid sugary drinks.
Keep your blood pressure down by avoiding salt.
Women are urged to quit smoking.
If you do get chest symptoms, mention it to your doctor.
My advice would be to look away.
Make sure you wash your hands.
Aim for seven hours of sleep.
专家建议每天运动半小时。
患者应及时就医。
请咨询医生。
用药须遵医嘱。
出现胸痛时要立即就诊。
不要自行停药。
医生提醒，孕妇应避免饮酒。
每天应保证七小时睡眠。
醫師提醒民眾，應少吃鹽。
建議諮詢醫師。
專家呼籲民眾戒菸。
少吃油炸食品，多吃蔬菜。
日常生活中要注意休息。

advice =
The findings should help researchers.
Patients should not expect a cure for ten years.
The conclusions should be considered preliminary.
The finding means taking drugs to make sure the organ is not rejected.
We are not recommending that people start to eat chocolate.
We can't advise people to eat it.
The recommended dose was halved.
A drug should be available by then.
Future research should measure the effect of yoga.
The best way to lose weight will be different for everyone.
该建议未被采纳。
两会代表提出建议案。
这种情况难以避免。
超过推荐量的一半。
研究人员建议开展更多研究。
最好的结果出现在第三组。
"""


def wordings() -> list[tuple[str, str, str]]:
    """Return the sentences with their field and what they say of it."""
    rows, field, value = [], "", ""
    for filled, lines in groupby(SAID.splitlines(), key=bool):
        if filled:
            head, *sentences = lines
            field, value = (part.strip() for part in head.split("="))
            rows += [(field, value, sentence) for sentence in sentences]
    return rows


@pytest.mark.parametrize(("field", "value", "sentence"), wordings())
def test_a_sentence_says_what_it_says(field: str, value: str, sentence: str) -> None:
    assert field in NAMES
    found = {each.value for each in appraise("", FRAME.format(sentence)) if each.field == field}
    assert found == ({value} - {NOTHING})
