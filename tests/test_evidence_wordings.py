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
患者和医生均不知道谁用了真药。
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
Volunteers were randomised to receive the vaccine or saline.
The women were put at random into one of two groups.
In the phase II trial, tumours shrank in half of the patients.
This was a placebo-controlled study.
Sixty patients were assigned to either acupuncture or sham needles.
Results of a large clinical trial were presented in Chicago.
两组患者分别接受手术和保守治疗，分组由电脑随机决定。
志愿者被随机安排喝咖啡或喝水。
该疫苗的III期试验结果公布。
研究采用双盲设计。
參加者隨機獲分配服用藥物或安慰劑。
In the experiment, half of the nurses got the real jab and half a saltwater injection.
The couples were randomised into a counselling group and a waiting-list group.
Neither the doctors nor the patients knew who had been given which drug.
Early results of the phase 1/2 trial are encouraging.
The drug met its main goal in a late-stage trial.
试验分两组进行，一组用药，一组不用药。
该研究为多中心随机对照临床试验。
入组患者按1:1随机分至两组。
这项I期临床试验主要评估安全性。
受試者隨機分為實驗組與對照組。
研究設有安慰劑組。

design = cohort
Researchers used Danish registers covering everyone born since 1980.
研究利用丹麦全国登记数据。
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
The research team followed up 1,200 children until they were 18.
They tracked nearly 10,000 drinkers for three decades.
Data came from the Nurses' Health Study.
The longitudinal study began in 1972.
The scientists monitored the diets of 50,000 men for 20 years.
研究人员对参与者进行了平均12年的追踪。
该队列自2004年开始招募。
这项长期追踪研究始于1990年。
研究者回顾了十年间住院患者的病历。
研究團隊利用全民健保資料庫進行分析。
For 15 years, the scientists kept track of more than 6,000 civil servants.
The authors analysed data from a long-running study of twins.
They looked back at the records of people treated since 2005.
The health of 20,000 farmers was followed until 2015.
The findings are based on the Women's Health Initiative, which followed participants for decades.
参与者在入组后每两年接受一次体检，一直持续到2018年，随访率达90%。
数据来自开滦研究，该队列随访了十余万名员工。
研究基于护士健康研究的长期数据。
研究采用回顾性方法。
這是一項長達十年的追蹤研究。

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
The findings come from a questionnaire completed by 900 parents.
A nationwide survey found that one in three skips breakfast.
该调查共回收有效问卷2000份。
一项针对大学生的网络调查发现，熬夜很普遍。
More than 4,000 people filled in an online questionnaire about their sleep.
The YouGov poll of 2,000 adults was commissioned by the charity.
研究者对全国6个城市居民开展了横断面调查。
通过微信发放问卷，共收到3000份答卷。

design = case report
In a new case study, doctors detail how the man fell ill.
Doctors describe the case of a woman who could not smell.
The case report appeared on Monday.
The report of two cases appeared on Monday.
医生报告了一例罕见病例。
这篇病例报告发表在期刊上。
這份個案報告發表在期刊上。
该院报道了3例患者。
Writing in BMJ Case Reports, doctors said the woman had lost her voice.
The authors report a case of poisoning by liquorice.
医生在期刊上报告了一起罕见的中毒病例。
該院醫師發表一例罕見個案。
A man who ate a bag of liquorice a day died, doctors report in a case study.
The case, published in a medical journal, is thought to be the first of its kind.
该病例发表在《新英格兰医学杂志》上。
医生报道了一例因喝酵素住院的患者。

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
Scientists looked at the results of 45 previous studies.
The team analysed data from 61 trials.
The conclusion comes from a systematic review.
研究者综合分析了40项临床试验。
该综述发表在《柳叶刀》上。
团队检索并分析了52篇文献。
The authors sifted through 200 published papers.
Evidence from 14 trials was combined in the analysis.
The paper is a review of existing evidence.
研究人员系统检索了数据库中的相关文献。
这篇文章综述了近年来的进展。
团队对12个国家的35项研究作了汇总分析。

design = laboratory
Experiments in mice showed that the gene matters.
The drug killed tumours grown in a petri dish.
The scientists fed rats a fatty diet.
In laboratory tests the compound slowed the virus.
小鼠实验显示，该基因起重要作用。
体外实验证实了这一点。
動物實驗顯示，該基因起重要作用。
研究人员构建了斑马鱼模型。
Tests on rats showed that the drug is safe.
In mouse models of the disease, the gene was silenced.
The virus was grown in cell culture.
在小鼠模型中，该药物抑制了肿瘤。
研究人员给大鼠喂食高脂饲料。
细胞系实验显示该药有效。
Mice that were given the compound lived longer.
The scientists infected ferrets with the virus.
Human lung cells were exposed to smoke in the laboratory.
研究者在果蝇中敲除了该基因。
实验中，喂食高糖饲料的大鼠体重增加。
研究人员在培养皿中培养了人类神经元。

