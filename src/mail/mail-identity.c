/* Identities for the window, and which of them a message came to.  Main thread.
 *
 * What a stranger can write into a header must not choose between a person's addresses, or an answer would tell that they are the
 * same person's: before To and Cc, which everybody sees, only those fields count that the receiving server put on top. */
#include "mail-identity-private.h"

#include "mime-build.h"

struct _MailIdentity
{
  GObject parent_instance;

  /* Owned */
  MailAccount *account;
  BaseIdentity *settings;
  char *plus; /* nullable: the plus-address that stands in `settings` */
  char *text;
};

G_DEFINE_FINAL_TYPE (MailIdentity, mail_identity, G_TYPE_OBJECT)

enum
{
  PROP_TEXT = 1,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

static void
mail_identity_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id) {
  case PROP_TEXT:
    g_value_set_string (value, MAIL_IDENTITY (object)->text);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mail_identity_finalize (GObject *object)
{
  MailIdentity *self = MAIL_IDENTITY (object);

  g_clear_object (&self->account);
  g_clear_pointer (&self->settings, base_identity_free);
  g_free (self->plus);
  g_free (self->text);
  G_OBJECT_CLASS (mail_identity_parent_class)->finalize (object);
}

static void
mail_identity_class_init (MailIdentityClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mail_identity_get_property;
  object_class->finalize = mail_identity_finalize;
  props[PROP_TEXT] =
      g_param_spec_string ("text", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
mail_identity_init (MailIdentity *self)
{
}

MailIdentity *
mail_identity_new (MailAccount *account, const char *id, const char *from)
{
  MailIdentity *self = g_object_new (MAIL_TYPE_IDENTITY, NULL);
  const BaseAccount *settings = mail_account_get_settings (account);

  self->account = g_object_ref (account);
  self->settings = base_account_dup_identity (settings, id != NULL ? id : "");
  /* It was removed. */
  if (self->settings == NULL)
    self->settings = base_account_dup_identity (settings, "");
  if (from != NULL && base_address_match (self->settings->address, from) == BASE_ADDRESS_PLUS) {
    self->plus = g_strdup (from);
    g_free (self->settings->address);
    self->settings->address = g_strdup (from);
  }
  self->text = mime_address_to_string (self->settings->name, self->settings->address);
  return self;
}

MailAccount *
mail_identity_get_account (MailIdentity *self)
{
  g_return_val_if_fail (MAIL_IS_IDENTITY (self), NULL);
  return self->account;
}

const BaseIdentity *
mail_identity_get_settings (MailIdentity *self)
{
  g_return_val_if_fail (MAIL_IS_IDENTITY (self), NULL);
  return self->settings;
}

const char *
mail_identity_get_text (MailIdentity *self)
{
  g_return_val_if_fail (MAIL_IS_IDENTITY (self), NULL);
  return self->text;
}

const char *
mail_identity_get_plus (MailIdentity *self)
{
  return self->plus;
}

gboolean
mail_identity_is_same (MailIdentity *a, MailIdentity *b)
{
  return a->account == b->account && g_str_equal (a->settings->id, b->settings->id)
         && g_strcmp0 (a->plus, b->plus) == 0;
}

/* ---- all of them ---- */

GListModel *
mail_engine_get_identities (MailEngine *self)
{
  g_return_val_if_fail (MAIL_IS_ENGINE (self), NULL);
  return G_LIST_MODEL (self->identities);
}

void
mail_engine_update_identities (MailEngine *self)
{
  g_autoptr (GPtrArray) wanted = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->accounts)); i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);
    g_autoptr (GPtrArray) identities =
        base_account_dup_identities (mail_account_get_settings (account));

    for (guint n = 0; n < identities->len; n++)
      if (base_account_get_sender (mail_account_get_settings (account), identities->pdata[n])
          != NULL)
        g_ptr_array_add (
            wanted, mail_identity_new (account, ((BaseIdentity *)identities->pdata[n])->id, NULL));
  }
  g_list_store_splice (self->identities, 0,
                       g_list_model_get_n_items (G_LIST_MODEL (self->identities)), wanted->pdata,
                       wanted->len);
}

/* The first one that can send; where none can, the first. */
static MailAccount *
dup_first_sender (MailEngine *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->accounts)); i++) {
    g_autoptr (MailAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);

    if (base_account_has_sender (mail_account_get_settings (account)))
      return g_steal_pointer (&account);
  }
  return g_list_model_get_item (G_LIST_MODEL (self->accounts), 0);
}

