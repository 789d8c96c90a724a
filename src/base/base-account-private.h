/* What the files of the account share.  Any thread. */
#pragma once

#include "base-account.h"

G_BEGIN_DECLS

/* ---- base-account.c ---- */
gboolean base_account_id_is_valid (const char *id);
/* Something on one line that can go onto a wire. */
gboolean base_account_field_is_clean (const char *text);
gboolean base_account_address_is_valid (const char *address);

/* ---- base-identity-file.c ---- */
gboolean base_identities_read (GKeyFile *file, BaseAccount *account, GError **error);
void base_identities_write (GKeyFile *file, const BaseAccount *account);
gboolean base_identities_check (const BaseAccount *account, GError **error);

G_END_DECLS
