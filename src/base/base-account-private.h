/* What the files of the account share.  Any thread. */
#pragma once

#include "base-account.h"

G_BEGIN_DECLS

/* ---- base-account.c ---- */
gboolean base_account_id_is_valid (const char *id);

/* ---- base-identity-file.c ---- */
gboolean base_identities_read (GKeyFile *file, BaseAccount *account, GError **error);
void base_identities_write (GKeyFile *file, const BaseAccount *account);
gboolean base_identities_check (const BaseAccount *account, GError **error);

G_END_DECLS
