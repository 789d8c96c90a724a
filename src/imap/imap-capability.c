/* What the server can do: its words, and what is not to be used of it.  Runs in the session's thread; must never bring back what was
 * switched off, is known to be broken, or was answered with BAD. */
#include "imap-session-private.h"

#include <string.h>

static const struct
{
  const char *word;
  ImapCapability capability;
} capability_words[] = {
  { "IDLE", IMAP_CAP_IDLE },
  { "MOVE", IMAP_CAP_MOVE },
  { "UIDPLUS", IMAP_CAP_UIDPLUS },
  { "CONDSTORE", IMAP_CAP_CONDSTORE },
  { "QRESYNC", IMAP_CAP_QRESYNC | IMAP_CAP_CONDSTORE }, /* implies it, RFC 7162 3.2.3 */
  { "ESEARCH", IMAP_CAP_ESEARCH },
  { "SPECIAL-USE", IMAP_CAP_SPECIAL_USE },
  { "LITERAL+", IMAP_CAP_LITERAL_PLUS },
  { "LITERAL-", IMAP_CAP_LITERAL_MINUS },
  { "SASL-IR", IMAP_CAP_SASL_IR },
  { "ID", IMAP_CAP_ID },
  { "ENABLE", IMAP_CAP_ENABLE },
  { "UTF8=ACCEPT", IMAP_CAP_UTF8_ACCEPT },
  { "UTF8=ONLY", IMAP_CAP_UTF8_ACCEPT },
  { "LIST-STATUS", IMAP_CAP_LIST_STATUS },
  { "LIST-EXTENDED", IMAP_CAP_LIST_EXTENDED },
  { "STARTTLS", IMAP_CAP_STARTTLS },
  { "LOGINDISABLED", IMAP_CAP_LOGINDISABLED },
  { "UNSELECT", IMAP_CAP_UNSELECT },
  { "X-GM-EXT-1", IMAP_CAP_GMAIL },
  { "NAMESPACE", IMAP_CAP_NAMESPACE },
  { "NOTIFY", IMAP_CAP_NOTIFY },
  { "COMPRESS=DEFLATE", IMAP_CAP_COMPRESS },
  { "OBJECTID", IMAP_CAP_OBJECTID },
  { "PREVIEW", IMAP_CAP_PREVIEW },
  { "BINARY", IMAP_CAP_BINARY },
  { "APPENDLIMIT", IMAP_CAP_APPENDLIMIT },
  { "STATUS=SIZE", IMAP_CAP_STATUS_SIZE },
  /* what RFC 9051 made part of the base protocol */
  { "IMAP4REV2", IMAP_CAP_IMAP4REV2 | IMAP_CAP_IDLE | IMAP_CAP_MOVE | IMAP_CAP_UIDPLUS
                     | IMAP_CAP_ESEARCH | IMAP_CAP_SPECIAL_USE | IMAP_CAP_LITERAL_MINUS
                     | IMAP_CAP_SASL_IR | IMAP_CAP_ENABLE | IMAP_CAP_LIST_STATUS
                     | IMAP_CAP_LIST_EXTENDED | IMAP_CAP_UNSELECT | IMAP_CAP_NAMESPACE
                     | IMAP_CAP_STATUS_SIZE },
};

void
imap_capability_forget (ImapSession *session)
{
  session->capabilities = 0;
  session->capabilities_known = FALSE;
  session->append_limit = 0;
  g_ptr_array_set_size (session->mechanisms, 0);
}

void
imap_capability_take (ImapSession *session, const char *words)
{
  g_auto (GStrv) list = g_strsplit (words, " ", -1);

  imap_capability_forget (session);
  session->capabilities_known = TRUE;
  for (guint i = 0; list[i] != NULL; i++) {
    if (g_ascii_strncasecmp (list[i], "AUTH=", 5) == 0) {
      g_ptr_array_add (session->mechanisms, g_ascii_strup (list[i] + 5, -1));
      continue;
    }
    if (g_ascii_strncasecmp (list[i], "APPENDLIMIT=", 12) == 0) {
      session->capabilities |= IMAP_CAP_APPENDLIMIT;
      session->append_limit = g_ascii_strtoull (list[i] + 12, NULL, 10);
      continue;
    }
    for (guint k = 0; k < G_N_ELEMENTS (capability_words); k++) {
      if (g_ascii_strcasecmp (list[i], capability_words[k].word) == 0)
        session->capabilities |= capability_words[k].capability;
    }
  }
  imap_capability_limit (session);
  if (!imap_session_has (session, IMAP_CAP_APPENDLIMIT))
    session->append_limit = 0;
}

void
imap_capability_limit (ImapSession *session)
{
  g_ptr_array_add (session->mechanisms, NULL);
  g_autofree char *mechanisms = g_strjoinv (" ", (char **)session->mechanisms->pdata);
  g_ptr_array_set_size (session->mechanisms, (int)session->mechanisms->len - 1);
  const ImapServerWords words = { .host = session->host,
                                  .greeting = session->greeting,
                                  .mechanisms = mechanisms,
                                  .id = session->server_id };
  ImapQuirks quirks = imap_quirks_find (&words);

  /* what was recognised before the sign-in is still the same server behind it */
  session->quirks.without |= quirks.without;
  session->quirks.needs_id |= quirks.needs_id;
  session->quirks.no_status_id |= quirks.no_status_id;
  session->capabilities &= ~(session->disabled | session->quirks.without | session->doubted);
}

ImapCapability
imap_capability_from_word (const char *word)
{
  if (g_ascii_strcasecmp (word, "IMAP4rev2") == 0)
    return IMAP_CAP_IMAP4REV2;
  if (g_ascii_strcasecmp (word, "CONDSTORE") == 0)
    return IMAP_CAP_CONDSTORE | IMAP_CAP_QRESYNC;
  if (g_ascii_strcasecmp (word, "QRESYNC") == 0)
    return IMAP_CAP_QRESYNC;
  for (guint i = 0; i < G_N_ELEMENTS (capability_words); i++) {
    if (g_ascii_strcasecmp (word, capability_words[i].word) == 0)
      return capability_words[i].capability
             & ~(ImapCapability)(IMAP_CAP_STARTTLS | IMAP_CAP_LOGINDISABLED);
  }
  return 0;
}
