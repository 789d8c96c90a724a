/* What to think of before a message goes to its recipients: how many see each other, whose domain is a slip, who was not to be seen.  Main thread; the
 * store thread reads the domains that are known.  A slip must never be mended without asking. */
#include "mail-draft-private.h"
#include "mail-identity-private.h"

#include <string.h>

#include "mime-authentication.h"
#include "store-person.h"

/* A letter to more than that is a circular. */
#define MOST_VISIBLE 20
#define MAX_DOMAINS  2000

/* ---- the domains that are known ---- */

/* Store thread.  What was made ready before is kept as long as nobody new is written to. */
static gpointer
run_learn (StoreDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  MimeDomains *before = data;
  g_autoptr (GPtrArray) names = store_person_list_domains (db, MAX_DOMAINS, error);
  MimeDomains *domains = NULL;

  if (names == NULL)
    return NULL;
  if (before != NULL && mime_domains_are (before, names))
    return mime_domains_ref (before);
  domains = mime_domains_new (names);
  /* Made ready here, not where a person waits. */
  mime_domains_have_owner (domains, "example.org");
  return domains;
}

static void
domains_free (gpointer domains)
{
  mime_domains_unref (domains);
}

static void
on_learned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MailEngine *engine = MAIL_ENGINE (source);
  g_autoptr (MimeDomains) domains = g_task_propagate_pointer (G_TASK (result), NULL);

  /* Without them there are the person's own and the big providers. */
  if (domains == NULL)
    return;
  g_clear_pointer (&engine->domains, mime_domains_unref);
  engine->domains = g_steal_pointer (&domains);
}

void
mail_draft_learn_domains (MailEngine *engine)
{
  mail_engine_call_store (engine, g_task_new (engine, NULL, on_learned, NULL), run_learn,
                          engine->domains != NULL ? mime_domains_ref (engine->domains) : NULL,
                          domains_free, domains_free);
}

/* ---- slips ---- */

/* As people read it. */
static char *
dup_domain (const char *address)
{
  const char *at = strrchr (address, '@');
  char *unicode = at != NULL ? g_hostname_to_unicode (at + 1) : NULL;

  return unicode != NULL || at == NULL ? unicode : g_strdup (at + 1);
}

static char *
dup_meant (MailEngine *engine, const char *domain)
{
  GListModel *identities = mail_engine_get_identities (engine);
  g_autofree char *meant = NULL;

  if (engine->domains != NULL && mime_domains_have_owner (engine->domains, domain))
    return NULL;
  for (guint i = 0; i < g_list_model_get_n_items (identities); i++) {
    g_autoptr (MailIdentity) identity = g_list_model_get_item (identities, i);
    const BaseIdentity *one = mail_identity_get_settings (identity);
    g_autofree char *own = dup_domain (one->address);

    if (own != NULL && mime_domain_is_same_owner (domain, own))
      return NULL;
    if (own != NULL && meant == NULL)
      meant = mime_domain_dup_meant (domain, own);
  }
  return meant != NULL ? g_steal_pointer (&meant)
                       : mime_domains_dup_meant (engine->domains, domain);
}

gboolean
mail_draft_find_slip (MailDraft *self, char **written, char **meant)
{
  g_return_val_if_fail (MAIL_IS_DRAFT (self), FALSE);
  const char *const fields[] = { self->plain->to, self->plain->cc, self->plain->bcc };
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    g_autoptr (GPtrArray) addresses = mime_addresses_parse (fields[i]);

    for (guint j = 0; j < addresses->len; j++) {
      char *domain = dup_domain (((const MimeAddress *)addresses->pdata[j])->address);
      g_autofree char *better = NULL;

      if (domain == NULL || !g_hash_table_add (seen, domain))
        continue;
      better = dup_meant (self->engine, domain);
      if (better == NULL)
        continue;
      if (written != NULL)
        *written = g_strdup (domain);
      if (meant != NULL)
        *meant = g_steal_pointer (&better);
      return TRUE;
    }
  }
  return FALSE;
}

static char *
dup_mended (const char *field, const char *written, const char *meant)
{
  g_autoptr (GPtrArray) addresses = mime_addresses_parse (field);
  GString *list = g_string_new (NULL);

  for (guint i = 0; i < addresses->len; i++) {
    const MimeAddress *one = addresses->pdata[i];
    g_autofree char *domain = dup_domain (one->address);
    g_autofree char *address = g_strdup (one->address);
    g_autofree char *text = NULL;

    if (g_strcmp0 (domain, written) == 0) {
      *strrchr (address, '@') = '\0';
      g_free (g_steal_pointer (&domain));
      domain = g_steal_pointer (&address);
      address = g_strconcat (domain, "@", meant, NULL);
    }
    text = mime_address_to_string (one->name, address);
    g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", text);
  }
  return g_string_free (list, FALSE);
}

void
mail_draft_mend_slip (MailDraft *self)
{
  g_autofree char *written = NULL, *meant = NULL;

  if (!mail_draft_find_slip (self, &written, &meant))
    return;
  g_autofree char *to = dup_mended (self->plain->to, written, meant);
  g_autofree char *cc = dup_mended (self->plain->cc, written, meant);
  g_autofree char *bcc = dup_mended (self->plain->bcc, written, meant);
  mail_draft_set_recipients (self, to, cc, bcc);
}

/* ---- who sees whom ---- */

static guint
count (const char *field)
{
  g_autoptr (GPtrArray) addresses = mime_addresses_parse (field);

  return addresses->len;
}

guint
mail_draft_count_visible (MailDraft *self)
{
  g_return_val_if_fail (MAIL_IS_DRAFT (self), 0);
  return count (self->plain->to) + count (self->plain->cc);
}

void
mail_draft_hide_recipients (MailDraft *self)
{
  g_return_if_fail (MAIL_IS_DRAFT (self));
  const char *const fields[] = { self->plain->to, self->plain->cc, self->plain->bcc };
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (*fields[i] != '\0')
      g_string_append_printf (all, "%s%s", all->len > 0 ? ", " : "", fields[i]);
  mail_draft_set_recipients (self, NULL, NULL, all->str);
}

MailDraftWarnings
mail_draft_warn_of_recipients (MailDraft *self)
{
  guint visible = mail_draft_count_visible (self);
  MailDraftWarnings warnings = 0;

  if (visible > MOST_VISIBLE)
    warnings |= MAIL_WARN_MANY_VISIBLE;
  if (mail_draft_find_slip (self, NULL, NULL))
    warnings |= MAIL_WARN_ODD_DOMAIN;
  /* The one whom it is from knows. */
  if (self->plain->was_hidden && visible + count (self->plain->bcc) > 1)
    warnings |= MAIL_WARN_WAS_HIDDEN;
  return warnings;
}
