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

FUNCTION_WORDS = frozenset(_ENGLISH.split())
"""English words that carry grammar rather than meaning, in lower case."""

NOT_NAMES = frozenset(_CALENDAR.split())
"""Capitalised English words that name nobody and no place, in lower case."""

COMMON_ARABIC = frozenset(_ARABIC.split())
"""Frequent Arabic words whose consonants happen to be those of names: من is not Moon, منذ not Monday."""
