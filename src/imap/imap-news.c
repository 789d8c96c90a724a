/* What the server told unasked, kept until somebody takes it.  Runs in the session's thread; must never grow without
 * bound, nor drop something without saying that it did. */
#include "imap-session-private.h"

#include <string.h>

/* A server that tells more between two looks is better asked what changed. */
#define MAX_NEWS        10000
#define MAX_NEWS_OCTETS (2 * 1024 * 1024)

void
imap_news_free (ImapNews *news)
{
  if (news == NULL)
    return;
  g_clear_pointer (&news->uids, base_uid_set_free);
  g_clear_pointer (&news->mailbox, imap_mailbox_free);
  g_strfreev (news->keywords);
  g_free (news);
}

static guint64
count_octets (const ImapNews *news)
{
  guint64 octets = sizeof *news;
  if (news->uids != NULL)
    octets += base_uid_set_n_ranges (news->uids) * sizeof (BaseUidRange);
  if (news->mailbox != NULL)
    octets += sizeof *news->mailbox + strlen (news->mailbox->name);
  return octets;
}

void
imap_news_forget_selected (ImapSession *session)
{
  for (guint i = session->news->len; i-- > 0;) {
    const ImapNews *news = g_ptr_array_index (session->news, i);
    switch (news->kind) {
    case IMAP_NEWS_EXISTS:
    case IMAP_NEWS_EXPUNGED:
    case IMAP_NEWS_VANISHED:
    case IMAP_NEWS_FLAGS:
      session->news_octets -= count_octets (news);
      g_ptr_array_remove_index (session->news, i);
      break;
    case IMAP_NEWS_STATUS:
    case IMAP_NEWS_MAILBOXES:
    case IMAP_NEWS_UNWATCHED:
    case IMAP_NEWS_LOOK_AGAIN:
      break;
    }
  }
}

static void
forget_all (ImapSession *session)
{
  g_ptr_array_set_size (session->news, 0);
  session->news_octets = 0;
}

static ImapNews *
last_of (ImapSession *session)
{
  return session->news->len > 0 ? g_ptr_array_index (session->news, session->news->len - 1) : NULL;
}

void
imap_news_add (ImapSession *session, ImapNews *news)
{
  g_autoptr (ImapNews) owned = news;
  ImapNews *last = last_of (session);

  /* what is said already; and behind "look again" only what that does not cover */
  if (last != NULL && last->kind == IMAP_NEWS_LOOK_AGAIN && owned->kind != IMAP_NEWS_UNWATCHED)
    return;
  if (last != NULL && last->kind == owned->kind
      && (owned->kind == IMAP_NEWS_MAILBOXES || owned->kind == IMAP_NEWS_UNWATCHED))
    return;
  if (last != NULL && last->kind == IMAP_NEWS_EXISTS && owned->kind == IMAP_NEWS_EXISTS) {
    last->number = owned->number;
    return;
  }
  session->news_octets += count_octets (owned);
  if (owned->kind == IMAP_NEWS_LOOK_AGAIN || session->news->len >= MAX_NEWS
      || session->news_octets > MAX_NEWS_OCTETS) {
    forget_all (session);
    g_clear_pointer (&owned, imap_news_free);
    owned = g_new0 (ImapNews, 1);
    owned->kind = IMAP_NEWS_LOOK_AGAIN;
  }
  g_ptr_array_add (session->news, g_steal_pointer (&owned));
}

void
imap_news_add_number (ImapSession *session, ImapNewsKind kind, guint32 number)
{
  ImapNews *news = g_new0 (ImapNews, 1);
  news->kind = kind;
  news->number = number;
  imap_news_add (session, news);
}

GPtrArray *
imap_session_steal_news (ImapSession *session)
{
  GPtrArray *news = session->news;
  session->news = g_ptr_array_new_with_free_func ((GDestroyNotify)imap_news_free);
  session->news_octets = 0;
  return news;
}

gboolean
imap_session_peek_vanished (ImapSession *session, BaseUidSet *uids)
{
  for (guint i = 0; i < session->news->len; i++) {
    const ImapNews *news = g_ptr_array_index (session->news, i);
    if (news->kind == IMAP_NEWS_VANISHED)
      base_uid_set_add_set (uids, news->uids);
    if (news->kind == IMAP_NEWS_EXPUNGED || news->kind == IMAP_NEWS_LOOK_AGAIN)
      return FALSE;
  }
  return TRUE;
}

gboolean
imap_session_has_news (ImapSession *session)
{
  return session->news->len > 0;
}

gboolean
imap_session_take_news (ImapSession *session)
{
  gboolean news = session->news->len > 0;
  forget_all (session);
  return news;
}
