/* Identities and signatures in the account's file: groups [Identity ID] and [Signature ID], and some keys under [Account] for the first
 * identity.  Any thread; keys that it does not understand are left alone. */
#include "base-account-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-error.h"
#include "base-key-file.h"

#define GROUP_ACCOUNT   "Account"
#define GROUP_IDENTITY  "Identity "
#define GROUP_SIGNATURE "Signature "
#define GROUP_SERVER    "SMTP "
#define KEY_ORDER       "IdentityOrder"
#define ORDER_OWN       "Account" /* no id of another one has a large letter */
#define MAX_MANY        100

/* ---- reading ---- */

static gboolean
read_identity (GKeyFile *file, const char *group, BaseIdentity *identity, GError **error)
{
  identity->reply_to = base_key_file_dup_text (file, group, "ReplyTo");
  identity->signature = base_key_file_dup_text (file, group, "Signature");
  identity->sent_folder = base_key_file_dup_text (file, group, "SentFolder");
  return base_key_file_read_switch (file, group, "BccSelf", &identity->bcc_self, error)
         && base_key_file_read_switch (file, group, "SignatureAbove", &identity->signature_above,
                                       error);
}

static gboolean
add_identity (GKeyFile *file, const char *group, BaseAccount *account, GError **error)
{
  g_autoptr (BaseIdentity) identity = g_new0 (BaseIdentity, 1);

  identity->id = g_strdup (group + strlen (GROUP_IDENTITY));
  identity->name = base_key_file_dup_text (file, group, "Name");
  identity->address = base_key_file_dup_text (file, group, "Address");
  if (!read_identity (file, group, identity, error))
    return FALSE;
  g_ptr_array_add (account->identities, g_steal_pointer (&identity));
  return TRUE;
}

/* Its own server, of [SMTP ID]. */
static gboolean
read_own_server (GKeyFile *file, const char *group, BaseAccount *account, GError **error)
{
  const char *id = group + strlen (GROUP_SERVER);

  for (guint i = 0; i < account->identities->len; i++) {
    BaseIdentity *identity = account->identities->pdata[i];

    if (!g_str_equal (identity->id, id))
      continue;
    identity->smtp = base_server_new ();
    return base_account_read_sender (file, group, identity->smtp, error);
  }
  base_error_set (error, BASE_ERROR_REFUSED, NULL,
                  _ ("The server under [%s] is of an identity that is not there."), group);
  return FALSE;
}

static gboolean
read_own_servers (GKeyFile *file, GStrv groups, BaseAccount *account, GError **error)
{
  for (guint i = 0; groups[i] != NULL; i++)
    if (g_str_has_prefix (groups[i], GROUP_SERVER)
        && !read_own_server (file, groups[i], account, error))
      return FALSE;
  return TRUE;
}

static void
add_signature (GKeyFile *file, const char *group, BaseAccount *account)
{
  BaseSignature *signature = g_new0 (BaseSignature, 1);
  g_autofree char *text = g_key_file_get_string (file, group, "Text", NULL);

  signature->id = g_strdup (group + strlen (GROUP_SIGNATURE));
  signature->name = base_key_file_dup_text (file, group, "Name");
  signature->text = g_strdup (text != NULL ? g_strchomp (text) : "");
  signature->html = base_key_file_dup_text (file, group, "Html");
  g_ptr_array_add (account->signatures, signature);
}

/* The last one of them goes to its place first. */
static void
read_order (GKeyFile *file, BaseAccount *account)
{
  g_auto (GStrv) ids = g_key_file_get_string_list (file, GROUP_ACCOUNT, KEY_ORDER, NULL, NULL);

  for (guint i = ids != NULL ? g_strv_length (ids) : 0; i > 0; i--)
    base_account_move_identity (account, g_str_equal (ids[i - 1], ORDER_OWN) ? "" : ids[i - 1], 0);
}

gboolean
base_identities_read (GKeyFile *file, BaseAccount *account, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  account->default_identity = base_key_file_dup_text (file, GROUP_ACCOUNT, "DefaultIdentity");
  if (!read_identity (file, GROUP_ACCOUNT, account->own, error))
    return FALSE;
  for (guint i = 0; groups[i] != NULL; i++) {
    if (g_str_has_prefix (groups[i], GROUP_SIGNATURE))
      add_signature (file, groups[i], account);
    else if (g_str_has_prefix (groups[i], GROUP_IDENTITY)
             && !add_identity (file, groups[i], account, error))
      return FALSE;
  }
  read_order (file, account);
  return read_own_servers (file, groups, account, error);
}

