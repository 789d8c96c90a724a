/* Mail to find things in, see the header.  Pure. */
#include "bench-mail.h"

#include <math.h>
#include <string.h>

#define NEWEST 1730000000
#define APART  1500 /* seconds between two, on the average */
#define LEAST  60
#define MOST   60000

/* Of a hundred messages. */
static const struct
{
  TongueKind tongue;
  guint share;
} shares[] = {
  { TONGUE_ENGLISH, 36 }, { TONGUE_KOREAN, 26 },    { TONGUE_JAPANESE, 8 }, { TONGUE_CHINESE, 7 },
  { TONGUE_GERMAN, 7 },   { TONGUE_VIETNAMESE, 4 }, { TONGUE_THAI, 3 },     { TONGUE_ARABIC, 3 },
  { TONGUE_RUSSIAN, 2 },  { TONGUE_MIXED, 4 },
};

static TongueKind
choose_tongue (GRand *rand)
{
  guint place = (guint)g_rand_int_range (rand, 0, 100), i = 0;

  while (place >= shares[i].share)
    place -= shares[i++].share;
  return shares[i].tongue;
}

static double
get_normal (GRand *rand)
{
  double sum = 0;

  for (guint i = 0; i < 12; i++)
    sum += g_rand_double (rand);
  return sum - 6;
}

/* Some write much more than others. */
static void
make_person (Tongues *tongues, GRand *rand, TongueKind tongue, char **name, char **address)
{
  guint who = (guint)exp (g_rand_double (rand) * log (4000));
  g_autoptr (GRand) own = g_rand_new_with_seed (who * 31 + (guint)tongue);
  g_autoptr (GString) text = g_string_new (NULL);

  tongues_append_name (tongues, own, tongue, text);
  *name = g_string_free (g_steal_pointer (&text), FALSE);
  *address = g_strdup_printf (
      "%s.%u@%s.example.%s", tongues_get_word (tongues, TONGUE_ENGLISH, 60 + who % 900), who,
      tongues_get_word (tongues, TONGUE_ENGLISH, 60 + who % 97), who % 3 == 0 ? "co.kr" : "com");
}

BenchMail *
bench_mail_make (Tongues *tongues, guint number)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (number * 2654435761u + 17);
  BenchMail *mail = g_new0 (BenchMail, 1);
  g_autoptr (GString) subject = g_string_new (NULL);
  double size;

  mail->number = number;
  mail->tongue = choose_tongue (rand);
  mail->received = NEWEST - (gint64)number * APART - g_rand_int_range (rand, 0, APART);
  make_person (tongues, rand, mail->tongue, &mail->from_name, &mail->from_address);
  make_person (tongues, rand, mail->tongue, &mail->to_name, &mail->to_address);
  tongues_append_title (tongues, rand, mail->tongue, subject);
  mail->subject = g_string_free (g_steal_pointer (&subject), FALSE);
  mail->is_html = g_rand_int_range (rand, 0, 10) == 0;
  if (g_rand_int_range (rand, 0, 9) == 0)
    mail->file = g_strdup_printf ("%s_%u.%s",
                                  tongues_get_word (tongues, mail->tongue % TONGUE_CODE,
                                                    (guint)g_rand_int_range (rand, 0, 2000)),
                                  number, number % 2 == 0 ? "pdf" : "docx");
  size = 1400 * exp (get_normal (rand) * 1.1);
  mail->body = g_string_new (NULL);
  tongues_append_text (tongues, rand, mail->tongue, (gsize)CLAMP (size, LEAST, MOST), mail->body);
  return mail;
}

void
bench_mail_free (BenchMail *mail)
{
  g_free (mail->from_name);
  g_free (mail->from_address);
  g_free (mail->to_name);
  g_free (mail->to_address);
  g_free (mail->subject);
  g_free (mail->file);
  g_string_free (mail->body, TRUE);
  g_free (mail);
}

GString *
bench_mail_get_text (const BenchMail *mail)
{
  GString *text = g_string_sized_new (mail->body->len + 300);

  g_string_append_printf (text, "%s\n%s\n%s\n%s\n%s\n", mail->subject, mail->from_name,
                          mail->from_address, mail->to_name, mail->to_address);
  if (mail->file != NULL)
    g_string_append_printf (text, "%s\n", mail->file);
  g_string_append_len (text, mail->body->str, (gssize)mail->body->len);
  return text;
}

static void
append_base64 (GString *out, const char *data, gsize length)
{
  g_autofree char *base64 = g_base64_encode ((const guchar *)data, length);

  for (const char *at = base64; *at != '\0';) {
    gsize n = MIN (strlen (at), 76);

    g_string_append_len (out, at, (gssize)n);
    g_string_append (out, "\r\n");
    at += n;
  }
}

/* An encoded-word of each two dozen characters. */
static void
append_words (GString *out, const char *text)
{
  while (*text != '\0') {
    const char *end = text;

    for (guint i = 0; i < 12 && *end != '\0'; i++)
      end = g_utf8_next_char (end);
    g_autofree char *base64 = g_base64_encode ((const guchar *)text, (gsize)(end - text));
    g_string_append_printf (out, "=?UTF-8?B?%s?=%s", base64, *end != '\0' ? "\r\n " : "");
    text = end;
  }
}

static void
append_html (GString *out, const BenchMail *mail)
{
  g_auto (GStrv) lines = g_strsplit (mail->body->str, "\n", -1);

  g_string_append (
      out,
      "<html><head><style>td { font-family: sans-serif; color: #333 }</style></head><body><table width=\"600\">");
  for (guint i = 0; lines[i] != NULL; i++) {
    g_autofree char *escaped = g_markup_escape_text (lines[i], -1);

    g_string_append_printf (
        out,
        "<tr><td style=\"padding: 12px; border-bottom: 1px solid #eee\"><p>%s</p><a href=\"https://news.example.com/c/%u/%u\"><img "
        "src=\"https://news.example.com/i/%u.png\" width=\"1\"></a></td></tr>\n",
        escaped, mail->number, i, i);
  }
  g_string_append (out, "</table></body></html>\n");
}

GString *
bench_mail_get_octets (const BenchMail *mail)
{
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_utc (mail->received);
  g_autofree char *date = g_date_time_format (when, "%a, %d %b %Y %H:%M:%S +0000");
  GString *out = g_string_new ("From: ");

  append_words (out, mail->from_name);
  g_string_append_printf (out, " <%s>\r\nTo: ", mail->from_address);
  append_words (out, mail->to_name);
  g_string_append_printf (
      out, " <%s>\r\nDate: %s\r\nMessage-ID: <%u@bench.example.org>\r\nSubject: ", mail->to_address,
      date, mail->number);
  append_words (out, mail->subject);
  g_string_append (out, "\r\nMIME-Version: 1.0\r\n");
  if (mail->file != NULL)
    g_string_append (out, "Content-Type: multipart/mixed; boundary=\"part\"\r\n\r\n--part\r\n");
  g_string_append_printf (
      out, "Content-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n",
      mail->is_html ? "html" : "plain");
  if (mail->is_html) {
    g_autoptr (GString) html = g_string_new (NULL);

    append_html (html, mail);
    append_base64 (out, html->str, html->len);
  } else {
    append_base64 (out, mail->body->str, mail->body->len);
  }
  if (mail->file != NULL) {
    g_string_append (out, "--part\r\nContent-Type: application/octet-stream; name=\"");
    append_words (out, mail->file);
    g_string_append (
        out,
        "\"\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQK\r\n--part--\r\n");
  }
  return out;
}
