/* HTML of strangers: cleaned by an allow-list, or turned to text.  libxml2's HTML parser underneath.  Pure, any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Maps a cid (without "cid:", decoded) to a URL that may stand in src, or NULL to drop it. Newly allocated. */
typedef char *(*MimeHtmlCidFunc) (const char *cid, gpointer user_data);

/* What a message brings, and so what may be done to its paper in the dark. */
typedef enum
{
  MIME_HTML_LETTER,   /* text with hardly a background */
  MIME_HTML_DESIGNED, /* a layout that counts on the paper it paints, or on white */
  MIME_HTML_ADAPTIVE, /* has a dark style of its own */
} MimeHtmlLook;

typedef struct
{
  guint blocked; /* remote images: left out, or to be fetched */
  GPtrArray *
      trackers; /* of char: addresses of pictures that only tell that the message was opened; never in the output */
  MimeHtmlLook look;
} MimeHtmlFacts;

void mime_html_facts_clear (MimeHtmlFacts *facts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MimeHtmlFacts, mime_html_facts_clear)

/* Whole clean document: allowed elements, attributes and CSS properties only; no script, style elements cleaned, no link/meta/base/iframe/object/form
 * controls, no event attributes, no url() in CSS; links only http, https, mailto.  Remote images: taken out (alt text stays, with the class
 * "sosik-blocked") when !allow_remote, else src="sosik-remote:PERCENT-ENCODED".  Cleaning twice equals once.  What the sender hid is gone (mime-hidden-private.h): the
 * text of the output is what mime_html_to_text () gives.  `facts` nullable. */
char *mime_html_clean (const char *html, gboolean allow_remote, MimeHtmlFacts *facts,
                       MimeHtmlCidFunc cid_func, gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
/* Readable plain text: paragraphs, lists, link targets kept where they differ from the text, quotes as "> ", hidden elements
 * left out; no markup. */
char *mime_html_to_text (const char *html) G_GNUC_WARN_UNUSED_RESULT;
/* The same without what pictures are said to show (alt): who sees the picture does not see that. */
char *mime_html_to_quote (const char *html) G_GNUC_WARN_UNUSED_RESULT;

/* Where a page comes from, and so what of it becomes part of a letter.  Tables that do not stay ones are lines, a row each. */
typedef enum
{
  MIME_LETTER_QUOTED, /* a message: tables with lines stay, the others may only place things on a page */
  MIME_LETTER_PASTED, /* somebody copied it: whatever is no page in itself stays a table */
  MIME_LETTER_WRITTEN, /* a letter that was being written, here or elsewhere: as QUOTED, and sizes, fonts, all colours, alignment, empty lines and
                        * spaces are as they were, as far as a letter has them */
} MimeLetterSource;

/* HTML that mime_html_clean () gave, as lines of a letter that is being written: <div> and <h2> with <b>, <i>, <u>, <s>, <a>, <span> with a colour or a
 * fixed font, and <img src="cid:…"> in them; lists, quotes ("> ") and rows of tables that do not stay ones (with tabs) are text;
 * those that do are <table> in a line of their own, with <tr> and <td> of words, as ui-editor-table.h has them.  All lines are quoted `quotes` deep besides.  Well-formed
 * XML without an element around it; "" when there is nothing to read.  What comes behind `max` octets is left out, and "…" says so.  `picture_func`,
 * nullable, is given src of a picture and gives its Content-ID, or NULL to leave it out. */
char *mime_html_to_letter (const char *clean, guint quotes, gsize max, MimeLetterSource source, MimeHtmlCidFunc picture_func, gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;

/* A table of words in it has more cells than those that stay ones. */
gboolean mime_html_has_large_table (const char *clean);

/* Characters from `start` to before `end` of the words of a page: those of its body above U+0020, each picture of the message (sosik-cid:)
 * is one. */
typedef struct
{
  guint start, end;
} MimeHtmlRun;
/* A clean page with nothing but these of its words (in their order, apart from each other), the spaces between them and the elements around them.  `said` are the same
 * words, without spaces and with U+FFFC for pictures, as somebody else found them: NULL if these are not they, or there are none. */
char *mime_html_cut (const char *clean, const MimeHtmlRun *runs, gsize n_runs,
                     const char *said) G_GNUC_WARN_UNUSED_RESULT;
/* As mime_html_to_letter (), of plain text. */
char *mime_text_to_letter (const char *text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