/* The one that new letters are from, where that can send; else the first one that can. */
static MailIdentity *
dup_default (MailAccount *account)
{
  const BaseAccount *settings = mail_account_get_settings (account);
  const char *id = settings->default_identity != NULL ? settings->default_identity : "";
  g_autoptr (BaseIdentity) chosen = base_account_dup_identity (settings, id);
  g_autoptr (GPtrArray) identities = base_account_dup_identities (settings);

  if (chosen == NULL || base_account_get_sender (settings, chosen) != NULL)
    return mail_identity_new (account, id, NULL);
  for (guint i = 0; i < identities->len; i++)
    if (base_account_get_sender (settings, identities->pdata[i]) != NULL)
      return mail_identity_new (account, ((BaseIdentity *)identities->pdata[i])->id, NULL);
  return mail_identity_new (account, id, NULL);
}

MailIdentity *
mail_engine_dup_default_identity (MailEngine *self, MailAccount *account)
{
  g_return_val_if_fail (MAIL_IS_ENGINE (self), NULL);
  g_autoptr (MailAccount) first = NULL;

  if (account == NULL || !base_account_has_sender (mail_account_get_settings (account)))
    account = first = dup_first_sender (self);
  return account != NULL ? dup_default (account) : NULL;
}

/* ---- whose an address is ---- */

/* NULL: it comes to none of the account's. */
static MailIdentity *
find_in (MailAccount *account, const char *address)
{
  const char *id = NULL;
  BaseAddressMatch match =
      base_account_match_address (mail_account_get_settings (account), address, &id);

  return match != BASE_ADDRESS_OTHER
             ? mail_identity_new (account, id, match == BASE_ADDRESS_PLUS ? address : NULL)
             : NULL;
}

static MailIdentity *
find_at_home (MailAccount *home, GPtrArray *addresses)
{
  MailIdentity *found = NULL;

  for (guint i = 0; home != NULL && found == NULL && i < addresses->len; i++)
    found = find_in (home, ((const MailAddress *)addresses->pdata[i])->address);
  return found;
}

static MailIdentity *
find_first (MailEngine *engine, MailAccount *home, GPtrArray *addresses)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (engine->accounts));
  MailIdentity *found = find_at_home (home, addresses);

  for (guint i = 0; found == NULL && i < addresses->len; i++)
    for (guint at = 0; found == NULL && at < n; at++) {
      g_autoptr (MailAccount) account = g_list_model_get_item (G_LIST_MODEL (engine->accounts), at);

      found = find_in (account, ((const MailAddress *)addresses->pdata[i])->address);
    }
  return found;
}

/* At home first, wherever it stands: a stranger must not choose between accounts. */
static MailIdentity *
find_named (MailEngine *engine, MailAccount *home, const MailParsed *parsed)
{
  MailIdentity *found = find_at_home (home, parsed->to);

  if (found == NULL)
    found = find_at_home (home, parsed->cc);
  if (found == NULL)
    found = find_first (engine, NULL, parsed->to);
  return found != NULL ? found : find_first (engine, NULL, parsed->cc);
}

/* The address that everything of an account ends up at says nothing about whom a message was for. */
static gboolean
tells_little (MailIdentity *identity)
{
  return *identity->settings->id == '\0' && identity->plus == NULL;
}

MailIdentity *
mail_identity_find_receiver (MailEngine *engine, MailFolder *folder, const MailParsed *parsed)
{
  MailAccount *home = folder != NULL ? mail_folder_get_account (folder) : NULL;
  gboolean sent = folder != NULL && mail_folder_get_role (folder) == MAIL_ROLE_SENT;
  g_autoptr (MailIdentity) found = NULL;

  /* What no server has received was written here. */
  if (sent || !parsed->was_received) {
    found = find_first (engine, home, parsed->from);
    if (found != NULL)
      return g_steal_pointer (&found);
  }
  found = find_first (engine, home, parsed->received_for);
  if (found == NULL || tells_little (found)) {
    MailIdentity *named = find_named (engine, home, parsed);

    if (named != NULL) {
      g_clear_object (&found);
      return named;
    }
  }
  if (found != NULL)
    return g_steal_pointer (&found);
  return home != NULL ? mail_identity_new (home, NULL, NULL)
                      : mail_engine_dup_default_identity (engine, NULL);
}

MailIdentity *
mail_identity_find_sender (MailEngine *engine, MailAccount *home, const MailParsed *parsed)
{
  g_autoptr (MailIdentity) found = find_first (engine, home, parsed->from);
  const MailAddress *from = parsed->from->len > 0 ? parsed->from->pdata[0] : NULL;
  const BaseAccount *settings = NULL;

  if (found == NULL || found->plus != NULL)
    return g_steal_pointer (&found);
  /* Of several with one address, by the name. */
  settings = mail_account_get_settings (found->account);
  for (guint i = 0; i < settings->identities->len; i++) {
    const BaseIdentity *one = settings->identities->pdata[i];

    if (g_strcmp0 (found->settings->name, from->name) != 0
        && base_address_match (one->address, from->address) == BASE_ADDRESS_SAME
        && g_strcmp0 (one->name, from->name) == 0)
      return mail_identity_new (found->account, one->id, NULL);
  }
  return g_steal_pointer (&found);
}
