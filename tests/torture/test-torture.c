/* Sends every message of torture-make.c down the whole road of opening one: no crash, no hang, at most a second for each megabyte, valid text, and files to
 * the byte.  Ends with "figure: torture_messages N count" and "figure: torture_failures N count". */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "mime-authentication.h"
#include "mime-html.h"
#include "mime-list.h"
#include "mime-message.h"
#include "torture-make.h"

#define HANG_S 30 /* an alarm ends the program then */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SLOWER 8
#else
#define SLOWER 1
#endif

static guint n_messages, n_failures;

static gboolean
is_text (const char *text)
{
  return text != NULL && g_utf8_validate (text, -1, NULL);
}

static gboolean
addresses_are_good (MimeMessage *message)
{
  static const char *const fields[] = { "From", "To", "Cc", "Reply-To" };

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++) {
    g_autoptr (GPtrArray) found = mime_message_get_addresses (message, fields[i]);

    for (guint j = 0; j < found->len; j++) {
      const MimeAddress *address = found->pdata[j];

      if (!is_text (address->name) || !is_text (address->address))
        return FALSE;
    }
  }
  return TRUE;
}

static const char *
check_parts (MimeMessage *message, const Torture *torture)
{
  GPtrArray *parts = mime_message_get_parts (message);
  gboolean found = FALSE;

  for (guint i = 0; i < parts->len; i++) {
    const MimePart *part = parts->pdata[i];
    g_autoptr (GBytes) content = NULL;

    if (!is_text (part->name) || part->name[0] == '\0' || strchr (part->name, '/') != NULL)
      return "the name of a part";
    if (i > 300 && i + 300 < parts->len)
      continue;
    content = mime_message_get_part_content (message, i);
    if (content == NULL)
      return "a part without content";
    if (torture->content != NULL && strcmp (part->name, "x.bin") == 0) {
      found = TRUE;
      if (!g_bytes_equal (content, torture->content))
        return "a file is not what it was";
    }
  }
  return torture->content == NULL || found ? NULL : "a file is missing";
}

/* What storing one does.  NULL: all is well. */
static const char *
summarise (GBytes *bytes, const Torture *torture)
{
  g_autoptr (MimeSummary) summary = mime_summary_from_message (bytes);
  g_autoptr (MimeSummary) header = mime_summary_from_header (bytes);

  if (!is_text (summary->subject) || !is_text (summary->from_name) || !is_text (summary->to)
      || !is_text (summary->preview) || !is_text (header->subject) || summary->date < 0)
    return "the summary";
  if (strpbrk (summary->subject, "\r\n") != NULL || strpbrk (summary->preview, "\r\n") != NULL)
    return "a line end in a row";
  return NULL;
}

/* What opening one does. */
static const char *
read_all (GBytes *bytes, const Torture *torture)
{
  static const char *const trusted[] = { "mx.example.net", "", NULL };
  g_autoptr (MimeMessage) message = mime_message_new (bytes);
  g_autoptr (MimeAuthentication) authentication = mime_authentication_read (message, trusted);
  g_autoptr (MimeList) list = mime_list_read (message);
  g_autofree char *subject = mime_message_get_header (message, "Subject");
  g_autofree char *html = mime_message_get_clean_html (message, FALSE, NULL);

  if (subject != NULL && !is_text (subject))
    return "the subject";
  if (!is_text (mime_message_get_text (message)))
    return "the text";
  if (html != NULL && !is_text (html))
    return "the HTML";
  if (mime_message_get_date (message) < 0)
    return "the date";
  if (!addresses_are_good (message))
    return "an address";
  return check_parts (message, torture);
}

/* Microseconds of work of this thread, which does all of it: others may be busy, too. */
static gint64
get_spent (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

typedef const char *(*Step) (GBytes *bytes, const Torture *torture);

/* Who is too slow is tried twice more, and the best counts: the memory, the caches and half of each core are others', too.  What is slow by its
 * nature stays so. */
static const char *
run_step (Step step, GBytes *bytes, const Torture *torture)
{
  gint64 allowed = SLOWER * MAX (G_USEC_PER_SEC, (gint64)torture->bytes->len), spent = G_MAXINT64;
  const char *wrong = NULL;

  for (guint round = 0; round < 3 && wrong == NULL && spent > allowed; round++) {
    gint64 start = get_spent ();

    alarm (HANG_S * SLOWER);
    wrong = step (bytes, torture);
    alarm (0);
    spent = get_spent () - start;
  }
  if (wrong == NULL && spent > allowed)
    wrong = "too slow";
  if (wrong != NULL)
    g_printerr ("# %s: %s (%u octets, %" G_GINT64_FORMAT " ms)\n", torture->name, wrong,
                torture->bytes->len, spent / 1000);
  return wrong;
}

static void
run (const Torture *torture)
{
  g_autoptr (GBytes) bytes = g_bytes_new (torture->bytes->data, torture->bytes->len);

  n_messages++;
  n_failures +=
      run_step (summarise, bytes, torture) != NULL || run_step (read_all, bytes, torture) != NULL;
}

int
main (int argc, char **argv)
{
  gboolean known = TRUE;
  guint kind = 0;

  for (; known; kind++) {
    guint before = n_failures;

    for (guint n = 0;; n++) {
      g_autoptr (Torture) torture = torture_make (kind, n, &known);

      if (torture == NULL)
        break;
      run (torture);
    }
    if (known)
      g_print ("%sok %u kind %u\n", n_failures > before ? "not " : "", kind + 1, kind);
  }
  g_print ("%sok %u at least 300 messages\n", n_messages >= 300 ? "" : "not ", kind);
  g_print ("1..%u\n# figure: torture_messages %u count\n# figure: torture_failures %u count\n",
           kind, n_messages, n_failures);
  return n_failures > 0 || n_messages < 300;
}