design =
医院将对出院患者进行电话随访。
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
A trial is due to begin in the spring.
He is on trial for selling fake drugs.
Patients can sign up for follow-up care online.
Researchers hope to start human trials within five years.
The ministry will review the guidelines.
该公司拟于明年启动三期临床试验。
社区医生会定期随访高血压患者。
专家组对事故进行了调查。
The court heard that the doctor's trial would start on Monday.
There have been no clinical trials of the herb.
Ask your doctor about clinical trials.
The paper has not yet been peer reviewed.
A follow-up email was sent.
目前没有临床试验证明其有效。
患者可咨询医生是否适合参加临床试验。
他回顾了自己的从医经历。
该中心承担了多项国家级课题。

subjects = humans
Scientists studied the brains of taxi drivers.
研究人员发现，夜班护士更易患乳腺癌。
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
Older adults who walked daily had better memories, the study found.
Babies who were breastfed had fewer infections, the research shows.
Scientists recruited pregnant women.
They scanned the brains of musicians and other volunteers.
研究发现，常吃坚果的老人认知能力更好。
研究人员招募了孕妇。
研究顯示，常運動的學生成績較好。
Teenagers who vape are more likely to start smoking, a study has found.
The study included both men and women.
Researchers in Sweden have shown that tall people live longer.
Doctors gave the patients a new antibody.
The trial participants wore a monitor.
研究表明，肥胖儿童患哮喘的风险更高。
研究显示，每周运动三次的人睡眠更好。
研究团队分析了孕妇的血样。
研究發現，素食者罹患中風的風險較高。

subjects = animals
The team gave mice an antibiotic.
Monkeys that ate less lived longer.
小鼠的寿命明显延长。
大鼠服用后血压下降。
研究人员在食蟹猴身上验证了疫苗。
The compound slowed ageing in fruit flies.
Zebrafish lacking the gene could not swim.
The team tested the jab in macaques.
该疫苗在猕猴中显示出保护作用。
研究人员在小鼠身上验证了该方法。
In pigs, the device worked for a month.
The researchers bred rabbits without the gene.
Old dogs in the study learned faster.
实验猴接种后产生了抗体。
研究人员给兔子注射了药物。

subjects = cells
They tested the drug on human cells in the laboratory.
The compound was added to cultured cells.
研究人员利用类器官筛选药物。
细胞实验表明，该分子有效。
In laboratory-grown cells, the drug blocked the virus.
The team used organoids made from donated tissue.
该化合物在体外培养的细胞中有效。
Neurons were grown from stem cells in a dish.
The scientists treated human cells with the drug.
研究人员用患者的皮肤细胞培育出类器官。

subjects =
The drug may one day help people with arthritis.
It is hoped that patients will benefit.
Some 300 million people have the disease.
该成果有望为患者带来新疗法。
我国约有3亿名患者。
没有人愿意当白老鼠。
She likened it to a rat race.
It may lead to better drugs for patients.
该成果未来或可造福患者。
Doctors hope the test will spare patients needless surgery.
If all goes well, people could get the pill in ten years.
有望让更多患者获益。

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
该药将惠及96万名患者。
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
The charity helps 250 families a year.
Around 250 people die of it every week in Britain.
The conference drew 250 doctors.
The hospital has 250 nurses.
The outbreak has infected 250 people.
当地有250名医生支援武汉。
该病每年造成250人死亡。
活动吸引了250名市民。
医院共有医护人员250名。
大会邀请了250名专家。
The disorder strikes 320 babies a year.
About 320,000 people in the UK live with the condition.
The study was led by a team of 320 scientists.
The firm has 320 workers.
He has delivered 320 babies.
The drug killed 320 people in the 1960s.
全院320名医护人员参加了培训。
我国目前约有320万患者。
该项目已惠及320名患儿。
两年来共有320人获救。

