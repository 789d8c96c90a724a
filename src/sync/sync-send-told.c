/* Sentences about what was sent, and to whom it was not.  The send worker; must not call unsent what somebody has got. */
#include "sync-send-told.h"

#include "base-date.h"
#include "base-text.h"

#include <glib/gi18n.h>
#include <string.h>

#define LATE_S    (5 * 60)
#define MAX_NAMES 5

/* How people call it. */
static const char *
get_name (const StoreOutbox *outbox)
{
  return outbox->subject != NULL && outbox->subject[0] != '\0' ? outbox->subject
                                                               : _ ("(No subject)");
}

static char *
dup_names (char **addresses)
{
  return base_text_list ((const char *const *)addresses, MAX_NAMES);
}

void
sync_send_tell_refused (SyncAccount *account, const StoreOutbox *outbox)
{
  g_auto (GStrv) refused = store_outbox_dup_refused (outbox->refused);
  g_autofree char *whom = dup_names (refused), *others = dup_names (outbox->recipients);
  g_autofree char *text = NULL;

  if (!store_outbox_refused_for_now (outbox->refused))
    text = g_strdup_printf (
        /* Translators: %1$s is a subject, %2$s and %3$s are addresses */
        _ ("“%1$s” was sent to %2$s, but not to %3$s: the server refused."), get_name (outbox),
        others, whom);
  else if (store_outbox_is_overdue (outbox, g_get_real_time () / G_USEC_PER_SEC))
    text = g_strdup_printf (
        /* Translators: %1$s is a subject, %2$s and %3$s are addresses, %4$s is a whole sentence that says why */
        _ ("“%1$s” was sent to %2$s, but not to %3$s. %4$s"), get_name (outbox), others, whom,
        store_outbox_get_overdue_sentence ());
  else
    text = g_strdup_printf (
        /* Translators: %1$s is a subject, %2$s and %3$s are addresses */
        _ ("“%1$s” was sent to %2$s, but not to %3$s yet: the server cannot take mail for them at "
           "the moment. It is tried again."),
        get_name (outbox), others, whom);
  sync_account_tell_refused (account, text, outbox->refused);
}

void
sync_send_tell_failed (SyncAccount *account, const StoreOutbox *outbox, const char *sentence,
                       const char *detail)
{
  g_autofree char *whom = dup_names (outbox->recipients);
  g_autofree char *others = outbox->got != NULL ? dup_names (outbox->got) : NULL;
  g_autofree char *text =
      others != NULL ? g_strdup_printf (
          /* Translators: %1$s is a subject, %2$s and %3$s are addresses, %4$s is a whole sentence that says why */
          _ ("“%1$s” was sent to %2$s, but not to %3$s. %4$s"), get_name (outbox), others, whom,
          sentence)
                     /* Translators: the subject, a whole sentence that says why */
                     : g_strdup_printf (_ ("“%s” was not sent. %s"), get_name (outbox), sentence);

  sync_account_tell_refused (account, text, detail);
}

void
sync_send_tell_uncertain (SyncAccount *account, const StoreOutbox *outbox)
{
  sync_account_tell_refused (
      account,
      _ ("It is not certain whether a mail was sent: the connection was lost at the last moment, and it "
         "is not in the Sent folder. See the outbox, and decide whether to send it again."),
      outbox->subject);
}

void
sync_send_tell_time (SyncAccount *account, const StoreOutbox *outbox)
{
  g_autofree char *when = outbox->send_at > 0 ? base_date_long (outbox->send_at) : NULL;
  g_autofree char *text = NULL;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  if (when == NULL || (outbox->send_at <= now && now - outbox->send_at < LATE_S))
    return;
  text = outbox->send_at > now
             ? g_strdup_printf (_ ("“%1$s” lies with the server, which sends it on %2$s."),
                                get_name (outbox), when)
             : g_strdup_printf (
                 _ ("“%1$s” was sent only now. It was to go on %2$s, when Sosik was not "
                    "running or had no connection."),
                 get_name (outbox), when);
  sync_account_tell_refused (account, text, NULL);
}
