/* What goes from the selected mailbox: EXPUNGE and VANISHED, and which of it was our own doing.  Runs in the session's thread; must
 * never take for our own what another client removed at the same moment. */
#include "imap-session-private.h"

void
imap_gone_begin (ImapSession *session, const char *set)
{
  g_autoptr (BaseUidSet) uids = base_uid_set_parse (set);

  if (session->removing == NULL)
    session->removing = base_uid_set_new ();
  if (uids != NULL)
    base_uid_set_add_set (session->removing, uids);
}

void
imap_gone_forget (ImapSession *session)
{
  g_clear_pointer (&session->removing, base_uid_set_free);
  session->removed = 0;
}

void
imap_gone_end (ImapSession *session)
{
  /* By number it cannot be told whose they were: fewer than ours may be all of ours, or another's in their place. */
  if (session->removed > 0 && session->removed < base_uid_set_count (session->removing))
    imap_news_add_number (session, IMAP_NEWS_EXPUNGED, 0);
  imap_gone_forget (session);
}

static void
count_off (ImapSession *session, guint64 count)
{
  session->selected.exists -= (guint32)MIN (count, (guint64)session->selected.exists);
}

void
imap_gone_take_expunge (ImapSession *session, guint32 number)
{
  count_off (session, 1);
  if (session->removing != NULL && session->removed < base_uid_set_count (session->removing))
    session->removed++;
  else
    imap_news_add_number (session, IMAP_NEWS_EXPUNGED, number);
}

/* Those that went before the mailbox was opened are the answer to SELECT (QRESYNC …) or to FETCH (… VANISHED). */
static gboolean
take_earlier (ImapSession *session, const BaseUidSet *uids, const ImapExchange *exchange,
              GError **error)
{
  while (exchange != NULL && exchange->vanished == NULL)
    exchange = exchange->next;
  if (exchange == NULL || uids == NULL) {
    imap_news_add_number (session, IMAP_NEWS_LOOK_AGAIN, 0);
    return TRUE;
  }
  return exchange->dropped
         || imap_state_check_going_on (exchange->vanished (uids, exchange->fetch_data, error),
                                       error);
}

static void
take_now (ImapSession *session, const BaseUidSet *uids)
{
  g_autoptr (BaseUidSet) others = NULL;

  count_off (session, base_uid_set_count (uids));
  others = session->removing != NULL ? base_uid_set_subtract (uids, session->removing)
                                     : base_uid_set_dup (uids);
  if (base_uid_set_is_empty (others))
    return;
  ImapNews *news = g_new0 (ImapNews, 1);
  news->kind = IMAP_NEWS_VANISHED;
  news->uids = g_steal_pointer (&others);
  imap_news_add (session, news);
}

gboolean
imap_gone_take_vanished (ImapSession *session, const ImapExchange *exchange, GError **error)
{
  ImapToken token;
  gboolean earlier = imap_lexer_next (session->lexer, &token) == IMAP_TOKEN_OPEN;
  if (earlier
      && (!imap_lexer_skip (session->lexer, &token)
          || imap_lexer_next (session->lexer, &token) == IMAP_TOKEN_LIMIT))
    return TRUE;
  g_autofree char *text = imap_token_dup (&token);
  g_autoptr (BaseUidSet) uids = base_uid_set_parse (text);
  if (earlier)
    return take_earlier (session, uids, exchange, error);
  if (uids == NULL)
    imap_news_add_number (session, IMAP_NEWS_LOOK_AGAIN, 0);
  else
    take_now (session, uids);
  return TRUE;
}
