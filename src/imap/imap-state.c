/* What the server says without being asked, and what it says about itself: the selected mailbox, news, goodbye.  Runs in the session's thread; every untagged response of every command passes here, so that no EXISTS or
 * EXPUNGE is ever lost.  Must never believe a 0 where it would erase something known. */
#include "imap-session-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "imap-fetch.h"

/* Alerts are shown to a person: a server that repeats itself does not get more room. */
#define MAX_ALERTS 2000

/* In one mailbox.  Who says more is not counting messages. */
#define MAX_MESSAGES 50000000

void
imap_state_forget_selected (ImapSession *session)
{
  g_clear_pointer (&session->selected_name, g_free);
  session->selected = (ImapSelected){ 0 };
}

void
imap_state_begin_selected (ImapSession *session, gboolean read_only)
{
  imap_state_forget_selected (session);
  imap_news_forget_selected (session);
  imap_gone_forget (session);
  session->selecting = TRUE;
  session->selected.read_only = read_only;
  /* no PERMANENTFLAGS means that all can be stored (RFC 9051 6.3.2) */
  session->selected.permanent_flags =
      IMAP_FLAG_SEEN | IMAP_FLAG_ANSWERED | IMAP_FLAG_FLAGGED | IMAP_FLAG_DELETED | IMAP_FLAG_DRAFT;
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
    if (!session->selecting && selected->uid_validity != number)
      imap_news_add_number (session, IMAP_NEWS_LOOK_AGAIN, 0);
    selected->uid_validity = (guint32)number;
  } else if (imap_response_has_code (response, "UIDNEXT") && number > 0 && number <= G_MAXUINT32) {
    selected->uid_next = (guint32)number;
  } else if (imap_response_has_code (response, "HIGHESTMODSEQ")) {
    selected->highest_modseq = MAX (selected->highest_modseq, number);
  } else if (imap_response_has_code (response, "NOMODSEQ")) {
    selected->highest_modseq = 0;
  } else if (imap_response_has_code (response, "PERMANENTFLAGS")) {
    take_permanent_flags (session, response->argument);
  } else if (imap_response_has_code (response, "MAILBOXID") && response->argument != NULL) {
    g_autofree char *id = g_strdup (response->argument);
    g_strdelimit (id, "()", ' ');
    g_strlcpy (selected->mailbox_id, g_strstrip (id), sizeof selected->mailbox_id);
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
      imap_capability_take (session, response->argument);
  } else if (!net_connection_is_secure (session->connection)) {
    return;
  } else if (imap_response_has_code (response, "ALERT")) {
    take_alert (session, response->text);
  } else if (imap_response_has_code (response, "NOTIFICATIONOVERFLOW")) {
    /* RFC 5465 5.8: as after NOTIFY NONE */
    if (session->watching)
      imap_news_add_number (session, IMAP_NEWS_UNWATCHED, 0);
    session->watching = FALSE;
  } else if (imap_response_has_code (response, "CLOSED") && session->selecting) {
    imap_state_begin_selected (session, session->selected.read_only);
  } else if (session->selecting || session->selected_name != NULL) {
    take_mailbox_code (session, response);
  }
}