sample_size = 250
Two hundred and fifty patients took part.
The researchers recruited 250 healthy volunteers.
Their analysis included 250 men with prostate cancer.
A group of 250 students was tested.
The study, which involved 250 office workers, ran for a year.
The trial, in 250 people with gout, was stopped early.
Researchers interviewed 250 care home residents.
该试验招募了250位糖尿病患者。
研究对象是250名初中生。
250名志愿者参与了这项研究。
共有250名受试者完成了试验。
研究者对250例患者的病历进行了分析。
這項研究共納入250名患者。
二百五十名患者入组。
研究人员采集了250名健康人的血样。

sample_size = 80000
The study of 80,000 nurses took 20 years.
They analysed the records of 80,000 Danes.
研究分析了8万名成年人的数据。
研究追踪了8万多人。

sample_size = 320
The team enrolled 320 pregnant women.
320 children aged six to nine were given fish oil.
The sample consisted of 320 university students.
In total, 320 people completed the questionnaire.
Their study of 320 runners appears in the journal.
The researchers asked 320 volunteers to keep a diary.
Of 320 patients studied, 12 died.
The analysis was based on 320 patients.
研究选取320例冠心病患者作为研究对象。
共有320对夫妇参与研究。
320名学龄前儿童接受了测试。
在320名参与者中，有12人患病。
纳入分析的患者共320例。
这项针对320名护士的研究发现了同样的结果。
研究團隊招募320名志願者。
受訪者共320人。
共納入320位病友。

sample_size = 1500000
The study tracked 1.5 million people.
研究涵盖150万人。
研究分析了150万名居民的健康档案。

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
The authors caution that the sample size was small.
The number of patients was small.
It was only a small pilot study.
Because the study involved few participants, the results are uncertain.
由于样本较少，结论需谨慎解读。
研究人数较少是其局限。
这只是一项小型试验。
With only 12 participants, the study was very small.
A limitation is the small number of participants.
The findings come from a small sample of students.
该研究样本仅来自一家医院，样本量小。
由于例数较少，结果需谨慎对待。
研究對象人數較少。

small_sample =
It led to a small improvement in symptoms.
Small children were more often ill.
The study had a large sample.
Unlike earlier small studies, it followed women for years.
该研究样本量大。
服用小剂量即可见效。
The study was not small.
Only small amounts were found.
样本量大是该研究的优势。

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
Another 40 people served as controls.
Half received the vitamin and half a placebo pill.
The comparison group did no exercise.
Patients on the drug were compared with those receiving standard care.
Those in the placebo arm fared worse.
其余患者服用安慰剂。
与安慰剂组相比，用药组血压更低。
另设健康对照20例。
對照組接受一般照護。
They were compared with 50 healthy volunteers.
The researchers also tested 50 people without the disease for comparison.
Those on the dummy pills did no better.
A second group received physiotherapy only.
Half the participants received no treatment.
另有50名健康人作为对照。
对照组给予常规护理。
与接受标准治疗的患者相比，他们的生存期更长。
一组服药，另一组服用安慰剂。
與未服藥的對照組相比，差異明顯。

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
There were no controls in the study.
The researchers admit the lack of a control group.
该研究的局限在于没有对照组。
由于缺少对照，无法判断疗效。
The trial had no placebo arm.
Without a control group, it is hard to know.
The study was not placebo-controlled.
该研究为无对照的小样本观察。
研究未设置安慰剂对照组。
研究缺少對照組。

control_group =
It improves the control of blood sugar.
The Centers for Disease Control published the figures.
Birth control pills were not studied.
中国疾病预防控制中心发布了数据。
请对照说明书服药。
Mix one half with rice and the other half with beans.
Diabetes control improved.
The remote control was lost.
疫情防控形势严峻。
患者病情得到控制。
The programme helps with weight control.
Officials from disease control visited the school.
她学会了控制情绪。
请对照以下症状自查。

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
The centre opened five years ago.
She was diagnosed five years ago.
The disease kills within five years.
五年前，他被确诊为糖尿病。
该病五年生存率不足三成。
这项政策将持续五年。
The law was changed ten years ago.
Patients wait ten years for a transplant.
She had suffered from pain for ten years.
The vaccine took ten years to develop.
他患糖尿病已有10年。
十年前，该药上市。
这家医院成立10年来，患者满意度上升。
预计10年后，患者人数将翻番。

follow_up = 5 years
They were followed up for five years.
Over a median follow-up of five years, 200 people died.
Participants were tracked over five years.
Five years after treatment, most were free of cancer.
患者平均随访5年。
5年随访结果显示，复发率下降。
在长达5年的追踪中，研究者发现差异。
随访期为五年。
中位隨訪時間為5年。

follow_up = 3 months
Three months later, the swelling had gone.
The three-month trial ended in May.
After three months of treatment, the pain had eased.
三个月后随访，症状缓解。
用药3个月后，血糖下降。
为期3个月的试验显示，体重下降。

