"""Pages as Arabic news sites make them, written by hand: the article comes out, the rest does not."""

import pytest

from translate.webpage import extract, looks_like_html

HEADLINE = "الأردن يفتتح خط الحافلات السريع بين عمّان والزرقاء"
FIRST = "أعلنت وزارة النقل في عمّان اليوم الأحد بدء العمل في خط الحافلات السريع بين العاصمة ومدينة الزرقاء."
SECOND = (
    "وقال وزير النقل في مؤتمر صحفي إن المشروع سيخدم نحو 120 ألف راكب يوميا، وإن كلفته بلغت 84 مليون دينار."
)
SUBHEADING = "لماذا تأخر المشروع؟"
THIRD = "يعزو مهندسون التأخير إلى خلافات مع المقاولين وإلى ارتفاع أسعار الحديد منذ عام 2022."
SHORT = "وتوقفت الأعمال ثلاث مرات."
QUOTE = "قال طالب جامعي من الزرقاء: «كنت أقضي ساعتين في الطريق، والآن أصل في أربعين دقيقة»."
ARTICLE = [HEADLINE, FIRST, SECOND, SUBHEADING, THIRD, SHORT, QUOTE]

OTHERS = (
    "الحكومة تقر موازنة العام المقبل بعجز قياسي",
    "سوريا ولبنان يبحثان ملف الحدود البحرية",
    "مهرجان جرش يعود في الصيف بعروض جديدة",
    "منتخب النشامى يواجه العراق في تصفيات كأس العالم",
)
SECTIONS = ("الرئيسية", "أخبار", "سياسة", "اقتصاد", "رياضة", "ثقافة", "منوعات", "بودكاست", "آراء", "طقس")
COMMENT = "مشروع ممتاز ونتمنى أن يصل إلى إربد قريبا إن شاء الله، فنحن ننتظر منذ سنوات طويلة."
COOKIES = "نستخدم ملفات تعريف الارتباط لتحسين تجربتك، وباستمرارك في التصفح فإنك توافق على ذلك."
NOISE = (*OTHERS, *SECTIONS[4:], COMMENT, COOKIES, "var secret", "color:red", "جميع الحقوق", "شارك", "بريدك")


def links(tag: str, names: tuple[str, ...]) -> str:
    items = "".join(f"<li><a href='/{number}'>{name}</a></li>" for number, name in enumerate(names))
    return f"<{tag}>{items}</{tag}>"


HEAD = (
    f"<head><meta charset='utf-8'><title>{HEADLINE} | صحيفة الميدان</title>"
    f"<meta property='og:title' content='{HEADLINE}'><style>.x{{color:red}}</style>"
    "<script>var secret = 'شارك';</script></head>"
)
NAV = f"<nav class='main-menu'>{links('ul', SECTIONS)}</nav>"
SHARE = (
    "<div class='share-buttons'><a href='#'>فيسبوك</a> <a href='#'>واتساب</a> <span>شارك المقال</span></div>"
)
RELATED = f"<div class='related-posts'><h3>أخبار ذات صلة</h3>{links('ul', OTHERS)}</div>"
SIDE = f"<aside class='sidebar'><h3>الأكثر قراءة</h3>{links('ol', OTHERS)}</aside>"
COMMENTS = (
    f"<section id='comments'><h2>التعليقات</h2><ol class='comment-list'><li><p>{COMMENT}</p></li>"
    f"<li><p>{COMMENT}</p></li></ol>"
    "<form><p>لن يتم نشر عنوان بريدك الإلكتروني.</p><textarea></textarea></form></section>"
)
FOOT = "<footer><p>جميع الحقوق محفوظة لصحيفة الميدان</p></footer>"
COOKIE_BANNER = f"<div class='cookie-banner'><p>{COOKIES}</p><button>أوافق</button></div>"


def body(paragraph: str = "p", heading: str = "h2") -> str:
    tags = {text: heading if text == SUBHEADING else paragraph for text in ARTICLE[1:]}
    return "".join(f"<{tag}>{text}</{tag}>" for text, tag in tags.items())


def page(*parts: str, head: str = HEAD) -> str:
    return f"<!DOCTYPE html><html lang='ar' dir='rtl'>{head}<body>{''.join(parts)}</body></html>"