gboolean
imap_state_check_going_on (gboolean going_on, GError **error)
{
  if (!going_on && error != NULL && *error == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled."));
  return going_on;
}

/* Whether "1:3,7,20:*" has `number`.  "20:*" has the last message in any case, whatever its number: that is left to
 * find_fetch (). */
static gboolean
set_has (const char *set, guint32 number)
{
  for (const char *at = set; *at != '\0'; at += strcspn (at, ","), at += *at == ',') {
    char *end;
    guint64 first = *at == '*' ? G_MAXUINT32 : g_ascii_strtoull (at, &end, 10), last = first;
    if (*at == '*')
      end = (char *)at + 1;
    if (*end == ':')
      last = end[1] == '*' ? G_MAXUINT32 : g_ascii_strtoull (end + 1, NULL, 10);
    if (number >= MIN (first, last) && number <= MAX (first, last))
      return TRUE;
  }
  return FALSE;
}

/* Flags and nothing else, for an exchange that asked for more: they were told unasked. */
static gboolean
is_only_flags (const ImapExchange *exchange, const ImapFetched *fetched)
{
  return fetched->has_flags && !imap_fetched_has_more (fetched)
         && (exchange->items & ~(guint)(IMAP_FETCH_FLAGS | IMAP_FETCH_MODSEQ)) != 0;
}

/* More than flags, for an exchange that asked for no more than these (and labels): one behind it may have. */
static gboolean
is_too_much (const ImapExchange *exchange, const ImapFetched *fetched)
{
  ImapFetchItems little = IMAP_FETCH_FLAGS | IMAP_FETCH_MODSEQ | IMAP_FETCH_LABELS;

  return exchange->items != 0 && (exchange->items & ~(guint)little) == 0
         && (fetched->size != 0 || fetched->date != 0 || fetched->header != NULL
             || fetched->body != NULL || fetched->structure != NULL || fetched->parts != NULL);
}

static gboolean
names (const ImapExchange *exchange, const ImapFetched *fetched)
{
  guint32 number = exchange->by_sequence ? fetched->seq : fetched->uid;

  return exchange->set == NULL
         || (exchange->uids != NULL ? base_uid_set_contains (exchange->uids, number)
                                    : set_has (exchange->set, number));
}

/* The exchange that asked for this, NULL when none did.  What has no UID was not asked for: every FETCH of ours asks for
 * UIDs.  Dovecot answers some commands after the data of those behind them, so that what came tells, not the order. */
static const ImapExchange *
find_fetch (const ImapExchange *chain, const ImapFetched *fetched)
{
  const ImapExchange *oldest = NULL, *second = NULL;

  if (fetched->uid == 0)
    return NULL;
  for (const ImapExchange *exchange = chain; exchange != NULL; exchange = exchange->next) {
    if (exchange->fetch == NULL || is_only_flags (exchange, fetched))
      continue;
    if (oldest == NULL)
      oldest = exchange;
    if (!names (exchange, fetched))
      continue;
    if (!is_too_much (exchange, fetched))
      return exchange;
    if (second == NULL)
      second = exchange;
  }
  /* the last message, named by "*"; or a server that counts, or tells, in its own way */
  return second != NULL ? second : oldest;
}

static void
add_flags_news (ImapSession *session, const ImapFetched *fetched)
{
  ImapNews *news = g_new0 (ImapNews, 1);
  news->kind = IMAP_NEWS_FLAGS;
  news->number = fetched->seq;
  news->uid = fetched->uid;
  news->flags = fetched->flags;
  news->modseq = fetched->modseq;
  news->keywords = g_strdupv (fetched->keywords);
  imap_news_add (session, news);
}

static gboolean
take_fetch (ImapSession *session, const ImapResponse *response, const ImapExchange *chain,
            GError **error)
{
  g_auto (ImapFetched) fetched = { 0 };
  if (!imap_fetched_parse (&fetched, response->number, session->lexer, error))
    return FALSE;
  if (session->selected.uid_next != 0 && fetched.uid >= session->selected.uid_next
      && fetched.uid < G_MAXUINT32)
    session->selected.uid_next = fetched.uid + 1;

  if (imap_fetched_has_more (&fetched) && !imap_guard_take_fetched (session, &fetched, error))
    return FALSE;
  /* there is no message 0 (quirk 54): nothing has happened to it */
  if (response->number == 0 && fetched.uid == 0)
    return TRUE;
  const ImapExchange *exchange = find_fetch (chain, &fetched);
  if (fetched.has_flags
      && (exchange == NULL || (exchange->items != 0 && !(exchange->items & IMAP_FETCH_FLAGS))))
    add_flags_news (session, &fetched);
  return exchange == NULL || exchange->dropped
         || imap_state_check_going_on (exchange->fetch (&fetched, exchange->fetch_data, error),
                                       error);
}

/* * STATUS "Sent" (MESSAGES 3 UNSEEN 0 …) */
static void
take_status (ImapSession *session, const ImapExchange *exchange)
{
  g_autoptr (ImapMailbox) status = imap_mailbox_parse_status (session);

  for (; status != NULL && exchange != NULL; exchange = exchange->next) {
    if (exchange->status != NULL && exchange->status (status, exchange->user_data) == IMAP_TAKEN)
      return;
  }
  if (status == NULL || status->told == 0)
    return;
  ImapNews *news = g_new0 (ImapNews, 1);
  news->kind = IMAP_NEWS_STATUS;
  news->mailbox = g_steal_pointer (&status);
  imap_news_add (session, news);
}

static void
take_enabled (ImapSession *session)
{
  ImapToken token;
  while (imap_lexer_next (session->lexer, &token) == IMAP_TOKEN_ATOM) {
    if (imap_token_is (&token, "UTF8=ACCEPT"))
      session->utf8_accept = TRUE;
    if (imap_token_is (&token, "UTF8=ACCEPT") || imap_token_is (&token, "IMAP4rev2"))
      session->utf8 = TRUE;
    else if (imap_token_is (&token, "QRESYNC"))
      session->qresync = imap_session_has (session, IMAP_CAP_QRESYNC);
  }
}

static gboolean
offer (ImapSession *session, const ImapResponse *response, const ImapExchange *exchange,
       gboolean *taken, GError **error)
{
  for (; exchange != NULL; exchange = exchange->next) {
    if (exchange->data == NULL)
      continue;
    switch (exchange->data (session, response, exchange->user_data, error)) {
    case IMAP_TAKEN_NOT:
      break;
    case IMAP_TAKEN:
      *taken = TRUE;
      return TRUE;
    case IMAP_TAKEN_FAILED:
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
take_data (ImapSession *session, const ImapResponse *response, const ImapExchange *exchange,
           GError **error)
{
  if (strcmp (response->name, "FETCH") == 0)
    return take_fetch (session, response, exchange, error);
  if (strcmp (response->name, "VANISHED") == 0)
    return imap_gone_take_vanished (session, exchange, error);
  if (strcmp (response->name, "SEARCH") == 0 || strcmp (response->name, "ESEARCH") == 0)
    return imap_search_take (session, response->name[0] == 'E', exchange, error);

  if (strcmp (response->name, "EXISTS") == 0) {
    if (response->number > MAX_MESSAGES) {
      base_error_set (error, BASE_ERROR_LIMIT, NULL,
                      _ ("“%s” says that a folder holds more messages than there can be."),
                      session->host);
      return FALSE;
    }
    if (!session->selecting && session->selected.exists != response->number)
      imap_news_add_number (session, IMAP_NEWS_EXISTS, response->number);
    session->selected.exists = response->number;
  } else if (strcmp (response->name, "EXPUNGE") == 0) {
    imap_gone_take_expunge (session, response->number);
  } else if (strcmp (response->name, "STATUS") == 0) {
    take_status (session, exchange);
  } else if (strcmp (response->name, "CAPABILITY") == 0) {
    const char *words = imap_lexer_rest (session->lexer);
    imap_capability_take (session, words != NULL ? words : "");
  } else if (strcmp (response->name, "ENABLED") == 0) {
    take_enabled (session);
  } else if (strcmp (response->name, "NAMESPACE") == 0) {
    imap_namespace_take (session);
  } else {
    gboolean taken = FALSE;
    if (!offer (session, response, exchange, &taken, error))
      return FALSE;
    if (!taken && session->watching && strcmp (response->name, "LIST") == 0)
      imap_news_add_number (session, IMAP_NEWS_MAILBOXES, 0);
  }
  return TRUE;
}

gboolean
imap_state_take_untagged (ImapSession *session, const ImapResponse *response,
                          const ImapExchange *exchange, GError **error)
{
  switch (response->condition) {
  case IMAP_CONDITION_NONE:
    if (!net_connection_is_secure (session->connection)
        && strcmp (response->name, "CAPABILITY") != 0)
      return TRUE;
    return take_data (session, response, exchange, error);
  case IMAP_CONDITION_BYE:
    if (session->leaving)
      return TRUE;
    imap_state_take_code (session, response);
    base_error_set (error, BASE_ERROR_RETRY, imap_talk_get_words (session, response),
                    _ ("“%s” ended the connection."), session->host);
    return FALSE;
  case IMAP_CONDITION_OK:
  case IMAP_CONDITION_NO:
  case IMAP_CONDITION_BAD:
  case IMAP_CONDITION_PREAUTH:
    imap_state_take_code (session, response);
    return offer (session, response, exchange, &(gboolean){ FALSE }, error);
  }
  return TRUE;
}
