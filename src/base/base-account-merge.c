/* Several hands at the same settings: what one of them changed, on top of what the others did meanwhile.  Any thread; must never bring
 * back what somebody else took away. */
#include "base-account.h"

/* No text and an empty one are the same. */
static gboolean
same_text (const char *a, const char *b)
{
  return g_strcmp0 (a != NULL ? a : "", b != NULL ? b : "") == 0;
}

static void
merge_text (char **text, const char *before, const char *after)
{
  if (same_text (before, after))
    return;
  g_free (*text);
  *text = g_strdup (after);
}

#define MERGE_TEXT(target, before, after, field)                                                   \
  merge_text (&(target)->field, (before)->field, (after)->field)
#define MERGE_VALUE(target, before, after, field)                                                  \
  do {                                                                                             \
    if ((before)->field != (after)->field)                                                         \
      (target)->field = (after)->field;                                                            \
  } while (0)

/* ---- certificates ---- */

static gboolean
has_exception (const BaseAccount *account, const BaseException *exception)
{
  const BaseException *found =
      base_account_find_exception (account, exception->host, exception->port, exception->sha256);

  return found != NULL && found->until == exception->until;
}

static void
merge_exceptions (BaseAccount *account, const BaseAccount *before, const BaseAccount *after)
{
  for (guint i = 0; i < before->exceptions->len; i++) {
    const BaseException *one = before->exceptions->pdata[i];

    if (!base_account_has_exception (after, one->host, one->port))
      base_account_remove_exception (account, one->host, one->port);
  }
  for (guint i = 0; i < after->exceptions->len; i++) {
    const BaseException *one = after->exceptions->pdata[i];

    if (!has_exception (before, one))
      base_account_add_exception (account, one->host, one->port, one->sha256, one->until);
  }
}

/* ---- access tokens ---- */

static gboolean
same_oauth (const BaseOauth *a, const BaseOauth *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return same_text (a->provider, b->provider) && same_text (a->client_id, b->client_id)
         && same_text (a->client_secret, b->client_secret)
         && same_text (a->authorization, b->authorization) && same_text (a->token, b->token)
         && same_text (a->scope, b->scope);
}

static void
merge_oauth (BaseAccount *account, const BaseAccount *before, const BaseAccount *after)
{
  if (same_oauth (before->oauth, after->oauth))
    return;
  base_oauth_free (account->oauth);
  account->oauth = base_oauth_dup (after->oauth);
}

/* ---- identities and signatures ---- */

/* One that was taken away meanwhile stays so, as the identity does. */
static void
merge_own_server (BaseIdentity *identity, const BaseIdentity *before, const BaseIdentity *after)
{
  gboolean both = before->smtp != NULL && after->smtp != NULL;

  if (identity->smtp != NULL && both) {
    base_server_merge (identity->smtp, before->smtp, after->smtp);
  } else if (both ? !base_server_is_same_place (before->smtp, after->smtp)
                  : before->smtp != after->smtp) {
    base_server_free (identity->smtp);
    identity->smtp = base_server_dup (after->smtp);
  }
}

static void
merge_identity (BaseAccount *account, const BaseIdentity *before, const BaseIdentity *after)
{
  g_autoptr (BaseIdentity) identity = base_account_dup_identity (account, after->id);

  /* Gone meanwhile: it comes back only for who did something to it. */
  if (identity == NULL) {
    if (!base_identity_equal (before, after))
      base_account_put_identity (account, after);
    return;
  }
  MERGE_TEXT (identity, before, after, name);
  MERGE_TEXT (identity, before, after, address);
  MERGE_TEXT (identity, before, after, reply_to);
  MERGE_TEXT (identity, before, after, signature);
  MERGE_TEXT (identity, before, after, sent_folder);
  MERGE_VALUE (identity, before, after, bcc_self);
  MERGE_VALUE (identity, before, after, signature_above);
  merge_own_server (identity, before, after);
  base_account_put_identity (account, identity);
}

static const BaseIdentity *
find_identity (GPtrArray *identities, const char *id)
{
  for (guint i = 0; i < identities->len; i++)
    if (g_str_equal (((BaseIdentity *)identities->pdata[i])->id, id))
      return identities->pdata[i];
  return NULL;
}