H1 = f"<h1>{HEADLINE}</h1>"
SPANS = body().replace("<p>", "<p><span><span>").replace("</p>", "</span></span></p><p>&nbsp;</p>")
BOXED = body().replace("<p>", "<section><p>").replace("</p>", "</p></section>")
PAGES = {
    "a blog engine's article": page(
        COOKIE_BANNER,
        f"<header>{NAV}</header><main><article class='post tag-transport'>{H1}{SHARE}",
        f"<div class='entry-content'>{body()}</div>{SHARE}</article>{RELATED}{COMMENTS}</main>{SIDE}{FOOT}",
    ),
    "main with figure and aside": page(
        f"{NAV}<main><header>{H1}</header><figure><img src='a.jpg'><figcaption>شارك</figcaption></figure>",
        f"<div class='wysiwyg'>{body(heading='h3')}</div><aside>{COMMENT}</aside></main>{RELATED}{FOOT}",
    ),
    "sections of schema.org": page(
        f"{NAV}<div itemscope itemtype='http://schema.org/NewsArticle'>",
        f"<h1 itemprop='headline'>{HEADLINE}</h1><div itemprop='articleBody'>{body()}</div></div>",
        f"{SIDE}{RELATED}{COMMENTS}{FOOT}",
    ),
    "boxes instead of paragraphs": page(
        f"<div class='top'>{NAV}</div><div class='page'>{H1}",
        f"<div class='txt with-sidebar'>{body('div')}</div>{SHARE}</div>{SIDE}{FOOT}",
    ),
    "a form around everything": page(
        f"<form id='aspnetForm'>{NAV}<div class='story'>{H1}{body()}</div>{RELATED}</form>{FOOT}",
    ),
    "paragraphs in spans, blank ones between": page(f"{NAV}<div>{H1}{SPANS}</div>{SIDE}{FOOT}"),
    "one section for each paragraph": page(
        f"{NAV}<section class='article-body'>{H1}{BOXED}</section>{COMMENTS}{FOOT}"
    ),
    "a fragment without a page": H1 + body(),
}


@pytest.mark.parametrize("html", PAGES.values(), ids=PAGES.keys())
def test_the_article_comes_out_whole_and_alone(html: str) -> None:
    title, blocks = extract(html)
    assert [block.text for block in blocks] == ARTICLE
    assert [block.text for block in blocks if block.heading] == [HEADLINE, SUBHEADING]
    assert title == HEADLINE


@pytest.mark.parametrize("html", PAGES.values(), ids=PAGES.keys())
def test_nothing_around_the_article_leaks_into_it(html: str) -> None:
    text = "\n".join(block.text for block in extract(html)[1])
    assert [noise for noise in NOISE if noise in text] == []


def test_a_page_laid_out_with_tables_and_line_breaks_keeps_its_lines() -> None:
    title, blocks = extract(
        page(
            "<table><tr><td><a>الرئيسية</a><br><a>رياضة</a></td>",
            f"<td><font size=5><b>{HEADLINE}</b></font><br><br>",
            f"{'<br><br>'.join(ARTICLE[1:])}</td></tr></table>",
            head=f"<head><title>{HEADLINE}</title></head>",
        )
    )
    assert [block.text for block in blocks] == ARTICLE
    assert title == HEADLINE


@pytest.mark.parametrize("length", [1, 2])
def test_a_short_article_survives_among_long_lists_of_links_and_comments(length: int) -> None:
    paragraphs = "".join(f"<p>{text}</p>" for text in (SHORT, FIRST)[:length])
    content = f"<div class='content'>{H1}{paragraphs}</div>"
    _, blocks = extract(page(NAV, SIDE, content, RELATED, RELATED, COMMENTS, FOOT))
    assert [block.text for block in blocks] == [HEADLINE, SHORT, FIRST][: length + 1]


@pytest.mark.parametrize(
    "names",
    [
        "post-content no-sidebar",
        "entry-content with-sidebar",
        "post-body ads-enabled",
        "content social-share-on",
        "news-search-content",
        "body related-links-below",
        "content comments-open",
    ],
)
@pytest.mark.parametrize("comments", [0, 12])
def test_the_articles_own_box_may_be_named_after_what_surrounds_it(names: str, comments: int) -> None:
    readers = "".join(f"<li><b>قارئ</b><p>{COMMENT}</p></li>" for _ in range(comments))
    content = f"<div class='top'>{H1}</div><div class='{names}'>{body()}</div>"
    _, blocks = extract(page(NAV, content, f"<ol id='comments'>{readers}</ol>", FOOT))
    assert [block.text for block in blocks] == ARTICLE


def test_a_box_whose_name_misleads_is_read_where_nothing_but_headings_is_left() -> None:
    _, blocks = extract(page(NAV, H1, f"<div class='story-related-wrap'>{body()}</div>", FOOT))
    assert [block.text for block in blocks] == ARTICLE


def test_a_named_list_of_links_longer_than_the_article_is_dropped() -> None:
    popular = f"<div class='popular'><h3>الأوسع انتشارا</h3>{links('ul', OTHERS * 3)}</div>"
    _, blocks = extract(page(f"<div>{H1}<p>{FIRST}</p></div>", popular, COMMENTS))
    assert [block.text for block in blocks] == [HEADLINE, FIRST]


def test_a_line_of_marks_that_nobody_sees_is_no_block() -> None:
    _, blocks = extract(page(f"<article><h2>\u200f</h2>{H1}<p>\u200f</p>{body()}</article>"))
    assert [block.text for block in blocks] == ARTICLE


def test_list_items_and_quotations_of_the_article_are_kept() -> None:
    items = "<ul><li>طول الخط 20 كيلومترا.</li><li>عدد المحطات 16 محطة.</li></ul>"
    quotation = "<blockquote><p>«نريد شبكة كاملة».</p></blockquote>"
    _, blocks = extract(page(NAV, f"<article>{H1}{body()}{items}{quotation}</article>"))
    added = ["طول الخط 20 كيلومترا.", "عدد المحطات 16 محطة.", "«نريد شبكة كاملة»."]
    assert [block.text for block in blocks] == ARTICLE + added


