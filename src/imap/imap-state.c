/* What the server says without being asked, and what it says about itself: capabilities, the selected mailbox, news,
 * goodbye.  Runs in the session's thread; every untagged response of every command passes here, so that no EXISTS or
 * EXPUNGE is ever lost.  Must never believe a 0 where it would erase something known. */
#include "imap-session-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "imap-fetch.h"

/* Alerts are shown to a person: a server that repeats itself does not get more room. */
#define MAX_ALERTS 2000

static const struct
{
  const char *word;
  ImapCapability capability;
} capability_words[] = {
  { "IDLE", IMAP_CAP_IDLE },
  { "MOVE", IMAP_CAP_MOVE },
  { "UIDPLUS", IMAP_CAP_UIDPLUS },
  { "CONDSTORE", IMAP_CAP_CONDSTORE },
  { "QRESYNC", IMAP_CAP_CONDSTORE }, /* implies it, RFC 7162 3.2.3 */
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
  /* what RFC 9051 made part of the base protocol */
  { "IMAP4REV2", IMAP_CAP_IMAP4REV2 | IMAP_CAP_IDLE | IMAP_CAP_MOVE | IMAP_CAP_UIDPLUS
                     | IMAP_CAP_ESEARCH | IMAP_CAP_SPECIAL_USE | IMAP_CAP_LITERAL_MINUS
                     | IMAP_CAP_SASL_IR | IMAP_CAP_ENABLE | IMAP_CAP_LIST_STATUS
                     | IMAP_CAP_LIST_EXTENDED | IMAP_CAP_UNSELECT | IMAP_CAP_NAMESPACE },
};

void
imap_state_forget_capabilities (ImapSession *session)
{
  session->capabilities = 0;
  session->capabilities_known = FALSE;
  g_ptr_array_set_size (session->mechanisms, 0);
}

void
imap_state_set_capabilities (ImapSession *session, const char *words)
{
  g_auto (GStrv) list = g_strsplit (words, " ", -1);

  imap_state_forget_capabilities (session);
  session->capabilities_known = TRUE;
  for (guint i = 0; list[i] != NULL; i++) {
    if (g_ascii_strncasecmp (list[i], "AUTH=", 5) == 0) {
      g_ptr_array_add (session->mechanisms, g_ascii_strup (list[i] + 5, -1));
      continue;
    }
    for (guint k = 0; k < G_N_ELEMENTS (capability_words); k++) {
      if (g_ascii_strcasecmp (list[i], capability_words[k].word) == 0)
        session->capabilities |= capability_words[k].capability;
    }
  }
}

void
imap_state_forget_selected (ImapSession *session)
{
  g_clear_pointer (&session->selected_name, g_free);
  session->selected = (ImapSelected){ 0 };
}

static void
take_permanent_flags (ImapSession *session, const char *list)
{
  g_auto (GStrv) flags = g_strsplit_set (list != NULL ? list : "", " ()", -1);

  session->selected.permanent_flags = 0;
  session->selected.permanent_keywords = FALSE;
  for (guint i = 0; flags[i] != NULL; i++) {
    if (strcmp (flags[i], "\\*") == 0)
      session->selected.permanent_keywords = TRUE;
    else
      session->selected.permanent_flags |= imap_flag_from_name (flags[i], strlen (flags[i]));
  }
}

static void
take_alert (ImapSession *session, const char *text)
{
  if (text == NULL || *text == '\0' || session->alerts->len + strlen (text) > MAX_ALERTS
      || strstr (session->alerts->str, text) != NULL)
    return;
  if (session->alerts->len > 0)
    g_string_append (session->alerts, "\n");
  g_string_append (session->alerts, text);
}

/* The number a code carries; 0 when none is there (Zoho's MODSEQ -1, hMailServer's UIDNEXT 0: quirks 42, 47). */
static guint64
number_of (const ImapResponse *response, guint64 max)
{
  if (response->argument == NULL)
    return 0;
  ImapToken token = { .type = IMAP_TOKEN_ATOM,
                      .text = response->argument,
                      .length = strcspn (response->argument, " ") };
  return imap_token_number (&token, max);
}

static void
take_mailbox_code (ImapSession *session, const ImapResponse *response)
{
  ImapSelected *selected = &session->selected;
  guint64 number = number_of (response, G_MAXINT64);

  if (imap_response_has_code (response, "UIDVALIDITY") && number > 0 && number <= G_MAXUINT32) {
    session->news |= !session->selecting && selected->uid_validity != number;
    selected->uid_validity = (guint32)number;
  } else if (imap_response_has_code (response, "UIDNEXT") && number > 0 && number <= G_MAXUINT32) {
    selected->uid_next = (guint32)number;
  } else if (imap_response_has_code (response, "HIGHESTMODSEQ")) {
    selected->highest_modseq = MAX (selected->highest_modseq, number);
  } else if (imap_response_has_code (response, "NOMODSEQ")) {
    selected->highest_modseq = 0;
  } else if (imap_response_has_code (response, "PERMANENTFLAGS")) {
    take_permanent_flags (session, response->argument);
  } else if (imap_response_has_code (response, "READ-ONLY")) {
    selected->read_only = TRUE;
  } else if (imap_response_has_code (response, "READ-WRITE")) {
    selected->read_only = FALSE;
  }
}

