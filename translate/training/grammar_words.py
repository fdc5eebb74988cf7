"""The words that :mod:`translate.training.grammar` makes sentences of, with what agreement needs to know."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    """
    ``adjective`` is the masculine singular; the feminine adds ة.

    ``plural`` is set where it is no ون plural. Countries are feminine unless ``masculine``.
    """

    arabic: str
    english: str
    adjective: str
    english_adjective: str
    capital: str
    english_capital: str
    masculine: bool = False
    plural: str = ""


@dataclass(frozen=True, slots=True)
class Noun:
    """A thing to count; ``plural`` follows three to ten, and stays as it is in every case."""

    singular: str
    plural: str
    english: str
    english_plural: str
    feminine: bool = False


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb of saying in the past: he, she, they; the English past; and what it takes for "that"."""

    he: str
    she: str
    they: str
    english: str
    that: str = "أن"


def _countries() -> tuple[Country, ...]:
    table = """
    مصر|Egypt|مصري|Egyptian|القاهرة|Cairo
    سوريا|Syria|سوري|Syrian|دمشق|Damascus
    لبنان|Lebanon|لبناني|Lebanese|بيروت|Beirut|m
    الأردن|Jordan|أردني|Jordanian|عمان|Amman|m
    العراق|Iraq|عراقي|Iraqi|بغداد|Baghdad|m
    السعودية|Saudi Arabia|سعودي|Saudi|الرياض|Riyadh
    اليمن|Yemen|يمني|Yemeni|صنعاء|Sanaa|m
    عمان|Oman|عماني|Omani|مسقط|Muscat
    الكويت|Kuwait|كويتي|Kuwaiti|مدينة الكويت|Kuwait City
    قطر|Qatar|قطري|Qatari|الدوحة|Doha
    البحرين|Bahrain|بحريني|Bahraini|المنامة|Manama
    الإمارات|the United Arab Emirates|إماراتي|Emirati|أبوظبي|Abu Dhabi
    السودان|Sudan|سوداني|Sudanese|الخرطوم|Khartoum|m
    ليبيا|Libya|ليبي|Libyan|طرابلس|Tripoli
    تونس|Tunisia|تونسي|Tunisian|تونس العاصمة|Tunis
    الجزائر|Algeria|جزائري|Algerian|الجزائر العاصمة|Algiers
    المغرب|Morocco|مغربي|Moroccan|الرباط|Rabat|m|مغاربة
    موريتانيا|Mauritania|موريتاني|Mauritanian|نواكشوط|Nouakchott
    الصومال|Somalia|صومالي|Somali|مقديشو|Mogadishu|m
    جيبوتي|Djibouti|جيبوتي|Djiboutian|مدينة جيبوتي|Djibouti City
    فلسطين|Palestine|فلسطيني|Palestinian|رام الله|Ramallah
    تركيا|Turkey|تركي|Turkish|أنقرة|Ankara|f|أتراك
    إيران|Iran|إيراني|Iranian|طهران|Tehran
    إسرائيل|Israel|إسرائيلي|Israeli|القدس|Jerusalem
    باكستان|Pakistan|باكستاني|Pakistani|إسلام آباد|Islamabad
    أفغانستان|Afghanistan|أفغاني|Afghan|كابول|Kabul|f|أفغان
    الهند|India|هندي|Indian|نيودلهي|New Delhi|f|هنود
    الصين|China|صيني|Chinese|بكين|Beijing
    اليابان|Japan|ياباني|Japanese|طوكيو|Tokyo
    كوريا الجنوبية|South Korea|كوري جنوبي|South Korean|سول|Seoul
    فيتنام|Vietnam|فيتنامي|Vietnamese|هانوي|Hanoi
    إندونيسيا|Indonesia|إندونيسي|Indonesian|جاكرتا|Jakarta
    ماليزيا|Malaysia|ماليزي|Malaysian|كوالالمبور|Kuala Lumpur
    الفلبين|the Philippines|فلبيني|Filipino|مانيلا|Manila
    أستراليا|Australia|أسترالي|Australian|كانبيرا|Canberra
    روسيا|Russia|روسي|Russian|موسكو|Moscow|f|روس
    أوكرانيا|Ukraine|أوكراني|Ukrainian|كييف|Kyiv
    بولندا|Poland|بولندي|Polish|وارسو|Warsaw
    ألمانيا|Germany|ألماني|German|برلين|Berlin|f|ألمان
    فرنسا|France|فرنسي|French|باريس|Paris
    بريطانيا|Britain|بريطاني|British|لندن|London
    إيطاليا|Italy|إيطالي|Italian|روما|Rome
    إسبانيا|Spain|إسباني|Spanish|مدريد|Madrid|f|إسبان
    البرتغال|Portugal|برتغالي|Portuguese|لشبونة|Lisbon
    هولندا|the Netherlands|هولندي|Dutch|لاهاي|The Hague
    بلجيكا|Belgium|بلجيكي|Belgian|بروكسل|Brussels
    السويد|Sweden|سويدي|Swedish|ستوكهولم|Stockholm
    النرويج|Norway|نرويجي|Norwegian|أوسلو|Oslo
    فنلندا|Finland|فنلندي|Finnish|هلسنكي|Helsinki
    الدنمارك|Denmark|دنماركي|Danish|كوبنهاغن|Copenhagen
    اليونان|Greece|يوناني|Greek|أثينا|Athens
    قبرص|Cyprus|قبرصي|Cypriot|نيقوسيا|Nicosia|f|قبارصة
    صربيا|Serbia|صربي|Serbian|بلغراد|Belgrade|f|صرب
    رومانيا|Romania|روماني|Romanian|بوخارست|Bucharest
    المجر|Hungary|مجري|Hungarian|بودابست|Budapest
    سويسرا|Switzerland|سويسري|Swiss|برن|Bern
    النمسا|Austria|نمساوي|Austrian|فيينا|Vienna
    أرمينيا|Armenia|أرميني|Armenian|يريفان|Yerevan
    أذربيجان|Azerbaijan|أذربيجاني|Azerbaijani|باكو|Baku
    جورجيا|Georgia|جورجي|Georgian|تبليسي|Tbilisi
    الولايات المتحدة|the United States|أمريكي|American|واشنطن|Washington
    كندا|Canada|كندي|Canadian|أوتاوا|Ottawa
    المكسيك|Mexico|مكسيكي|Mexican|مكسيكو سيتي|Mexico City
    البرازيل|Brazil|برازيلي|Brazilian|برازيليا|Brasilia
    الأرجنتين|Argentina|أرجنتيني|Argentine|بوينس آيرس|Buenos Aires
    فنزويلا|Venezuela|فنزويلي|Venezuelan|كاراكاس|Caracas
    كولومبيا|Colombia|كولومبي|Colombian|بوغوتا|Bogota
    نيجيريا|Nigeria|نيجيري|Nigerian|أبوجا|Abuja
    إثيوبيا|Ethiopia|إثيوبي|Ethiopian|أديس أبابا|Addis Ababa
    كينيا|Kenya|كيني|Kenyan|نيروبي|Nairobi
    جنوب أفريقيا|South Africa|جنوب أفريقي|South African|بريتوريا|Pretoria
    السنغال|Senegal|سنغالي|Senegalese|داكار|Dakar
    مالي|Mali|مالي|Malian|باماكو|Bamako
    تشاد|Chad|تشادي|Chadian|نجامينا|N'Djamena
    """
    answer = []
    for line in table.strip().splitlines():
        fields = line.strip().split("|")
        arabic, english, adjective, english_adjective, capital, english_capital, gender, plural = [
            *fields,
            *["f", ""][len(fields) - 6 :],
        ]
        answer.append(
            Country(
                arabic, english, adjective, english_adjective, capital, english_capital, gender == "m", plural
            )
        )
    return tuple(answer)