follow_up = 10 years
The participants were followed for 10 years.
A decade later, the children were tested again.
During 10 years of follow-up, 600 people died.
Over the 10-year study, 600 people died.
The volunteers, who were followed for an average of ten years, were all men.
Average follow-up was 10 years.
随访长达10年。
在10年随访期间，有600人死亡。
平均随访时间10年。
对这些人随访10年后发现，死亡率下降。
十年间的随访显示，死亡率下降。
經過10年追蹤，死亡率下降。
追蹤時間長達十年。

follow_up = 8 weeks
The eight-week trial involved nurses.
After eight weeks, the patients slept better.
The volunteers ate the diet for eight weeks, and were tested at the end of the eight weeks.
8周后，患者睡眠改善。
研究为期8周。
干预8周后，患者睡眠改善。
經過8週的治療，睡眠改善。

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
Funding was provided by the National Institutes of Health.
The trial received a grant from the British Heart Foundation.
The work was financed by the European Union.
The study, sponsored by the manufacturer, was published in May.
该项目由省科技厅资助。
本研究受国家自然科学基金（81000000）资助。
研究得到了比尔及梅琳达·盖茨基金会的支持。
這項研究由科技部計畫補助。
The research was funded through a government grant.
The study was backed by funding from the Gates Foundation.
The team's work is supported by Cancer Research UK.
The dairy industry paid for the study.
The trial's sponsor, a drug company, welcomed the result.
该研究由国家自然科学基金委员会资助。
研究获得了教育部的经费支持。
这项研究的资金来自一家饮料公司。
本课题受上海市科委资助。
研究由衛福部補助。

funding = none
The authors received no specific funding for this work.
The study received no outside funding.
The research had no external funding.
本研究未获得任何资助。
作者没有接受任何机构的资助。
該研究未接受任何資助。
The study was carried out without any external funding.
The research was not funded by industry.
该研究没有接受任何企业资助。
The authors received no financial support for the research.
There was no external funding for this study.
本研究无任何资金资助。

funding =
The charity funded a new ward for sick children.
Ministers should fund more research.
Scientists called for more funding for research.
The clinic is funded by donations.
基金会资助贫困患者接受治疗。
爱心企业赞助了健康讲座。
医保基金支持该药的报销。
该项目资助先天性心脏病患儿做手术。
The hospital raised funds for a scanner.
The NHS will fund the treatment.
The government pledged funding for vaccines.
政府将资助低收入家庭购买保险。
红十字会资助患儿赴京治疗。
The appeal has raised funding for a new scanner.
The clinic lost its funding.
The insurer will pay for the treatment.
当地政府资助贫困家庭就医。
企业赞助了这次马拉松。

conflict_of_interest = declared
该研究的第一作者是药厂顾问。
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
Professor Smith has received consultancy fees from the company.
The study's authors include employees of the company.
Disclosures: Dr Lee holds stock in the firm.
The lead researcher has a financial interest in the product.
文章的两位作者是该药企的员工。
通讯作者担任该公司顾问。
研究者持有相关专利。
One of the researchers is a shareholder in the firm that makes the test.
The authors report receiving personal fees from several manufacturers.
Two of the authors work for the company.
Conflict of interest: the first author has been paid by the company.
多名作者与药企存在利益关联。
其中一名作者在该公司任职。
一名作者曾接受药厂的演讲费。

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
The authors have no conflicts of interest to disclose.
The researchers reported no competing interests.
Conflicts of interest: none.
作者均声明没有利益冲突。
本文作者无利益冲突。
作者聲明無利益衝突。
None of the authors has a conflict of interest.
The authors state that they have no conflict of interest.
Conflicts of interest None declared
所有作者声明没有任何利益冲突。
作者宣告無利益衝突。

conflict_of_interest =
It is in the interest of patients to know.
Interest in the topic has grown.
The paper sheds light on the conflict between cells.
The company sells shares.
各方利益需要平衡。
The two drugs may conflict.
Public interest in vaccines is growing.
医患冲突引发关注。
There is a conflict between the two results.
Patients took a keen interest in the study.
利益相关方参加了会议。

