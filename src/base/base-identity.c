/* Identities and signatures as values, and whose address an address is.  Any thread. */
#include "base-identity.h"

#include <string.h>

#include "base-account.h"

BaseIdentity *
base_identity_new (void)
{
  BaseIdentity *identity = g_new0 (BaseIdentity, 1);

  identity->id = g_uuid_string_random ();
  return identity;
}

BaseIdentity *
base_identity_dup (const BaseIdentity *identity)
{
  BaseIdentity *copy = g_new (BaseIdentity, 1);

  *copy = *identity;
  copy->id = g_strdup (identity->id);
  copy->name = g_strdup (identity->name);
  copy->address = g_strdup (identity->address);
  copy->reply_to = g_strdup (identity->reply_to);
  copy->signature = g_strdup (identity->signature);
  copy->sent_folder = g_strdup (identity->sent_folder);
  copy->smtp = base_server_dup (identity->smtp);
  return copy;
}

void
base_identity_free (BaseIdentity *identity)
{
  if (identity == NULL)
    return;
  g_free (identity->id);
  g_free (identity->name);
  g_free (identity->address);
  g_free (identity->reply_to);
  g_free (identity->signature);
  g_free (identity->sent_folder);
  base_server_free (identity->smtp);
  g_free (identity);
}

/* But for what it proved, which no person changes. */
static gboolean
same_server (const BaseServer *a, const BaseServer *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return base_server_is_same_place (a, b) && a->disabled == b->disabled;
}

gboolean
base_identity_equal (const BaseIdentity *a, const BaseIdentity *b)
{
  return g_strcmp0 (a->id, b->id) == 0 && g_strcmp0 (a->name, b->name) == 0
         && g_strcmp0 (a->address, b->address) == 0 && g_strcmp0 (a->reply_to, b->reply_to) == 0
         && g_strcmp0 (a->signature, b->signature) == 0
         && g_strcmp0 (a->sent_folder, b->sent_folder) == 0 && a->bcc_self == b->bcc_self
         && a->signature_above == b->signature_above && same_server (a->smtp, b->smtp);
}

BaseSignature *
base_signature_new (void)
{
  BaseSignature *signature = g_new0 (BaseSignature, 1);

  signature->id = g_uuid_string_random ();
  return signature;
}

BaseSignature *
base_signature_dup (const BaseSignature *signature)
{
  BaseSignature *copy = g_new (BaseSignature, 1);

  *copy = (BaseSignature){ g_strdup (signature->id), g_strdup (signature->name),
                           g_strdup (signature->text), g_strdup (signature->html) };
  return copy;
}

void
base_signature_free (BaseSignature *signature)
{
  if (signature == NULL)
    return;
  g_free (signature->id);
  g_free (signature->name);
  g_free (signature->text);
  g_free (signature->html);
  g_free (signature);
}

gboolean
base_signature_equal (const BaseSignature *a, const BaseSignature *b)
{
  return g_strcmp0 (a->id, b->id) == 0 && g_strcmp0 (a->name, b->name) == 0
         && g_strcmp0 (a->text, b->text) == 0 && g_strcmp0 (a->html, b->html) == 0;
}

/* ---- addresses ---- */

char *
base_address_dup_ascii (const char *address)
{
  const char *at = strrchr (address, '@');
  g_autofree char *name = NULL;
  g_autofree char *domain = NULL;

  if (g_str_is_ascii (address))
    return g_strdup (address);
  if (at == NULL)
    return NULL;
  name = g_strndup (address, (gsize)(at - address));
  domain = g_str_is_ascii (name) ? g_hostname_to_ascii (at + 1) : NULL;
  return domain != NULL ? g_strconcat (name, "@", domain, NULL) : NULL;
}

static gboolean
same_domain (const char *a, const char *b)
{
  if (g_ascii_strcasecmp (a, b) == 0)
    return TRUE;
  if (g_str_is_ascii (a) && g_str_is_ascii (b))
    return FALSE;
  g_autofree char *one = g_hostname_to_ascii (a);
  g_autofree char *two = g_hostname_to_ascii (b);
  return one != NULL && two != NULL && g_ascii_strcasecmp (one, two) == 0;
}

BaseAddressMatch
base_address_match (const char *own, const char *address)
{
  const char *own_at = strrchr (own, '@'), *at = strrchr (address, '@');
  gsize own_length, length;

  if (own_at == NULL || at == NULL || !same_domain (own_at + 1, at + 1))
    return BASE_ADDRESS_OTHER;
  own_length = (gsize)(own_at - own);
  length = (gsize)(at - address);
  if (own_length == 0 || length < own_length || g_ascii_strncasecmp (own, address, own_length) != 0)
    return BASE_ADDRESS_OTHER;
  if (length == own_length)
    return BASE_ADDRESS_SAME;
  return address[own_length] == '+' ? BASE_ADDRESS_PLUS : BASE_ADDRESS_OTHER;
}

static gboolean
same_host (const BaseServer *a, const BaseServer *b)
{
  return g_ascii_strcasecmp (a->host != NULL ? a->host : "", b->host != NULL ? b->host : "") == 0;
}

gboolean
base_account_is_same_provider (const BaseAccount *a, const BaseAccount *b)
{
  const char *one = a->address != NULL ? strrchr (a->address, '@') : NULL;
  const char *two = b->address != NULL ? strrchr (b->address, '@') : NULL;

  return one != NULL && two != NULL && same_domain (one + 1, two + 1)
         && same_host (&a->imap, &b->imap) && same_host (&a->smtp, &b->smtp);
}

