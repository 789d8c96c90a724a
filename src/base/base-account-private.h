/* What the files of the account share.  Any thread. */
#pragma once

#include "base-account.h"

G_BEGIN_DECLS

/* ---- base-account.c ---- */
#define BASE_MONTHS       12 /* where the file asks for months and does not say how many */
#define BASE_BODY_MAX     2048
#define BASE_PART_MAX     (1024 * 1024)
#define BASE_POSITION_MAX 100000

/* As where a file says nothing; without an id. */
BaseAccount *base_account_new_empty (void) G_GNUC_WARN_UNUSED_RESULT;
gboolean base_account_id_is_valid (const char *id);
gboolean base_account_check_server (const BaseServer *server, const char *protocol, GError **error);

/* ---- base-account-keys.c ---- */
/* Into one that is empty. */
gboolean base_account_read (GKeyFile *file, BaseAccount *account, GError **error);
void base_account_write (GKeyFile *file, const BaseAccount *account);
/* Of the group [SMTP], or of one that looks like it. */
gboolean base_account_read_sender (GKeyFile *file, const char *group, BaseServer *server,
                                   GError **error);
void base_account_write_sender (GKeyFile *file, const char *group, const BaseServer *server);

/* ---- base-identity-file.c ---- */
gboolean base_identities_read (GKeyFile *file, BaseAccount *account, GError **error);
void base_identities_write (GKeyFile *file, const BaseAccount *account);
gboolean base_identities_check (const BaseAccount *account, GError **error);

G_END_DECLS
