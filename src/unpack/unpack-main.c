/* sosik-unpack: see unpack-format.h.  One file of a stranger, one answer, the end.  It has its walls up before it reads the first
 * octet, and must never do anything that they would not let it. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

#include "unpack-calendar.h"
#include "unpack-card.h"
#include "unpack-pdf.h"
#include "unpack-picture.h"
#include "unpack-sandbox.h"
#include "unpack-text.h"
#include "unpack-tnef.h"

#define CHUNK 65536

static GBytes *
read_all (int fd)
{
  GByteArray *all = g_byte_array_new ();

  for (;;) {
    guint before = all->len;
    g_byte_array_set_size (all, before + CHUNK);
    gssize n = read (fd, all->data + before, CHUNK);
    g_byte_array_set_size (all, before + (guint)MAX (n, 0));
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0 || all->len > UNPACK_MAX_INPUT)
      break;
  }
  return g_byte_array_free_to_bytes (all);
}

static gboolean
write_all (int fd, const guint8 *data, gsize length)
{
  while (length > 0) {
    gssize n = write (fd, data, length);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return FALSE;
    data += n;
    length -= (gsize)n;
  }
  return TRUE;
}

static guint
number (char **arguments, int n, int index)
{
  return index < n ? (guint)CLAMP (g_ascii_strtoll (arguments[index], NULL, 10), 0, G_MAXINT) : 0;
}

/* NULL with *status set; FALSE from *known: no such verb. */
static GVariant *
do_verb (const char *verb, char **arguments, int n, GBytes *bytes, UnpackStatus *status,
         gboolean *known)
{
  *known = TRUE;
  *status = UNPACK_TOO_LARGE;
  if (g_bytes_get_size (bytes) > UNPACK_MAX_INPUT)
    return NULL;
  if (strcmp (verb, "picture") == 0 && n == 1)
    return unpack_picture (bytes, number (arguments, n, 0), status);
  if (strcmp (verb, "pdf") == 0 && n == 0)
    return unpack_pdf (bytes, status);
  if (strcmp (verb, "pdf-page") == 0 && n == 2)
    return unpack_pdf_page (bytes, number (arguments, n, 0), number (arguments, n, 1), status);
  if (strcmp (verb, "text") == 0 && n == 1)
    return unpack_text (bytes, number (arguments, n, 0), status);
  if (strcmp (verb, "tnef") == 0 && n == 0)
    return unpack_tnef (bytes, status);
  if (strcmp (verb, "calendar") == 0 && n == 1)
    return unpack_calendar (bytes, g_ascii_strtoll (arguments[0], NULL, 10), status);
  if (strcmp (verb, "calendar-reply") == 0 && n == 4)
    return unpack_calendar_reply (bytes, arguments[0], arguments[1], arguments[2],
                                  g_ascii_strtoll (arguments[3], NULL, 10), status);
  if (strcmp (verb, "card") == 0 && n == 0)
    return unpack_card (bytes, status);
  *known = FALSE;
  return NULL;
}

int
main (int argc, char **argv)
{
  /* libytnef prints to stdout what it does not like, which would land in the middle of the answer. */
  int out = fcntl (STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  if (argc < 2 || out < 0 || dup2 (STDERR_FILENO, STDOUT_FILENO) < 0)
    return 2;
  setlocale (LC_ALL, "C.UTF-8");
  if (!unpack_sandbox_enter ())
    return 3;

  g_autoptr (GBytes) bytes = read_all (STDIN_FILENO);
  UnpackStatus status;
  gboolean known;
  GVariant *value = do_verb (argv[1], argv + 2, argc - 2, bytes, &status, &known);
  if (!known)
    return 2;
  if (!value)
    value = g_variant_new_string ("");
  g_autoptr (GVariant) reply =
      g_variant_ref_sink (g_variant_new (UNPACK_REPLY, (guint32)status, value));
  /* All is said: nothing of what the libraries would do at the end is let run; LeakSanitizer could not, either, behind these walls. */
  _exit (write_all (out, g_variant_get_data (reply), g_variant_get_size (reply)) ? 0 : 1);
}