def test_inline_tags_neither_split_nor_join_words() -> None:
    inline = "قال <b>الوز</b>ير: <a href='/x'>المشروع</a>&nbsp;جاهز&#1600;.\n ثم<i> غادر</i>."
    _, blocks = extract(f"<article><p>{inline}</p><p>{FIRST}</p></article>")
    assert blocks[0].text == "قال الوزير: المشروع جاهزـ. ثم غادر."


def test_a_standfirst_between_headline_and_text_is_kept() -> None:
    standfirst = "الوزارة تتوقع 120 ألف راكب يوميا، ومهندسون ينتقدون التأخير."
    _, blocks = extract(page(NAV, f"<main>{H1}<p>{standfirst}</p>{SHARE}<div>{body()}</div></main>"))
    assert [block.text for block in blocks] == [HEADLINE, standfirst, *ARTICLE[1:]]


def test_the_sites_name_in_a_heading_is_not_the_headline() -> None:
    logo = "<header><h1 class='logo'><a href='/'>صحيفة الميدان</a></h1></header>"
    title, blocks = extract(page(logo, f"<div><h2>{HEADLINE}</h2>{body(heading='h3')}</div>"))
    assert title == HEADLINE
    assert [block.text for block in blocks] == ARTICLE


def test_the_headline_on_the_page_wins_over_what_the_metadata_say() -> None:
    head = "<head><title>نقل: حافلات سريعة - الميدان</title></head>"
    assert extract(page(H1, body(), head=head))[0] == HEADLINE


def test_without_a_headline_the_title_is_the_metadatas_without_the_sites_name() -> None:
    assert extract(page(body(), head=f"<head><title>{HEADLINE} - الميدان</title></head>"))[0] == HEADLINE


def test_hidden_boxes_and_scripts_do_not_leak() -> None:
    _, blocks = extract(
        page(
            f"<article>{H1}{body()}<div style='display: none'><p>{COMMENT}</p></div>",
            f"<div hidden>{COOKIES}</div>",
            "<noscript><p>شارك</p></noscript><template><p>شارك</p></template>",
            "<script type='application/ld+json'>{'headline': 'شارك'}</script></article>",
        )
    )
    assert [block.text for block in blocks] == ARTICLE


@pytest.mark.parametrize(
    "html", ["", "<!-- -->", "<html></html>", "<body><script>var a = 1;</script></body>"]
)
def test_a_page_without_text_has_no_blocks(html: str) -> None:
    assert extract(html)[1] == ()


@pytest.mark.parametrize(
    "html",
    [
        "<p>قال \ud800 الوزير إن الأمر انتهى.</p>",
        "<p>قال \x00 الوزير إن الأمر انتهى.</p>",
        "<p>قال الوزير إن الأمر انتهى.<div><span></p></b>",
        "<?xml version='1.0' encoding='windows-1256'?><html><p>قال الوزير إن الأمر انتهى.</p></html>",
    ],
    ids=["surrogate", "nul", "broken tags", "xml declaration"],
)
def test_a_damaged_page_still_reads(html: str) -> None:
    assert [block.text for block in extract(html)[1]] == ["قال الوزير إن الأمر انتهى."]


def test_a_very_deep_page_and_a_very_long_one_do_not_break_the_reader() -> None:
    assert extract("<div>" * 150 + f"<p>{FIRST}</p>")[1][0].text == FIRST
    assert len(extract(f"<article>{f'<p>{FIRST}</p>' * 1000}</article>")[1]) == 1000


@pytest.mark.parametrize(
    ("text", "is_html"),
    [
        ("<!DOCTYPE html>\n<html>", True),
        ("  \n<!-- saved from --><html lang='ar'>", True),
        ("<p>فقرة", True),
        ("نص ثم <p>فقرة</p><p>أخرى</p>", True),
        ("قال إن 5 < 7 وإن <b> ليس وسما", False),
        ("<الخبر>", False),
        ("كيف نكتب <p> في HTML؟", False),
    ],
)
def test_html_is_known_by_its_tags(text: str, is_html: bool) -> None:
    assert looks_like_html(text) is is_html


def test_raised_figures_and_quotations_are_read_as_browsers_show_them() -> None:
    page = f"<article><h1>{HEADLINE}</h1><p>{FIRST}</p><p>{SECOND} بلغ 10<sup>6</sup> من CO<sub>2</sub>، <q>كثير</q>.</p></article>"
    _, blocks = extract(page)
    assert blocks[-1].text.endswith("بلغ 10⁶ من CO₂، «كثير».")


def test_the_heading_of_the_first_of_several_posts_is_kept() -> None:
    posts = "".join(
        f"<div><h3>{heading}</h3><p>{text}</p></div>" for heading, text in ((SHORT, FIRST), (QUOTE, SECOND))
    )
    _, blocks = extract(f"<main><h1>{HEADLINE}</h1>{posts}</main>")
    assert [block.text for block in blocks] == [HEADLINE, SHORT, FIRST, QUOTE, SECOND]