/* ---- writing ---- */

static void
write_identity (GKeyFile *file, const char *group, const BaseIdentity *identity)
{
  base_key_file_put_text (file, group, "ReplyTo", identity->reply_to);
  base_key_file_write_switch (file, group, "BccSelf", identity->bcc_self);
  base_key_file_put_text (file, group, "Signature", identity->signature);
  base_key_file_write_switch (file, group, "SignatureAbove", identity->signature_above);
  base_key_file_put_text (file, group, "SentFolder", identity->sent_folder);
}

static gboolean
is_gone (const BaseAccount *account, const char *group)
{
  const char *id = strchr (group, ' ');

  if (g_str_has_prefix (group, GROUP_SIGNATURE))
    return base_account_get_signature (account, id + 1) == NULL;
  if (!g_str_has_prefix (group, GROUP_IDENTITY) && !g_str_has_prefix (group, GROUP_SERVER))
    return FALSE;
  for (guint i = 0; i < account->identities->len; i++)
    if (g_str_equal (((BaseIdentity *)account->identities->pdata[i])->id, id + 1))
      return FALSE;
  return TRUE;
}

/* Only where it is not that of the groups, before which the own one stands. */
static void
write_order (GKeyFile *file, const BaseAccount *account)
{
  g_autoptr (GPtrArray) identities = base_account_dup_identities (account);
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new (), natural = g_strv_builder_new ();

  for (guint i = 0; i < identities->len; i++) {
    const char *id = ((BaseIdentity *)identities->pdata[i])->id;

    g_strv_builder_add (ids, *id != '\0' ? id : ORDER_OWN);
  }
  g_strv_builder_add (natural, ORDER_OWN);
  for (guint i = 0; groups[i] != NULL; i++)
    if (g_str_has_prefix (groups[i], GROUP_IDENTITY))
      g_strv_builder_add (natural, groups[i] + strlen (GROUP_IDENTITY));
  g_auto (GStrv) order = g_strv_builder_end (ids);
  g_auto (GStrv) usual = g_strv_builder_end (natural);
  if (g_strv_equal ((const char *const *)order, (const char *const *)usual))
    g_key_file_remove_key (file, GROUP_ACCOUNT, KEY_ORDER, NULL);
  else
    g_key_file_set_string_list (file, GROUP_ACCOUNT, KEY_ORDER, (const char *const *)order,
                                g_strv_length (order));
}

static void
write_own_server (GKeyFile *file, const BaseIdentity *identity)
{
  g_autofree char *group = g_strconcat (GROUP_SERVER, identity->id, NULL);

  if (identity->smtp != NULL)
    base_account_write_sender (file, group, identity->smtp);
  else
    g_key_file_remove_group (file, group, NULL);
}

void
base_identities_write (GKeyFile *file, const BaseAccount *account)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (guint i = 0; groups[i] != NULL; i++)
    if (is_gone (account, groups[i]))
      g_key_file_remove_group (file, groups[i], NULL);
  base_key_file_put_text (file, GROUP_ACCOUNT, "DefaultIdentity", account->default_identity);
  write_identity (file, GROUP_ACCOUNT, account->own);
  for (guint i = 0; i < account->identities->len; i++) {
    const BaseIdentity *identity = account->identities->pdata[i];
    g_autofree char *group = g_strconcat (GROUP_IDENTITY, identity->id, NULL);

    base_key_file_put_text (file, group, "Name", identity->name);
    base_key_file_put_text (file, group, "Address", identity->address);
    write_identity (file, group, identity);
    write_own_server (file, identity);
  }
  for (guint i = 0; i < account->signatures->len; i++) {
    const BaseSignature *signature = account->signatures->pdata[i];
    g_autofree char *group = g_strconcat (GROUP_SIGNATURE, signature->id, NULL);

    base_key_file_put_text (file, group, "Name", signature->name);
    g_key_file_set_string (file, group, "Text", signature->text);
    base_key_file_put_text (file, group, "Html", signature->html);
  }
  write_order (file, account);
}

/* ---- checking ---- */

static gboolean
text_is_clean (const char *text, gsize max)
{
  if (text == NULL || strlen (text) > max || !g_utf8_validate (text, -1, NULL))
    return FALSE;
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    if (*at != '\n' && *at != '\t' && g_unichar_iscntrl (g_utf8_get_char (at)))
      return FALSE;
  return TRUE;
}

