/* The error domain: a GError with the server's own words beside the sentence.  Called from any thread; must
 * never put a secret or a full path into a message. */
#include "base-error.h"

#include <errno.h>
#include <glib/gi18n.h>

#include "base-secret.h"
#include "base-text.h"

/* Server texts are shown in a small label; more than this is noise. */
#define MAX_DETAIL 2000

typedef struct
{
  char *detail;     /* Owned, nullable */
  BaseTrust *trust; /* Owned, nullable */
  gboolean less_proof, lasting, locked, wants_client;
} BaseErrorPrivate;

static void
base_error_private_init (BaseErrorPrivate *private)
{
  private->detail = NULL;
  private->less_proof = private->lasting = private->locked = private->wants_client = FALSE;
  private->trust = NULL;
}

static void
base_error_private_copy (const BaseErrorPrivate *from, BaseErrorPrivate *to)
{
  to->detail = g_strdup (from->detail);
  to->less_proof = from->less_proof;
  to->lasting = from->lasting;
  to->locked = from->locked;
  to->wants_client = from->wants_client;
  to->trust = base_trust_dup (from->trust);
}

static void
base_error_private_clear (BaseErrorPrivate *private)
{
  g_free (private->detail);
  base_trust_free (private->trust);
}

G_DEFINE_EXTENDED_ERROR (BaseError, base_error)

/* Lines stay lines (a certificate is told in several), everything else that is invisible goes. */
static char *
clean_detail (const char *detail)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *struck = base_hush_strike (detail);
  g_auto (GStrv) lines = g_strsplit_set (struck != NULL ? struck : detail, "\r\n", -1);

  for (guint i = 0; lines[i] != NULL && text->len < MAX_DETAIL; i++) {
    g_autofree char *line = base_text_one_line (lines[i], MAX_DETAIL);

    if (*line == '\0')
      continue;
    if (text->len > 0)
      g_string_append_c (text, '\n');
    g_string_append (text, line);
  }

  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

void
base_error_set (GError **error, BaseErrorCode code, const char *detail, const char *format, ...)
{
  GError *made;
  va_list args;

  if (error == NULL)
    return;

  va_start (args, format);
  made = g_error_new_valist (BASE_ERROR, code, format, args);
  va_end (args);

  if (detail != NULL)
    base_error_get_private (made)->detail = clean_detail (detail);

  g_propagate_error (error, made);
}

const char *
base_error_get_detail (const GError *error)
{
  if (error == NULL || error->domain != BASE_ERROR)
    return NULL;

  return base_error_get_private (error)->detail;
}

void
base_error_set_less_proof (GError *error)
{
  if (error != NULL)
    base_error_get_private (error)->less_proof = TRUE;
}

gboolean
base_error_is_less_proof (const GError *error)
{
  return error != NULL && error->domain == BASE_ERROR && base_error_get_private (error)->less_proof;
}

void
base_error_set_lasting (GError *error)
{
  if (error != NULL)
    base_error_get_private (error)->lasting = TRUE;
}

gboolean
base_error_is_lasting (const GError *error)
{
  return error != NULL && error->domain == BASE_ERROR && base_error_get_private (error)->lasting;
}

void
base_error_set_locked (GError *error)
{
  if (error != NULL)
    base_error_get_private (error)->locked = TRUE;
}

gboolean
base_error_is_locked (const GError *error)
{
  return error != NULL && error->domain == BASE_ERROR && base_error_get_private (error)->locked;
}

void
base_error_set_wants_client (GError *error)
{
  if (error != NULL)
    base_error_get_private (error)->wants_client = TRUE;
}

gboolean
base_error_wants_client (const GError *error)
{
  return error != NULL && error->domain == BASE_ERROR
         && base_error_get_private (error)->wants_client;
}

void
base_error_take_trust (GError *error, BaseTrust *trust)
{
  g_autoptr (BaseTrust) taken = trust;

  if (error == NULL)
    return;
  g_return_if_fail (error->domain == BASE_ERROR);
  base_trust_free (base_error_get_private (error)->trust);
  base_error_get_private (error)->trust = g_steal_pointer (&taken);
}

const BaseTrust *
base_error_get_trust (const GError *error)
{
  if (error == NULL || error->domain != BASE_ERROR)
    return NULL;

  return base_error_get_private (error)->trust;
}

void
base_error_set_disk (GError **error, int saved_errno, const char *path)
{
  g_autofree char *last = g_path_get_basename (path);
  g_autofree char *name = base_text_one_line (last, 80);

  switch (saved_errno) {
  case ENOSPC:
  case EDQUOT:
    base_error_set (
        error, BASE_ERROR_DISK, g_strerror (saved_errno),
        _ ("There is no space left on this computer to save “%s”. Make some room and try again."),
        name);
    break;
  case EACCES:
  case EPERM:
  case EROFS:
    base_error_set (error, BASE_ERROR_DISK, g_strerror (saved_errno),
                    _ ("Sosik may not read or write “%s”. Check the permissions of its folder."),
                    name);
    break;
  case ENOENT:
    base_error_set (
        error, BASE_ERROR_DISK, g_strerror (saved_errno),
        _ ("“%s” could not be found on this computer. It may have been moved or removed."), name);
    break;
  default:
    base_error_set (
        error, BASE_ERROR_DISK, g_strerror (saved_errno),
        _ ("“%s” could not be read or written on this computer. Check the disk and try again."),
        name);
    break;
  }
}

gboolean
base_error_is_cancelled (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}
