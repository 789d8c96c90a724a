/* An account as the window sees it. */
#pragma once

#include "base-trust.h"
#include "mail-types.h"

G_BEGIN_DECLS

#define MAIL_TYPE_ACCOUNT (mail_account_get_type ())
G_DECLARE_FINAL_TYPE (MailAccount, mail_account, MAIL, ACCOUNT, GObject)

typedef enum
{
  MAIL_ACCOUNT_IN_STEP,  /* quiet */
  MAIL_ACCOUNT_BUSY,     /* connecting or syncing: spinner/progress */
  MAIL_ACCOUNT_OFFLINE,  /* tries again by itself */
  MAIL_ACCOUNT_ATTENTION /* a person must do something: password, certificate */
} MailAccountStatus;

/* Properties (all notify): "label" (string, sidebar name), "address", "status"
 * (MailAccountStatus as int), "state-text" (one line: "In step at 12:03", "Fetching Inbox 120 of
 * 900", "No connection. Trying again at 12:05."), "state-detail" (server's words, nullable),
 * "progress" (double 0..1, < 0: not known), "colour" (nullable, "#rrggbb"), "disabled" (boolean: it is switched off). */
const char *mail_account_get_id (MailAccount *account);
const char *mail_account_get_label (MailAccount *account);
const char *mail_account_get_address (MailAccount *account);
const char *mail_account_get_display_name (MailAccount *account);
const char *mail_account_get_colour (MailAccount *account);
gboolean mail_account_get_disabled (MailAccount *account);
gboolean mail_account_can_send (
    MailAccount *account); /* as one of its identities at least; else it only receives */
MailAccountStatus mail_account_get_status (MailAccount *account);
const char *mail_account_get_state_text (MailAccount *account);
const char *mail_account_get_state_detail (MailAccount *account);
/* The certificate for which status is ATTENTION; NULL: that is for another reason.  Borrowed until the status changes. */
const BaseTrust *mail_account_get_trust (MailAccount *account);
/* The id of the identity whose own server the status is ATTENTION for; NULL: it is for one of the account's.  Static. */
const char *mail_account_get_blamed_identity (MailAccount *account);
/* Where a person can do what the state says, while it waits for them; NULL: nowhere in particular.  Lives as long as the program. */
const char *mail_account_get_advice_link (MailAccount *account);
double mail_account_get_progress (MailAccount *account);
/* True when status is ATTENTION because a password is missing or was refused. */
gboolean mail_account_needs_password (MailAccount *account);
/* Whose password that is: static, "imap", "smtp" or "smtp-ID" (of an identity). */
const char *mail_account_get_asked (MailAccount *account);
/* In the browser (mail-sign-in.h), or, of an account of the desktop's, in its settings. */
gboolean mail_account_needs_sign_in (MailAccount *account);
/* The keyring is locked, and the person did not open it when they were asked: offline until mail_engine_unlock (). */
gboolean mail_account_needs_unlock (MailAccount *account);
/* Borrowed GListModel of MailFolder: special folders first, then the tree in order (parents
 * before children, "depth"). */
GListModel *mail_account_get_folders (MailAccount *account);
/* NULL when the account has none. */
MailFolder *mail_account_get_folder_by_role (MailAccount *account, int role);
/* Borrowed; NULL: there is none of that path (nullable). */
MailFolder *mail_account_get_folder_by_path (MailAccount *account, const char *path);
/* A copy of its settings. */
BaseAccount *mail_account_dup_settings (MailAccount *account) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
