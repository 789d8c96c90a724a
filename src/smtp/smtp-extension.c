/* What a server offers: the words of EHLO, and which of them are not to be believed.  Pure, on the thread of the session;
 * must never let an extension count that was not offered since the last EHLO. */
#include <string.h>

#include "smtp-session-private.h"

static const struct
{
  const char *word;
  SmtpCapability capability;
} known[] = {
  { "STARTTLS", SMTP_CAP_STARTTLS },
  { "PIPELINING", SMTP_CAP_PIPELINING },
  { "8BITMIME", SMTP_CAP_8BITMIME },
  { "SMTPUTF8", SMTP_CAP_SMTPUTF8 },
  { "SIZE", SMTP_CAP_SIZE },
  { "AUTH", SMTP_CAP_AUTH },
  { "ENHANCEDSTATUSCODES", SMTP_CAP_ENHANCED },
  { "CHUNKING", SMTP_CAP_CHUNKING },
  { "DSN", SMTP_CAP_DSN },
  { "FUTURERELEASE", SMTP_CAP_FUTURERELEASE },
};

/* Servers known to offer what they cannot do; a suffix of the host name. */
static const struct
{
  const char *host;
  SmtpCapability disabled;
} quirks[] = {
  /* Yahoo and AOL, one system: 8BITMIME is offered, but 8-bit mail comes out damaged. */
  { "mail.yahoo.com", SMTP_CAP_8BITMIME },
  { "mail.yahoo.co.jp", SMTP_CAP_8BITMIME },
  { "smtp.aol.com", SMTP_CAP_8BITMIME },
};

SmtpCapability
smtp_capability_from_word (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    if (g_ascii_strcasecmp (word, known[i].word) == 0)
      return known[i].capability;
  }

  return 0;
}

SmtpCapability
smtp_quirk_disabled (const char *host)
{
  g_autofree char *lower = g_ascii_strdown (host, -1);
  SmtpCapability disabled = 0;

  for (guint i = 0; i < G_N_ELEMENTS (quirks); i++) {
    if (g_str_has_suffix (lower, quirks[i].host))
      disabled |= quirks[i].disabled;
  }

  return disabled;
}

void
smtp_session_forget_extensions (SmtpSession *session)
{
  session->capabilities = 0;
  session->size_limit = 0;
  session->hold_seconds = 0;
  session->hold_until = 0;
  g_clear_pointer (&session->mechanisms, g_strfreev);
}

/* "FUTURERELEASE 864000 2026-12-24T18:00:00Z" (RFC 4865, 4). */
static void
take_hold_limits (SmtpSession *session, char **parameters)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) until = NULL;

  if (parameters[0] == NULL)
    return;
  session->hold_seconds = g_ascii_strtoull (parameters[0], NULL, 10);
  until = parameters[1] != NULL ? g_date_time_new_from_iso8601 (parameters[1], utc) : NULL;
  if (until != NULL)
    session->hold_until = g_date_time_to_unix (until);
}

/* One line: a keyword and its parameters. */
static void
take_extension (SmtpSession *session, const char *line)
{
  g_autofree char *upper = g_ascii_strup (line, -1);
  g_auto (GStrv) words = NULL;
  SmtpCapability capability;

  /* "AUTH=LOGIN" is how it was written long ago; some servers still do. */
  if (g_str_has_prefix (upper, "AUTH="))
    upper[4] = ' ';
  words = g_strsplit_set (upper, " \t", -1);
  capability = words[0] != NULL ? smtp_capability_from_word (words[0]) : 0;
  session->capabilities |= capability;
  if (capability == SMTP_CAP_SIZE && words[1] != NULL)
    session->size_limit = g_ascii_strtoull (words[1], NULL, 10);
  if (capability == SMTP_CAP_FUTURERELEASE)
    take_hold_limits (session, words + 1);
  if (capability == SMTP_CAP_AUTH) {
    g_strfreev (session->mechanisms);
    session->mechanisms = g_strdupv (words + 1);
  }
}

void
smtp_session_take_extensions (SmtpSession *session, const SmtpReply *reply)
{
  smtp_session_forget_extensions (session);
  for (guint i = 1; i < reply->lines->len; i++)
    take_extension (session, smtp_reply_line (reply, i));
}

gboolean
smtp_session_has (SmtpSession *session, SmtpCapability capability)
{
  return (session->capabilities & ~session->disabled & capability) == capability;
}

void
smtp_session_set_disabled (SmtpSession *session, SmtpCapability capabilities)
{
  session->disabled = smtp_quirk_disabled (session->host)
                      | (capabilities & ~(SmtpCapability)(SMTP_CAP_STARTTLS | SMTP_CAP_AUTH));
}

SmtpCapability
smtp_session_get_doubted (SmtpSession *session)
{
  return session->doubted;
}

guint64
smtp_session_get_size_limit (SmtpSession *session)
{
  return smtp_session_has (session, SMTP_CAP_SIZE) ? session->size_limit : 0;
}

gboolean
smtp_session_can_hold (SmtpSession *session, gint64 until)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  return smtp_session_has (session, SMTP_CAP_FUTURERELEASE)
         && (session->hold_until == 0 || until <= session->hold_until)
         && (session->hold_seconds == 0
             || until - now <= (gint64)MIN (session->hold_seconds, G_MAXINT64));
}