/* Whether they stand otherwise than those that stayed did, with new ones behind them. */
static gboolean
were_moved (GPtrArray *before, GPtrArray *after)
{
  guint place = 0;

  for (guint i = 0; i < before->len; i++) {
    const BaseIdentity *one = before->pdata[i];

    if (find_identity (after, one->id) == NULL)
      continue;
    if (!g_str_equal (((BaseIdentity *)after->pdata[place])->id, one->id))
      return TRUE;
    place++;
  }
  return FALSE;
}

static void
merge_identities (BaseAccount *account, const BaseAccount *before, const BaseAccount *after)
{
  g_autoptr (GPtrArray) old = base_account_dup_identities (before);
  g_autoptr (GPtrArray) new = base_account_dup_identities (after);
  guint place = 0;

  for (guint i = 0; i < new->len; i++) {
    const BaseIdentity *was = find_identity (old, ((BaseIdentity *)new->pdata[i])->id);

    if (was == NULL)
      base_account_put_identity (account, new->pdata[i]);
    else
      merge_identity (account, was, new->pdata[i]);
  }
  for (guint i = 0; i < old->len; i++)
    if (find_identity (new, ((BaseIdentity *)old->pdata[i])->id) == NULL)
      base_account_remove_identity (account, ((BaseIdentity *)old->pdata[i])->id);
  for (guint i = 0; i < new->len &&were_moved (old, new); i++) {
    const char *id = ((BaseIdentity *)new->pdata[i])->id;

    if (base_account_find_identity (account, id) != G_MAXUINT)
      base_account_move_identity (account, id, place++);
  }
}

static void
put_signatures (BaseAccount *account, const BaseAccount *before, const BaseAccount *after)
{
  for (guint i = 0; i < after->signatures->len; i++) {
    const BaseSignature *one = after->signatures->pdata[i];
    const BaseSignature *was = base_account_get_signature (before, one->id);

    if (was == NULL || !base_signature_equal (was, one))
      base_account_put_signature (account, one);
  }
}

static void
remove_signatures (BaseAccount *account, const BaseAccount *before, const BaseAccount *after)
{
  for (guint i = 0; i < before->signatures->len; i++) {
    const char *id = ((BaseSignature *)before->signatures->pdata[i])->id;

    if (base_account_get_signature (after, id) == NULL)
      base_account_remove_signature (account, id);
  }
}

/* ---- all of it ---- */

void
base_account_merge (BaseAccount *account, const BaseAccount *before, const BaseAccount *after)
{
  MERGE_TEXT (account, before, after, display_name);
  MERGE_TEXT (account, before, after, address);
  MERGE_TEXT (account, before, after, label);
  base_server_merge (&account->imap, &before->imap, &after->imap);
  base_server_merge (&account->smtp, &before->smtp, &after->smtp);
  MERGE_TEXT (account, before, after, authserv_id);
  MERGE_TEXT (account, before, after, ca_file);
  MERGE_TEXT (account, before, after, client_certificate);
  MERGE_TEXT (account, before, after, client_key);
  merge_exceptions (account, before, after);
  merge_oauth (account, before, after);
  MERGE_TEXT (account, before, after, desktop_account);
  for (guint i = 0; i < BASE_N_FOLDERS; i++)
    MERGE_TEXT (account, before, after, folders[i]);
  MERGE_VALUE (account, before, after, disabled);
  MERGE_TEXT (account, before, after, colour);
  MERGE_VALUE (account, before, after, position);
  MERGE_VALUE (account, before, after, check_minutes);
  MERGE_VALUE (account, before, after, bodies);
  MERGE_VALUE (account, before, after, months);
  MERGE_VALUE (account, before, after, largest_body);
  MERGE_VALUE (account, before, after, largest_part);
  /* What an identity wears is there before it, and goes after it was taken off. */
  put_signatures (account, before, after);
  merge_identities (account, before, after);
  remove_signatures (account, before, after);
  MERGE_TEXT (account, before, after, default_identity);
}