approval = approved
The drug received FDA approval in 2020.
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
The drug was approved by the European Medicines Agency in 2019.
The treatment is licensed for adults.
Health Canada approved the vaccine.
The device has received marketing authorisation.
该疫苗已获批上市。
国家药监局批准了该药的上市申请。
该药于2019年获FDA批准。
衛福部已核准該藥上市。
The US Food and Drug Administration approved the pill in May.
The vaccine has been licensed in Europe since 2018.
The treatment has already been approved for psoriasis.
The drug, approved in 2015, is used for gout.
Regulators in Japan have approved the cell therapy.
该药已在我国上市。
该适应症已获得国家药品监督管理局批准。
这款疫苗获准上市。
欧盟委员会已批准该药用于儿童。
該療法已通過食藥署核准。

approval = not approved
这种疗法还没有得到监管部门批准。
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
The pill is not approved for weight loss.
The therapy has not yet been approved by regulators.
The drug is unlicensed in Britain.
该药尚未在国内获批。
该产品还没有获得批准。
目前尚无药物获批用于治疗该病。
The device has not been cleared by the FDA.
No drug has been approved for the condition.
The treatment is experimental and is not licensed.
该疗法尚处于试验阶段，还未获批。
目前该药仍未获批上市。
該藥物尚未取得許可證。

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
The study protocol was approved by the ethics board.
The ethics committee gave its approval.
Doctors approve of the plan.
研究方案经伦理委员会审查批准。
规划获国务院批准。
The trial was approved by the university's research ethics committee.
The ethics panel approved the experiments.
She sought her doctor's approval.
实验经动物伦理委员会批准。
该计划经人体试验委员会通过。
项目已获教育部批准。

hedged = yes
The study does not show cause and effect.
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
It could be that people who exercise are healthier anyway, the study found.
The evidence is not conclusive.
The researchers say it is possible that diet plays a role.
Further studies are needed to confirm the finding.
The results should be interpreted with caution.
该结果尚需大样本研究证实。
研究提示，二者或存在联系。
目前还不清楚其机制。
該結果可能與飲食有關。
The findings hint that the drug might work in people.
Scientists think the gene could be to blame.
The link may be due to chance.
The result does not mean that coffee causes cancer.
It remains unclear why.
这一结果不代表因果关系。
结论有待更多研究证实。
研究者推测，这与激素有关。
目前证据有限。
該療法或可改善症狀。

hedged = no
The study found that the drug reduced deaths.
The study, published in May, found that the drug reduced deaths.
The study found that the patients could not walk.
研究发现，该药显著降低死亡率。
研究证实，患者应尽可能多休息。
研究證實，該藥有效。
The study found that vitamin C shortened colds.
The researchers showed that the gene causes the disease.
研究证明该药能延长寿命。
研究結果顯示，運動可降低血壓。
The trial showed that the drug saves lives.
Researchers have discovered the cause of the disease.
研究表明，该药可使死亡率降低三成。
研究團隊證實，該基因會引發疾病。

advice = yes
少熬夜，多锻炼。
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
If symptoms persist, consult a doctor.
Parents should keep medicines out of reach.
Adults need to get at least seven hours of sleep, experts advise.
Doctors urged people to get vaccinated.
The authors recommend that women take folic acid.
Don't stop taking your tablets without talking to your doctor.
It is best to avoid alcohol during pregnancy.
Drink plenty of water.
Speak to your GP if you are worried.
如有不适，请立即就医。
建议市民接种疫苗。
孕妇不宜饮酒。
高血压患者要坚持服药。
专家提示，老年人运动要量力而行。
每天至少喝八杯水。
民眾若有症狀，應儘速就醫。
饭后不要马上运动。
Women over 50 should have a mammogram every two years.
Seek medical advice if the rash spreads.
Check with your pharmacist before taking it.
Health officials recommended that pregnant women avoid travel.
Cut down on salt.
You should not stop taking the medicine.
The NHS recommends five portions a day.
"People need to take more exercise," he said.
Anyone with symptoms is urged to see a doctor.
医生建议，40岁以上人群每年做一次胃镜。
切勿轻信偏方。
患者应在医生指导下用药。
一旦出现症状，应尽快就医。
饮食上要注意清淡。
室内要经常通风。
請勿自行停藥。
民眾應定期接受篩檢。
保持充足的睡眠。

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
The results should encourage drug makers.
The drug should be on the market by May.
The committee rejected the recommendation.
He was advised by a lawyer.
Doctors could not recommend a treatment.
有关部门采纳了代表的建议。
研究应用了新技术。
他不应该被遗忘。
The gene should not be there.
The trial should be finished by June.
Researchers were advised of the error.
It should be said that the sample was small.
She refused to take advice.
该药应在明年上市。
建议零售价为20元。
多喝水能止咳吗
不要以为这是小说情节。
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