/* ---- those of an account ---- */

GPtrArray *
base_account_dup_identities (const BaseAccount *account)
{
  GPtrArray *identities = g_ptr_array_new_with_free_func ((GDestroyNotify)base_identity_free);
  BaseIdentity *own = base_identity_dup (account->own);

  own->name = g_strdup (account->display_name);
  own->address = g_strdup (account->address);
  for (guint i = 0; i < account->identities->len; i++)
    g_ptr_array_add (identities, base_identity_dup (account->identities->pdata[i]));
  g_ptr_array_insert (identities, (int)MIN (account->own_place, identities->len), own);
  return identities;
}

guint
base_account_find_identity (const BaseAccount *account, const char *id)
{
  g_autoptr (GPtrArray) identities = base_account_dup_identities (account);

  for (guint i = 0; i < identities->len; i++)
    if (g_strcmp0 (((BaseIdentity *)identities->pdata[i])->id, id) == 0)
      return i;
  return G_MAXUINT;
}

BaseIdentity *
base_account_dup_identity (const BaseAccount *account, const char *id)
{
  g_autoptr (GPtrArray) identities = base_account_dup_identities (account);
  guint place = base_account_find_identity (account, id);

  return place != G_MAXUINT ? g_ptr_array_steal_index (identities, place) : NULL;
}

void
base_account_put_identity (BaseAccount *account, const BaseIdentity *identity)
{
  BaseIdentity *copy = base_identity_dup (identity);

  if (*copy->id == '\0') {
    g_free (account->display_name);
    g_free (account->address);
    account->display_name = g_steal_pointer (&copy->name);
    account->address = g_steal_pointer (&copy->address);
    base_identity_free (account->own);
    account->own = copy;
    return;
  }
  for (guint i = 0; i < account->identities->len; i++)
    if (g_str_equal (((BaseIdentity *)account->identities->pdata[i])->id, copy->id)) {
      base_identity_free (account->identities->pdata[i]);
      account->identities->pdata[i] = copy;
      return;
    }
  g_ptr_array_add (account->identities, copy);
}

void
base_account_remove_identity (BaseAccount *account, const char *id)
{
  for (guint i = 0; i < account->identities->len; i++)
    if (g_str_equal (((BaseIdentity *)account->identities->pdata[i])->id, id)) {
      g_ptr_array_remove_index (account->identities, i);
      account->own_place -= i < account->own_place;
      break;
    }
  if (g_strcmp0 (account->default_identity, id) == 0)
    g_clear_pointer (&account->default_identity, g_free);
}

void
base_account_move_identity (BaseAccount *account, const char *id, guint place)
{
  g_autoptr (GPtrArray) identities = base_account_dup_identities (account);
  guint from = base_account_find_identity (account, id);

  if (from == G_MAXUINT)
    return;
  BaseIdentity *moved = g_ptr_array_steal_index (identities, from);
  g_ptr_array_insert (identities, (int)MIN (place, identities->len), moved);
  g_ptr_array_set_size (account->identities, 0);
  for (guint i = 0; i < identities->len; i++) {
    const BaseIdentity *identity = identities->pdata[i];

    if (*identity->id == '\0')
      account->own_place = i;
    else
      g_ptr_array_add (account->identities, base_identity_dup (identity));
  }
}

const BaseSignature *
base_account_get_signature (const BaseAccount *account, const char *id)
{
  for (guint i = 0; id != NULL && i < account->signatures->len; i++) {
    const BaseSignature *signature = account->signatures->pdata[i];

    if (g_str_equal (signature->id, id))
      return signature;
  }
  return NULL;
}

void
base_account_put_signature (BaseAccount *account, const BaseSignature *signature)
{
  for (guint i = 0; i < account->signatures->len; i++)
    if (g_str_equal (((BaseSignature *)account->signatures->pdata[i])->id, signature->id)) {
      base_signature_free (account->signatures->pdata[i]);
      account->signatures->pdata[i] = base_signature_dup (signature);
      return;
    }
  g_ptr_array_add (account->signatures, base_signature_dup (signature));
}

static void
forget_signature (BaseIdentity *identity, const char *id)
{
  if (g_strcmp0 (identity->signature, id) == 0)
    g_clear_pointer (&identity->signature, g_free);
}

void
base_account_remove_signature (BaseAccount *account, const char *id)
{
  g_autofree char *gone = g_strdup (id);

  forget_signature (account->own, gone);
  for (guint i = 0; i < account->identities->len; i++)
    forget_signature (account->identities->pdata[i], gone);
  for (guint i = 0; i < account->signatures->len; i++)
    if (g_str_equal (((BaseSignature *)account->signatures->pdata[i])->id, gone)) {
      g_ptr_array_remove_index (account->signatures, i);
      return;
    }
}

BaseAddressMatch
base_account_match_address (const BaseAccount *account, const char *address, const char **id)
{
  BaseAddressMatch best = base_address_match (account->address, address);

  if (best != BASE_ADDRESS_OTHER && id != NULL)
    *id = "";
  for (guint i = 0; i < account->identities->len; i++) {
    const BaseIdentity *identity = account->identities->pdata[i];
    BaseAddressMatch match = base_address_match (identity->address, address);

    if (match <= best)
      continue;
    best = match;
    if (id != NULL)
      *id = identity->id;
  }
  return best;
}