COUNTRIES = _countries()


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((a.strip(), b.strip()) for a, b in (item.split("=") for item in text.split("؛")))


MEN = _pairs(
    "محمد=Mohammed؛أحمد=Ahmed؛محمود=Mahmoud؛خالد=Khaled؛عمر=Omar؛علي=Ali؛حسن=Hassan؛حسين=Hussein؛"
    "سامي=Sami؛فيصل=Faisal؛طارق=Tariq؛ناصر=Nasser؛جمال=Jamal؛كريم=Karim؛وليد=Walid؛زياد=Ziad؛"
    "إبراهيم=Ibrahim؛يوسف=Youssef؛سليم=Salim؛رامي=Rami؛أنور=Anwar؛هشام=Hisham؛ماجد=Majed؛عادل=Adel؛"
    "جون=John؛ديفيد=David؛مايكل=Michael؛توماس=Thomas؛بيتر=Peter؛بول=Paul؛مارك=Mark؛أندريه=Andre؛"
    "سيرغي=Sergei؛إيفان=Ivan؛كارلوس=Carlos؛لويس=Luis؛هانز=Hans؛ماركو=Marco؛جيمس=James؛روبرت=Robert"
)
WOMEN = _pairs(
    "فاطمة=Fatima؛عائشة=Aisha؛مريم=Maryam؛ليلى=Layla؛سلمى=Salma؛نادية=Nadia؛هدى=Huda؛سعاد=Suad؛"
    "رانيا=Rania؛دينا=Dina؛سميرة=Samira؛نورا=Noura؛لطيفة=Latifa؛زينب=Zeinab؛أمينة=Amina؛هالة=Hala؛"
    "ريم=Reem؛منى=Mona؛نجلاء=Najla؛خديجة=Khadija؛آنا=Anna؛ماريا=Maria؛إيلينا=Elena؛صوفي=Sophie؛"
    "سارة=Sarah؛إيما=Emma؛كلارا=Clara؛جوليا=Julia؛أنجيلا=Angela؛كاترين=Catherine؛لورا=Laura؛"
    "إيزابيل=Isabelle"
)
FAMILIES = _pairs(
    "الخطيب=al-Khatib؛المصري=al-Masri؛حداد=Haddad؛منصور=Mansour؛العلي=al-Ali؛الشامي=al-Shami؛"
    "النجار=al-Najjar؛عباس=Abbas؛فارس=Fares؛سلامة=Salameh؛الحسيني=al-Husseini؛درويش=Darwish؛"
    "خليل=Khalil؛عثمان=Osman؛القاسم=al-Qasim؛البكري=al-Bakri؛شاهين=Shaheen؛رشيد=Rashid؛"
    "بن عيسى=Ben Issa؛زيدان=Zidan؛الهاشمي=al-Hashimi؛مراد=Murad؛قاسم=Qassem؛نعمان=Noman؛"
    "ميلر=Miller؛سميث=Smith؛مارتن=Martin؛شميدت=Schmidt؛فيشر=Fischer؛دوبوا=Dubois؛روسي=Rossi؛"
    "غارسيا=Garcia؛بيتروف=Petrov؛كوفالينكو=Kovalenko؛أندرسون=Anderson؛تاناكا=Tanaka؛"
    "فان دايك=Van Dyck؛"
    "لوبيز=Lopez؛موراليس=Morales؛نوفاك=Novak؛هوفمان=Hoffmann؛يانسن=Jansen؛لينش=Lynch؛براون=Brown"
)
# Ministries: what stands behind وزير, behind "minister" and before it.
MINISTRIES = _pairs(
    "الخارجية=foreign؛الدفاع=defence؛الداخلية=interior؛المالية=finance؛العدل=justice؛الصحة=health؛"
    "التعليم=education؛الطاقة=energy؛الزراعة=agriculture؛الاقتصاد=economy؛النقل=transport؛"
    "الثقافة=culture؛"
    "البيئة=environment؛السياحة=tourism؛التجارة=trade؛الصناعة=industry؛العمل=labour؛"
    "الاتصالات=communications؛"
    "الري=irrigation؛الإعلام=information؛التخطيط=planning؛الإسكان=housing؛الرياضة=sports"
)
# Offices that take a nationality behind them: masculine, feminine, English.
OFFICES = (
    ("الرئيس", "الرئيسة", "president"),
    ("رئيس الوزراء", "رئيسة الوزراء", "prime minister"),
    ("نائب الرئيس", "نائبة الرئيس", "vice president"),
    ("السفير", "السفيرة", "ambassador"),
    ("رئيس البرلمان", "رئيسة البرلمان", "parliament speaker"),
    ("المبعوث", "المبعوثة", "envoy"),
    ("المدعي العام", "المدعية العامة", "prosecutor general"),
    ("محافظ البنك المركزي", "محافظة البنك المركزي", "central bank governor"),
    ("مستشار الأمن القومي", "مستشارة الأمن القومي", "national security adviser"),
    ("وزير الدولة", "وزيرة الدولة", "minister of state"),
)
# Organisations with their gender and English name.
ORGANISATIONS = (
    ("الأمم المتحدة", True, "the United Nations"),
    ("مجلس الأمن الدولي", False, "the UN Security Council"),
    ("الاتحاد الأوروبي", False, "the European Union"),
    ("الاتحاد الأفريقي", False, "the African Union"),
    ("جامعة الدول العربية", True, "the Arab League"),
    ("حلف شمال الأطلسي", False, "NATO"),
    ("البنك الدولي", False, "the World Bank"),
    ("صندوق النقد الدولي", False, "the International Monetary Fund"),
    ("منظمة الصحة العالمية", True, "the World Health Organization"),
    ("الوكالة الدولية للطاقة الذرية", True, "the International Atomic Energy Agency"),
    ("المحكمة الجنائية الدولية", True, "the International Criminal Court"),
    ("مجلس التعاون الخليجي", False, "the Gulf Cooperation Council"),
    ("منظمة العفو الدولية", True, "Amnesty International"),
    ("اللجنة الدولية للصليب الأحمر", True, "the International Committee of the Red Cross"),
    ("برنامج الأغذية العالمي", False, "the World Food Programme"),
    ("منظمة التعاون الإسلامي", True, "the Organization of Islamic Cooperation"),
    ("المفوضية الأوروبية", True, "the European Commission"),
    ("منظمة أوبك", True, "OPEC"),
)
SAYING = (
    Verb("قال", "قالت", "قالوا", "said", "إن"),
    Verb("أعلن", "أعلنت", "أعلنوا", "announced"),
    Verb("أكد", "أكدت", "أكدوا", "affirmed"),
    Verb("أضاف", "أضافت", "أضافوا", "added"),
    Verb("أوضح", "أوضحت", "أوضحوا", "explained"),
    Verb("ذكر", "ذكرت", "ذكروا", "mentioned"),
    Verb("صرح", "صرحت", "صرحوا", "stated", "بأن"),
    Verb("كشف", "كشفت", "كشفوا", "revealed"),
)  # fmt: skip
OFFICIALS = _pairs("مسؤولون=officials؛دبلوماسيون=diplomats؛خبراء=experts؛محللون=analysts؛نواب=lawmakers")
VICTIMS = (
    Noun("شخص", "أشخاص", "person", "people"),
    Noun("جندي", "جنود", "soldier", "soldiers"),
    Noun("مدني", "مدنيين", "civilian", "civilians"),
    Noun("طفل", "أطفال", "child", "children"),
    Noun("عامل", "عمال", "worker", "workers"),
    Noun("مسلح", "مسلحين", "gunman", "gunmen"),
    Noun("امرأة", "نساء", "woman", "women", feminine=True),
    Noun("شرطي", "شرطيين", "policeman", "policemen"),
    Noun("طالبة", "طالبات", "schoolgirl", "schoolgirls", feminine=True),
    Noun("صحفي", "صحفيين", "journalist", "journalists"),
    Noun("مهاجر", "مهاجرين", "migrant", "migrants"),
    Noun("متظاهر", "متظاهرين", "protester", "protesters"),
)
THINGS = (
    Noun("طائرة", "طائرات", "aircraft", "aircraft", feminine=True),
    Noun("دبابة", "دبابات", "tank", "tanks", feminine=True),
    Noun("سفينة", "سفن", "ship", "ships", feminine=True),
    Noun("صاروخ", "صواريخ", "missile", "missiles"),
    Noun("منزل", "منازل", "house", "houses"),
    Noun("مدرسة", "مدارس", "school", "schools", feminine=True),
    Noun("مستشفى", "مستشفيات", "hospital", "hospitals"),
    Noun("سيارة", "سيارات", "car", "cars", feminine=True),
    Noun("مصنع", "مصانع", "factory", "factories"),
    Noun("قرية", "قرى", "village", "villages", feminine=True),
    Noun("جسر", "جسور", "bridge", "bridges"),
    Noun("حافلة", "حافلات", "bus", "buses", feminine=True),
    Noun("مروحية", "مروحيات", "helicopter", "helicopters", feminine=True),
    Noun("شاحنة", "شاحنات", "truck", "trucks", feminine=True),
)
TIMES = (
    Noun("يوم", "أيام", "day", "days"),
    Noun("أسبوع", "أسابيع", "week", "weeks"),
    Noun("شهر", "أشهر", "month", "months"),
    Noun("عام", "أعوام", "year", "years"),
    Noun("ساعة", "ساعات", "hour", "hours", feminine=True),
    Noun("سنة", "سنوات", "year", "years", feminine=True),
    Noun("دقيقة", "دقائق", "minute", "minutes", feminine=True),
)
YEARS = (TIMES[3], TIMES[5])
# Currencies: Arabic, English plural, sign where news writes one.
CURRENCIES = (
    ("دولار", "dollars", "$"),
    ("يورو", "euros", "€"),
    ("جنيه إسترليني", "pounds sterling", "£"),
    ("دولار أمريكي", "US dollars", "$"),
    ("ين", "yen", ""),
    ("روبل", "roubles", ""),
    ("ريال سعودي", "Saudi riyals", ""),
    ("درهم إماراتي", "UAE dirhams", ""),
    ("جنيه مصري", "Egyptian pounds", ""),
    ("دينار كويتي", "Kuwaiti dinars", ""),
    ("ليرة تركية", "Turkish lira", ""),
    ("دينار عراقي", "Iraqi dinars", ""),
    ("فرنك سويسري", "Swiss francs", ""),
)
# Months as in Egypt, as in the Levant, in English.
MONTHS = (
    ("يناير", "كانون الثاني", "January"), ("فبراير", "شباط", "February"), ("مارس", "آذار", "March"),
    ("أبريل", "نيسان", "April"), ("مايو", "أيار", "May"), ("يونيو", "حزيران", "June"),
    ("يوليو", "تموز", "July"), ("أغسطس", "آب", "August"), ("سبتمبر", "أيلول", "September"),
    ("أكتوبر", "تشرين الأول", "October"), ("نوفمبر", "تشرين الثاني", "November"),
    ("ديسمبر", "كانون الأول", "December"),
)  # fmt: skip
DAYS = _pairs(
    "الأحد=Sunday؛الاثنين=Monday؛الثلاثاء=Tuesday؛الأربعاء=Wednesday؛الخميس=Thursday؛"
    "الجمعة=Friday؛السبت=Saturday"
)
EVENTS = _pairs(
    "انفجار=an explosion؛هجوم صاروخي=a missile attack؛حادث سير=a traffic accident؛"
    "غارة جوية=an air strike؛"
    "حريق=a fire؛إطلاق نار=a shooting؛قصف مدفعي=an artillery bombardment؛زلزال=an earthquake؛"
    "فيضانات=floods؛اشتباكات=clashes؛انهيار مبنى=a building collapse؛تحطم طائرة=a plane crash"
)
# Feminine or masculine, Arabic, English: what rises and falls.
INDICATORS = (
    (True, "أسعار النفط", "oil prices"),
    (True, "أسعار الغذاء", "food prices"),
    (True, "الصادرات", "exports"),
    (True, "الواردات", "imports"),
    (False, "معدل التضخم", "the inflation rate"),
    (False, "معدل البطالة", "the unemployment rate"),
    (False, "الإنتاج الصناعي", "industrial production"),
    (False, "الناتج المحلي الإجمالي", "gross domestic product"),
    (False, "عدد السكان", "the population"),
    (False, "الإنفاق العسكري", "military spending"),
    (True, "مبيعات السيارات", "car sales"),
    (True, "الاستثمارات الأجنبية", "foreign investment"),
    (False, "عدد السياح", "the number of tourists"),
)
PURPOSES = _pairs(
    "إعادة الإعمار=reconstruction؛مساعدة اللاجئين=aid to refugees؛تحديث الجيش=modernizing the army؛"
    "مكافحة الفقر=fighting poverty؛شراء الأدوية=buying medicines؛بناء المدارس=building schools؛"
    "حماية الحدود=protecting the borders؛تطوير الموانئ=developing the ports؛"
    "دعم المزارعين=supporting farmers؛"
    "مكافحة الإرهاب=fighting terrorism؛إزالة الألغام=mine clearance؛"
    "توسيع شبكة الكهرباء=expanding the power grid"
)
TOPICS = _pairs(
    "العلاقات الثنائية=bilateral relations؛الأوضاع في المنطقة=the situation in the region؛"
    "التعاون العسكري=military cooperation؛أزمة اللاجئين=the refugee crisis؛"
    "ملف الطاقة=the energy file؛"
    "اتفاق التجارة=the trade agreement؛وقف إطلاق النار=the ceasefire؛"
    "البرنامج النووي=the nuclear programme؛"
    "أمن الملاحة=the security of navigation؛التغير المناخي=climate change؛"
    "تبادل الأسرى=a prisoner exchange؛"
    "مكافحة الإرهاب=counter-terrorism؛المساعدات الإنسانية=humanitarian aid؛"
    "مياه النيل=the waters of the Nile"
)
# Meetings with an ordinal: feminine?, with the article, without, English.
MEETINGS = (
    (True, "الدورة", "session"),
    (True, "القمة", "summit"),
    (True, "الجولة", "round"),
    (True, "الجلسة", "sitting"),
    (False, "الاجتماع", "meeting"),
    (False, "المؤتمر", "conference"),
    (False, "المنتدى", "forum"),
    (False, "المعرض", "exhibition"),
)
