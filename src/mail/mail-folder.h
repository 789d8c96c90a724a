/* A folder as the window sees it. */
#pragma once

#include "mail-types.h"

G_BEGIN_DECLS

#define MAIL_TYPE_FOLDER (mail_folder_get_type ())
G_DECLARE_FINAL_TYPE (MailFolder, mail_folder, MAIL, FOLDER, GObject)

typedef enum
{
  MAIL_ROLE_NONE,
  MAIL_ROLE_INBOX,
  MAIL_ROLE_DRAFTS,
  MAIL_ROLE_SENT,
  MAIL_ROLE_ARCHIVE,
  MAIL_ROLE_JUNK,
  MAIL_ROLE_TRASH,
  MAIL_ROLE_ALL,
  MAIL_ROLE_FLAGGED,
} MailRole;
const char *mail_role_get_name (MailRole role); /* translated; NULL for MAIL_ROLE_NONE */
/* same numbers as StoreRole */

/* Ids of views; same numbers as StoreView. */
typedef enum
{
  MAIL_VIEW_INBOXES = -1,
  MAIL_VIEW_STARRED = -2,
  MAIL_VIEW_UNREAD = -3,
  MAIL_VIEW_ATTACHMENTS = -4,
  MAIL_VIEW_SENDER = -5, /* mail_folder_new_sender () */
  MAIL_VIEW_SEARCH = -6, /* mail_folder_new_search () */
} MailView;

/* Properties (notify): "name" (translated for special folders, else the last path part),
 * "unread" (uint), "total" (uint), "subscribed", "has-children",
 * "fetched" (boolean: the server has nothing in it that never came), "icon-name", "role" (int), "depth" (uint), "selectable",
 * "contents-text" ("1,234 messages, 56.0 MB": how many, and how much room they take on the server where that is known; "" where nothing is),
 * "state-text" (when and how it was last proven in step with the server, or why it is not), "trouble" (nullable: the sentence why it cannot be
 * brought in step; "state-text" is the same then). */
gint64 mail_folder_get_id (MailFolder *folder); /* < 0: a view */
/* What several folders of all accounts hold together (mail_engine_get_views ()): it has no account, and can only be looked at. */
gboolean mail_folder_is_view (MailFolder *folder);
/* A view of all mail from one person; not one of mail_engine_get_views ().  `name` ("": none) is what it is called by. */
MailFolder *mail_folder_new_sender (const char *name,
                                    const char *address) G_GNUC_WARN_UNUSED_RESULT;
const char *
mail_folder_get_sender (MailFolder *folder); /* in lower case, interned; NULL: no such view */
/* A view of what somebody looks for (base-query.h), in `within` (a folder or view; nullable: everywhere), the newest first or the best.  It is empty
 * as long as `typed` is. */
MailFolder *mail_folder_new_search (const char *name, const char *typed, MailFolder *within,
                                    gboolean best) G_GNUC_WARN_UNUSED_RESULT;
gboolean mail_folder_is_search (MailFolder *folder);
const char *mail_folder_get_typed (MailFolder *folder); /* NULL: no search */
MailFolder *
mail_folder_get_within (MailFolder *folder); /* borrowed, NULL: everywhere, or it is gone */
gboolean mail_folder_get_best (MailFolder *folder);
/* NULL of a view, and of one whose account is gone. */
MailAccount *mail_folder_get_account (MailFolder *folder);
const char *mail_folder_get_name (MailFolder *folder);
const char *
mail_folder_get_path (MailFolder *folder); /* whole path, for the chooser and for remembering */
const char *mail_folder_get_icon_name (MailFolder *folder);
MailRole mail_folder_get_role (MailFolder *folder);
guint mail_folder_get_unread (MailFolder *folder);
guint mail_folder_get_depth (MailFolder *folder);
gboolean mail_folder_get_selectable (MailFolder *folder);
const char *mail_folder_get_state_text (MailFolder *folder);
const char *mail_folder_get_contents_text (MailFolder *folder);
const char *mail_folder_get_trouble (MailFolder *folder);
guint mail_folder_get_total (MailFolder *folder);
gboolean mail_folder_get_fetched (MailFolder *folder);
gboolean mail_folder_get_subscribed (MailFolder *folder);
gboolean mail_folder_get_has_children (MailFolder *folder);
MailFolder *mail_folder_get_parent (MailFolder *folder); /* borrowed, NULL at the top */

G_END_DECLS