void
imap_state_take_code (ImapSession *session, const ImapResponse *response)
{
  if (response->code == NULL)
    return;
  if (imap_response_has_code (response, "CAPABILITY")) {
    if (response->argument != NULL)
      imap_state_set_capabilities (session, response->argument);
  } else if (imap_response_has_code (response, "ALERT")) {
    take_alert (session, response->text);
  } else if (session->selecting || session->selected_name != NULL) {
    take_mailbox_code (session, response);
  }
}

static void
take_expunged (ImapSession *session, guint64 count)
{
  guint64 own = MIN (count, session->expected_expunges);
  session->expected_expunges -= own;
  session->selected.exists -= (guint32)MIN (count, (guint64)session->selected.exists);
  if (count > own)
    session->news = TRUE;
}

/* VANISHED [(EARLIER)] uids, RFC 7162 3.2.10; the earlier ones were not counted in EXISTS. */
static void
take_vanished (ImapSession *session)
{
  ImapToken token;
  gboolean earlier = imap_lexer_next (session->lexer, &token) == IMAP_TOKEN_OPEN;
  if (earlier) {
    session->news = TRUE;
    return;
  }
  g_autofree char *text = imap_token_dup (&token);
  g_autoptr (BaseUidSet) uids = base_uid_set_parse (text);
  if (uids != NULL)
    take_expunged (session, base_uid_set_count (uids));
  else
    session->news = TRUE;
}

static gboolean
take_fetch (ImapSession *session, const ImapResponse *response, const ImapExchange *exchange,
            GError **error)
{
  g_auto (ImapFetched) fetched = { 0 };
  if (!imap_fetched_parse (&fetched, response->number, session->lexer, error))
    return FALSE;
  if (session->selected.uid_next != 0 && fetched.uid >= session->selected.uid_next
      && fetched.uid < G_MAXUINT32)
    session->selected.uid_next = fetched.uid + 1;

  /* what has no UID was not asked for: every FETCH of ours asks for UIDs */
  if (exchange == NULL || exchange->fetch == NULL || fetched.uid == 0) {
    session->news |= fetched.has_flags;
    return TRUE;
  }
  if (exchange->fetch (&fetched, exchange->user_data, error))
    return TRUE;
  if (error != NULL && *error == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled."));
  return FALSE;
}

static void
take_enabled (ImapSession *session)
{
  ImapToken token;
  while (imap_lexer_next (session->lexer, &token) == IMAP_TOKEN_ATOM) {
    if (imap_token_is (&token, "UTF8=ACCEPT"))
      session->utf8 = TRUE;
  }
}

static gboolean
take_data (ImapSession *session, const ImapResponse *response, const ImapExchange *exchange,
           GError **error)
{
  if (strcmp (response->name, "FETCH") == 0)
    return take_fetch (session, response, exchange, error);

  if (strcmp (response->name, "EXISTS") == 0) {
    session->news |= !session->selecting && session->selected.exists != response->number;
    session->selected.exists = response->number;
  } else if (strcmp (response->name, "EXPUNGE") == 0) {
    take_expunged (session, 1);
  } else if (strcmp (response->name, "VANISHED") == 0) {
    take_vanished (session);
  } else if (strcmp (response->name, "CAPABILITY") == 0) {
    const char *words = imap_lexer_rest (session->lexer);
    imap_state_set_capabilities (session, words != NULL ? words : "");
  } else if (strcmp (response->name, "ENABLED") == 0) {
    take_enabled (session);
  } else if (exchange != NULL && exchange->data != NULL) {
    return exchange->data (session, response, exchange->user_data, error);
  }
  return TRUE;
}

gboolean
imap_state_take_untagged (ImapSession *session, const ImapResponse *response,
                          const ImapExchange *exchange, GError **error)
{
  switch (response->condition) {
  case IMAP_CONDITION_NONE:
    return take_data (session, response, exchange, error);
  case IMAP_CONDITION_BYE:
    if (session->leaving)
      return TRUE;
    imap_state_take_code (session, response);
    base_error_set (error, BASE_ERROR_RETRY, response->text,
                    _ ("“%s” ended the connection. Sosik will try again."), session->host);
    return FALSE;
  case IMAP_CONDITION_OK:
  case IMAP_CONDITION_NO:
  case IMAP_CONDITION_BAD:
  case IMAP_CONDITION_PREAUTH:
    imap_state_take_code (session, response);
    return exchange == NULL || exchange->data == NULL
           || exchange->data (session, response, exchange->user_data, error);
  }
  return TRUE;
}
