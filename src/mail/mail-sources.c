/* Asks all sources of settings and takes the best answer.  Pool threads; nothing is saved, and no password is known here. */
#include "mail-sources.h"

#include "base-error.h"

#include <glib/gi18n.h>

void
mail_findings_free (MailFindings *findings)
{
  g_free (findings->where);
  base_account_free (findings->account);
  g_clear_error (&findings->problem);
  g_free (findings);
}

static void
tell (SyncDiscoverFunc progress, gpointer user_data, const char *format, const char *name)
{
  g_autofree char *sentence = g_strdup_printf (format, name);

  if (progress != NULL)
    progress (sentence, user_data);
}

MailFindings *
mail_sources_ask (const BaseAccount *account, SyncDiscoverFunc progress, gpointer user_data,
                  GCancellable *cancellable, GError **error)
{
  g_autofree char *domain = sync_domain_of (account->address);
  g_autoptr (MailFindings) findings = g_new0 (MailFindings, 1);

  findings->account = base_account_dup (account);
  if (domain == NULL) {
    base_error_set (error, BASE_ERROR_GONE, NULL,
                    _ ("“%s” is not an e-mail address. It has to look like name@example.org."),
                    account->address != NULL ? account->address : "");
    return NULL;
  }
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  findings->provider = sync_provider_of_domain (domain);
  if (findings->provider != NULL) {
    sync_provider_fill (findings->provider, TRUE, findings->account);
    tell (progress, user_data, _ ("The servers of “%s” are known."), domain);
    findings->source = MAIL_SOURCE_TABLE;
    return g_steal_pointer (&findings);
  }
  tell (progress, user_data, _ ("Looking for the servers of “%s”…"), domain);
  findings->source = MAIL_SOURCE_GUESS;
  sync_guess (findings->account, domain, progress, user_data, cancellable, &findings->problem);
  if (base_error_is_cancelled (findings->problem)) {
    g_propagate_error (error, g_steal_pointer (&findings->problem));
    return NULL;
  }
  return g_steal_pointer (&findings);
}