static gboolean
check_address (const char *address, GError **error)
{
  g_autofree char *shown = NULL;

  if (base_account_address_is_valid (address))
    return TRUE;
  shown = g_utf8_make_valid (address != NULL ? address : "", -1);
  base_error_set (error, BASE_ERROR_REFUSED, NULL,
                  _ ("“%s” is not an e-mail address. It has to look like name@example.org."),
                  shown);
  return FALSE;
}

static gboolean
check_identity (const BaseAccount *account, const BaseIdentity *identity, GError **error)
{
  if (identity->reply_to != NULL && !check_address (identity->reply_to, error))
    return FALSE;
  if (identity->sent_folder != NULL && !base_account_field_is_clean (identity->sent_folder)) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL,
                    _ ("The folder for copies of sent mail has a name that no folder can have."));
    return FALSE;
  }
  if (identity->signature != NULL
      && base_account_get_signature (account, identity->signature) == NULL) {
    g_autofree char *shown = g_utf8_make_valid (identity->signature, -1);

    base_error_set (error, BASE_ERROR_REFUSED, NULL, _ ("There is no signature called “%s”."),
                    shown);
    return FALSE;
  }
  return TRUE;
}

/* An access token of the account is not for the servers of others. */
static gboolean
check_own_server (const BaseServer *server, GError **error)
{
  if (server->sign_in != BASE_SIGN_IN_OAUTH)
    return base_account_check_server (server, "SMTP", error);
  base_error_set (
      error, BASE_ERROR_REFUSED, NULL,
      _ ("The server of an identity takes a password or a certificate, no access token."));
  return FALSE;
}

static gboolean
check_other (const BaseAccount *account, const BaseIdentity *identity, GError **error)
{
  if (!base_account_id_is_valid (identity->id)) {
    g_autofree char *shown = g_utf8_make_valid (identity->id, -1);

    base_error_set (error, BASE_ERROR_REFUSED, NULL, _ ("An identity may not be called “%s”."),
                    shown);
    return FALSE;
  }
  if (identity->name != NULL && *identity->name != '\0'
      && !base_account_field_is_clean (identity->name)) {
    base_error_set (
        error, BASE_ERROR_REFUSED, NULL,
        _ ("The name of an identity is too long, or has characters that no name can have."));
    return FALSE;
  }
  return check_address (identity->address, error) && check_identity (account, identity, error)
         && (identity->smtp == NULL || identity->smtp->disabled
             || check_own_server (identity->smtp, error));
}

gboolean
base_signature_is_clean (const BaseSignature *signature)
{
  return text_is_clean (signature->text, BASE_SIGNATURE_MAX)
         && (signature->html == NULL || text_is_clean (signature->html, BASE_SIGNATURE_HTML_MAX));
}

static gboolean
check_signature (const BaseSignature *signature, GError **error)
{
  if (!base_account_id_is_valid (signature->id)) {
    g_autofree char *shown = g_utf8_make_valid (signature->id, -1);

    base_error_set (error, BASE_ERROR_REFUSED, NULL, _ ("A signature may not be called “%s”."),
                    shown);
    return FALSE;
  }
  if (!base_account_field_is_clean (signature->name)) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL, _ ("A signature needs a name."));
    return FALSE;
  }
  if (base_signature_is_clean (signature))
    return TRUE;
  base_error_set (error, BASE_ERROR_REFUSED, NULL,
                  _ ("The signature “%s” is too long, or has characters that no text can have."),
                  signature->name);
  return FALSE;
}

gboolean
base_identities_check (const BaseAccount *account, GError **error)
{
  gboolean has_default = account->default_identity == NULL;

  if (account->identities->len > MAX_MANY || account->signatures->len > MAX_MANY) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL,
                    _ ("An account can have %d identities and %d signatures at most."), MAX_MANY,
                    MAX_MANY);
    return FALSE;
  }
  for (guint i = 0; i < account->signatures->len; i++)
    if (!check_signature (account->signatures->pdata[i], error))
      return FALSE;
  if (!check_identity (account, account->own, error))
    return FALSE;
  for (guint i = 0; i < account->identities->len; i++) {
    const BaseIdentity *identity = account->identities->pdata[i];

    if (!check_other (account, identity, error))
      return FALSE;
    has_default = has_default || g_str_equal (identity->id, account->default_identity);
  }
  if (!has_default)
    base_error_set (error, BASE_ERROR_REFUSED, NULL,
                    _ ("DefaultIdentity under [Account] names an identity that is not there."));
  return has_default;
}
