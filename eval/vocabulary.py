"""Small lists of words that the analysis needs: short enough to be read whole."""

_ENGLISH = """
a an the of to in on at by for from with and or but as is are was were be been being it its this that these
those he she they we i you his her their our your him them us who whom whose which what when where how why
has have had do does did will would shall should can could may might must not no nor so if than then there
here into about after before over under between through during against up down out off also more most very
"""
_CALENDAR = """
monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
september october november december the this that these those there then they mr mrs ms dr sir
"""
_ARABIC = """
من عن على إلى الى في بعد قبل قد كان كانت منذ بين هذا هذه ذلك تلك الذي التي الذين عند حتى ثم أن إن ان لكن كل
غير بعض أو ام لم لن لا ما كما لدى دون حول ضد خلال تحت فوق مع عدد عدة مدة مرة نحو أي أيضا مثل كي بل هل يوم
سنة عام شهر رجل بلد دولة مدينة قال قالت تم يتم بدأ بلغ عشر مئة ألف أحد احد قام قامت يمكن تكون يكون
"""

_CAPITAL = """
monday tuesday wednesday thursday friday saturday sunday january february april june july september october
november december christmas easter ramadan english arab arabs arabic africa african asia asian europe
european america american americans oceania pacific atlantic mediterranean arctic antarctic antarctica
caribbean baltic balkans afghanistan afghan albania albanian algeria algerian angola argentina argentine
armenia armenian australia australian austria austrian azerbaijan bahrain bangladesh belarus belgium belgian
bolivia bosnia brazil brazilian britain british bulgaria bulgarian cambodia cameroon canada canadian chile
china chinese colombia congo croatia croatian cuba cuban cyprus czech denmark danish dutch ecuador egypt
egyptian egyptians eritrea estonia ethiopia ethiopian finland finnish france french frenchman georgia german
germans germany ghana greece greek greeks guatemala haiti holland hungary hungarian iceland india indian
indonesia indonesian iran iranian iraq iraqi ireland irish israel israeli israelis italian italy jamaica
japanese japan jordan jordanian kazakhstan kenya kenyan korea korean kosovo kurdish kurds kuwait kuwaiti
latvia lebanese lebanon libya libyan lithuania malaysia malaysian mali malta mauritania mexican mexico
moldova mongolia morocco moroccan mozambique myanmar nepal netherlands nigeria nigerian norway norwegian
oman pakistan pakistani palestine palestinian palestinians panama paraguay peru philippines poland portugal
portuguese qatar qatari romania romanian russia russian russians rwanda saudi scotland scottish senegal
serbia serbian singapore slovakia slovenia somalia somali spain spanish sudan sudanese sweden swedish swiss
switzerland syria syrian syrians taiwan tajikistan tanzania thailand thai tunisia tunisian turkish
turkmenistan uganda ukraine ukrainian uruguay uzbekistan venezuela vietnam vietnamese welsh yemen yemeni
yugoslavia zambia zimbabwe soviet latin abu aleppo amman ankara athens baghdad barcelona beijing beirut
belgrade berlin bogota boston brussels bucharest budapest cairo california canberra chicago copenhagen
damascus delhi doha dubai dublin florida gaza geneva hanoi havana helsinki istanbul jakarta jerusalem
johannesburg kabul karachi khartoum kyiv lisbon london madrid manila mecca melbourne milan moscow mumbai
munich nairobi oslo paris prague pyongyang rabat riyadh rome seoul shanghai stockholm sydney tehran texas
tokyo toronto tripoli tunis vienna warsaw washington zealand islam islamic muslim muslims christian
christians christianity jewish jews judaism catholic orthodox hindu hezbollah hamas taliban nato nazi nazis
olympic olympics facebook google microsoft twitter unesco unicef mr mrs dr
"""

FUNCTION_WORDS = frozenset(_ENGLISH.split())
"""English words that carry grammar rather than meaning, in lower case."""

NOT_NAMES = frozenset(_CALENDAR.split())
"""Capitalised English words that name nobody and no place, in lower case."""

COMMON_ARABIC = frozenset(_ARABIC.split())
"""Frequent Arabic words whose consonants happen to be those of names: من is not Moon, منذ not Monday."""

ALWAYS_CAPITAL = frozenset(_CAPITAL.split())
"""English words that want a capital whatever they mean (may and turkey do not), in lower case."""
