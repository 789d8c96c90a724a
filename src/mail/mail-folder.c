/* A folder as the sidebar shows it: a plain holder of properties on the main thread, filled from
 * rows by its account.  It must never read the store itself. */
#include "mail-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-text.h"

struct _MailFolder
{
  GObject parent_instance;

  gint64 id;
  char *name, *path, *state_text, *contents_text;
  char *trouble;      /* nullable */
  const char *sender; /* interned; nullable */
  char *typed;        /* of a search; nullable */
  MailFolder *within; /* borrowed (weak): where it looks */
  gboolean best;
  MailRole role;
  guint unread, total, depth;
  gboolean selectable, subscribed, has_children, fetched;
  MailFolder *parent; /* borrowed (weak); NULL at the top */
  /* Borrowed: the account owns its folders; NULL when it is gone */
  MailAccount *account;
};

G_DEFINE_FINAL_TYPE (MailFolder, mail_folder, G_TYPE_OBJECT)

enum
{
  PROP_NAME = 1,
  PROP_PATH,
  PROP_UNREAD,
  PROP_ICON_NAME,
  PROP_ROLE,
  PROP_DEPTH,
  PROP_SELECTABLE,
  PROP_STATE_TEXT,
  PROP_CONTENTS_TEXT,
  PROP_TROUBLE,
  PROP_TOTAL,
  PROP_SUBSCRIBED,
  PROP_FETCHED,
  PROP_HAS_CHILDREN,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

/* The roles of the layers are the same numbers; hold that at compile time. */
G_STATIC_ASSERT ((int)MAIL_ROLE_NONE == (int)STORE_ROLE_NONE);
G_STATIC_ASSERT ((int)MAIL_ROLE_INBOX == (int)STORE_ROLE_INBOX);
G_STATIC_ASSERT ((int)MAIL_ROLE_DRAFTS == (int)STORE_ROLE_DRAFTS);
G_STATIC_ASSERT ((int)MAIL_ROLE_SENT == (int)STORE_ROLE_SENT);
G_STATIC_ASSERT ((int)MAIL_ROLE_ARCHIVE == (int)STORE_ROLE_ARCHIVE);
G_STATIC_ASSERT ((int)MAIL_ROLE_JUNK == (int)STORE_ROLE_JUNK);
G_STATIC_ASSERT ((int)MAIL_ROLE_TRASH == (int)STORE_ROLE_TRASH);
G_STATIC_ASSERT ((int)MAIL_ROLE_ALL == (int)STORE_ROLE_ALL);
G_STATIC_ASSERT ((int)MAIL_ROLE_FLAGGED == (int)STORE_ROLE_FLAGGED);

const char *
mail_role_get_name (MailRole role)
{
  switch (role) {
  case MAIL_ROLE_NONE:
    return NULL;
  case MAIL_ROLE_INBOX:
    return C_ ("folder", "Inbox");
  case MAIL_ROLE_DRAFTS:
    return C_ ("folder", "Drafts");
  case MAIL_ROLE_SENT:
    return C_ ("folder", "Sent");
  case MAIL_ROLE_ARCHIVE:
    return C_ ("folder", "Archive");
  case MAIL_ROLE_JUNK:
    return C_ ("folder", "Junk");
  case MAIL_ROLE_TRASH:
    return C_ ("folder", "Trash");
  case MAIL_ROLE_ALL:
    return C_ ("folder", "All Mail");
  case MAIL_ROLE_FLAGGED:
    return C_ ("folder", "Starred");
  }
  return NULL;
}

/* These icons come with the window's resources. */
const char *
mail_folder_get_icon_name (MailFolder *self)
{
  g_return_val_if_fail (MAIL_IS_FOLDER (self), NULL);
  switch ((MailView)self->id) {
  case MAIL_VIEW_INBOXES:
    return "sosik-inbox-symbolic";
  case MAIL_VIEW_STARRED:
    return "sosik-star-symbolic";
  case MAIL_VIEW_UNREAD:
    return "sosik-unread-symbolic";
  case MAIL_VIEW_ATTACHMENTS:
    return "sosik-attachment-symbolic";
  case MAIL_VIEW_SENDER:
    return "sosik-mail-symbolic";
  case MAIL_VIEW_SEARCH:
    return "edit-find-symbolic";
  }
  switch (self->role) {
  case MAIL_ROLE_INBOX:
    return "sosik-inbox-symbolic";
  case MAIL_ROLE_DRAFTS:
    return "sosik-drafts-symbolic";
  case MAIL_ROLE_SENT:
    return "sosik-sent-symbolic";
  case MAIL_ROLE_ARCHIVE:
    return "sosik-archive-symbolic";
  case MAIL_ROLE_JUNK:
    return "sosik-junk-symbolic";
  case MAIL_ROLE_TRASH:
    return "sosik-trash-symbolic";
  case MAIL_ROLE_ALL:
    return "sosik-all-symbolic";
  case MAIL_ROLE_FLAGGED:
    return "sosik-starred-symbolic";
  case MAIL_ROLE_NONE:
    break;
  }
  return "sosik-folder-symbolic";
}

static void
mail_folder_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MailFolder *self = MAIL_FOLDER (object);

  switch (id) {
  case PROP_NAME:
    g_value_set_string (value, self->name);
    break;
  case PROP_PATH:
    g_value_set_string (value, self->path);
    break;
  case PROP_UNREAD:
    g_value_set_uint (value, self->unread);
    break;
  case PROP_ICON_NAME:
    g_value_set_string (value, mail_folder_get_icon_name (self));
    break;
  case PROP_ROLE:
    g_value_set_int (value, (int)self->role);
    break;
  case PROP_DEPTH:
    g_value_set_uint (value, self->depth);
    break;
  case PROP_TOTAL:
    g_value_set_uint (value, self->total);
    break;
  case PROP_FETCHED:
    g_value_set_boolean (value, self->fetched);
    break;
  case PROP_SUBSCRIBED:
    g_value_set_boolean (value, self->subscribed);
    break;
  case PROP_HAS_CHILDREN:
    g_value_set_boolean (value, self->has_children);
    break;
  case PROP_SELECTABLE:
    g_value_set_boolean (value, self->selectable);
    break;
  case PROP_STATE_TEXT:
    g_value_set_string (value, self->state_text);
    break;
  case PROP_CONTENTS_TEXT:
    g_value_set_string (value, self->contents_text);
    break;
  case PROP_TROUBLE:
    g_value_set_string (value, self->trouble);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mail_folder_finalize (GObject *object)
{
  MailFolder *self = MAIL_FOLDER (object);

  g_clear_weak_pointer (&self->account);
  g_clear_weak_pointer (&self->parent);
  g_clear_weak_pointer (&self->within);
  g_free (self->typed);
  g_free (self->name);
  g_free (self->path);
  g_free (self->state_text);
  g_free (self->contents_text);
  g_free (self->trouble);
  G_OBJECT_CLASS (mail_folder_parent_class)->finalize (object);
}

static void
mail_folder_class_init (MailFolderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = mail_folder_get_property;
  object_class->finalize = mail_folder_finalize;
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  props[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, NULL, flags);
  props[PROP_UNREAD] = g_param_spec_uint ("unread", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_ICON_NAME] = g_param_spec_string ("icon-name", NULL, NULL, NULL, flags);
  props[PROP_ROLE] = g_param_spec_int ("role", NULL, NULL, 0, G_MAXINT, 0, flags);
  props[PROP_DEPTH] = g_param_spec_uint ("depth", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_SELECTABLE] = g_param_spec_boolean ("selectable", NULL, NULL, TRUE, flags);
  props[PROP_STATE_TEXT] = g_param_spec_string ("state-text", NULL, NULL, NULL, flags);
  props[PROP_CONTENTS_TEXT] = g_param_spec_string ("contents-text", NULL, NULL, NULL, flags);
  props[PROP_TROUBLE] = g_param_spec_string ("trouble", NULL, NULL, NULL, flags);
  props[PROP_TOTAL] = g_param_spec_uint ("total", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_FETCHED] = g_param_spec_boolean ("fetched", NULL, NULL, FALSE, flags);
  props[PROP_SUBSCRIBED] = g_param_spec_boolean ("subscribed", NULL, NULL, TRUE, flags);
  props[PROP_HAS_CHILDREN] = g_param_spec_boolean ("has-children", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
mail_folder_init (MailFolder *self)
{
  self->name = g_strdup ("");
  self->path = g_strdup ("");
  self->state_text = g_strdup ("");
  self->contents_text = g_strdup ("");
  self->selectable = TRUE;
}

MailFolder *
mail_folder_new (MailAccount *account, gint64 id)
{
  MailFolder *self = g_object_new (MAIL_TYPE_FOLDER, NULL);

  self->id = id;
  g_set_weak_pointer (&self->account, account);
  return self;
}

static const char *
get_view_name (MailView view)
{
  switch (view) {
  case MAIL_VIEW_INBOXES:
    return C_ ("folder", "All Inboxes");
  case MAIL_VIEW_STARRED:
    return C_ ("folder", "Starred");
  case MAIL_VIEW_UNREAD:
    return C_ ("folder", "Unread");
  case MAIL_VIEW_ATTACHMENTS:
    return C_ ("folder", "With Attachments");
  case MAIL_VIEW_SENDER:
  case MAIL_VIEW_SEARCH:
    break; /* each has its own */
  }
  return "";
}

static const char *
get_view_text (MailView view)
{
  switch (view) {
  case MAIL_VIEW_INBOXES:
    return _ ("What is in the inboxes of all accounts");
  case MAIL_VIEW_STARRED:
    return _ ("Starred messages of all folders");
  case MAIL_VIEW_UNREAD:
    return _ ("Unread messages of all folders");
  case MAIL_VIEW_ATTACHMENTS:
    return _ ("Messages with attachments of all folders");
  case MAIL_VIEW_SENDER:
    return _ ("All messages from this person, but for Junk, Trash and Drafts");
  case MAIL_VIEW_SEARCH:
    break; /* says itself what it looks for */
  }
  return "";
}

MailFolder *
mail_folder_new_view (MailView view)
{
  MailFolder *self = mail_folder_new (NULL, view);

  g_free (self->name);
  self->name = g_strdup (get_view_name (view));
  g_free (self->state_text);
  self->state_text = g_strdup (get_view_text (view));
  return self;
}

MailFolder *
mail_folder_new_sender (const char *name, const char *address)
{
  MailFolder *self = mail_folder_new_view (MAIL_VIEW_SENDER);
  g_autofree char *folded = g_ascii_strdown (address, -1);

  g_free (self->name);
  /* Translators: the heading of a list of messages; the name or address of who wrote them */
  self->name = g_strdup_printf (_ ("From %s"), *name != '\0' ? name : address);
  self->sender = g_intern_string (folded);
  return self;
}

MailFolder *
mail_folder_new_search (const char *name, const char *typed, MailFolder *within, gboolean best)
{
  MailFolder *self = mail_folder_new_view (MAIL_VIEW_SEARCH);

  g_free (self->name);
  self->name = g_strdup (name);
  self->typed = g_strdup (typed);
  g_set_weak_pointer (&self->within, within);
  self->best = best;
  return self;
}

gboolean
mail_folder_is_search (MailFolder *self)
{
  g_return_val_if_fail (MAIL_IS_FOLDER (self), FALSE);
  return self->typed != NULL;
}

const char *
mail_folder_get_typed (MailFolder *self)
{
  g_return_val_if_fail (MAIL_IS_FOLDER (self), NULL);
  return self->typed;
}

MailFolder *
mail_folder_get_within (MailFolder *self)
{
  g_return_val_if_fail (MAIL_IS_FOLDER (self), NULL);
  return self->within;
}

gboolean
mail_folder_get_best (MailFolder *self)
{
  g_return_val_if_fail (MAIL_IS_FOLDER (self), FALSE);
  return self->best;
}

const char *
mail_folder_get_sender (MailFolder *self)
{
  g_return_val_if_fail (MAIL_IS_FOLDER (self), NULL);
  return self->sender;
}

static void
set_string (MailFolder *self, char **field, const char *value, guint prop)
{
  if (g_strcmp0 (*field, value) == 0)
    return;
  g_free (*field);
  *field = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

static void
set_uint (MailFolder *self, guint *field, guint value, guint prop)
{
  if (*field == value)
    return;
  *field = value;
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

char *
mail_folder_describe (const StoreFolder *row, gint64 now)
{
  const char *how = NULL;

  if (row->trouble != NULL)
    return g_strdup (row->trouble);
  if (row->in_step <= 0)
    return g_strdup (row->local ? _ ("On this computer only")
                                : _ ("Not fetched from the server yet"));
  g_autofree char *when = mail_describe_in_step (row->in_step, now);
  switch (row->in_step_by) {
  case STORE_PROOF_NONE:
    break;
  case STORE_PROOF_SELECT:
    how = _ ("compared with the server");
    break;
  case STORE_PROOF_IDLE:
  case STORE_PROOF_NOTIFY:
    how = _ ("the server tells of changes by itself");
    break;
  case STORE_PROOF_STATUS:
  case STORE_PROOF_NOOP:
    how = _ ("the server was asked and had no changes");
    break;
  }
  if (how == NULL)
    return g_steal_pointer (&when);
  /* Translators: "In step at 12:03", and how that is known */
  return g_strdup_printf (C_ ("freshness", "%1$s: %2$s"), when, how);
}

/* As long as rows are missing here, the server knows better how many there are. */
static guint
count_total (const StoreFolder *row)
{
  return row->complete ? row->total : MAX (row->total, row->server_total);
}

/* -1: nobody knows. */
static gint64
add_up (const StoreFolder *row)
{
  if (row->complete || row->local)
    return (gint64)row->size;
  return row->server_total >= row->total ? row->server_size : -1;
}

/* There is nothing in it that has not come yet.  A folder that was numbered anew was in step once, but is fetched from the beginning. */
static gboolean
is_fetched (const StoreFolder *row)
{
  return row->local || row->complete || (row->in_step > 0 && row->server_total == 0);
}

char *
mail_folder_describe_contents (const StoreFolder *row)
{
  guint total = count_total (row);
  gint64 size = add_up (row);

  if (total == 0)
    return g_strdup (is_fetched (row) ? _ ("No messages") : "");
  if (size < 0)
    return g_strdup_printf (ngettext ("%'u message", "%'u messages", total), total);
  g_autofree char *room = base_text_size ((guint64)size);
  /* Translators: how many messages a folder has, and how much room they take on the server: "1,234 messages, 56.0 MB" */
  return g_strdup_printf (ngettext ("%1$'u message, %2$s", "%1$'u messages, %2$s", total), total,
                          room);
}

char *
mail_folder_dup_shown_name (const StoreFolder *row)
{
  const char *name = mail_role_get_name ((MailRole)row->role);
  const char *last = row->delimiter != 0 ? strrchr (row->name, row->delimiter) : NULL;

  return g_strdup (name != NULL ? name : last != NULL ? last + 1 : row->name);
}

static void
set_boolean (MailFolder *self, gboolean *field, gboolean value, guint prop)
{
  if (*field == value)
    return;
  *field = value;
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

void
mail_folder_set_search_name (MailFolder *self, const char *name)
{
  set_string (self, &self->name, name, PROP_NAME);
}

void
mail_folder_set_unread (MailFolder *self, guint unread)
{
  set_uint (self, &self->unread, unread, PROP_UNREAD);
}

void
mail_folder_set_family (MailFolder *self, MailFolder *parent, gboolean has_children)
{
  g_set_weak_pointer (&self->parent, parent);
  set_boolean (self, &self->has_children, has_children, PROP_HAS_CHILDREN);
}

void
mail_folder_update_state (MailFolder *self, const StoreFolder *row)
{
  set_uint (self, &self->unread,
            row->complete ? row->unread : MAX (row->unread, row->server_unread), PROP_UNREAD);
  set_uint (self, &self->total, count_total (row), PROP_TOTAL);
  g_autofree char *contents = mail_folder_describe_contents (row);
  set_string (self, &self->contents_text, contents, PROP_CONTENTS_TEXT);
  g_autofree char *text = mail_folder_describe (row, g_get_real_time () / G_USEC_PER_SEC);
  set_string (self, &self->state_text, text, PROP_STATE_TEXT);
  set_string (self, &self->trouble, row->trouble, PROP_TROUBLE);
  set_boolean (self, &self->fetched, is_fetched (row), PROP_FETCHED);
}

void
mail_folder_update (MailFolder *self, const StoreFolder *row, const char *name, guint depth)
{
  MailRole role = (MailRole)row->role;

  g_object_freeze_notify (G_OBJECT (self));
  set_string (self, &self->name, name, PROP_NAME);
  set_string (self, &self->path, row->name, PROP_PATH);
  set_uint (self, &self->depth, depth, PROP_DEPTH);
  if (self->role != role) {
    self->role = role;
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ROLE]);
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ICON_NAME]);
  }
  set_boolean (self, &self->selectable, row->selectable, PROP_SELECTABLE);
  set_boolean (self, &self->subscribed, row->subscribed, PROP_SUBSCRIBED);
  mail_folder_update_state (self, row);
  g_object_thaw_notify (G_OBJECT (self));
}

gboolean
mail_folder_get_fetched (MailFolder *self)
{
  g_return_val_if_fail (MAIL_IS_FOLDER (self), FALSE);
  return self->fetched;
}

gint64
mail_folder_get_id (MailFolder *self)
{
  g_return_val_if_fail (MAIL_IS_FOLDER (self), 0);
  return self->id;
}

MailAccount *
mail_folder_get_account (MailFolder *self)
{
  g_return_val_if_fail (MAIL_IS_FOLDER (self), NULL);
  return self->account;
}

const char *
mail_folder_get_name (MailFolder *self)
{
  g_return_val_if_fail (MAIL_IS_FOLDER (self), NULL);
  return self->name;
}

const char *
mail_folder_get_path (MailFolder *self)
{
  g_return_val_if_fail (MAIL_IS_FOLDER (self), NULL);
  return self->path;
}

MailRole
mail_folder_get_role (MailFolder *self)
{
  g_return_val_if_fail (MAIL_IS_FOLDER (self), MAIL_ROLE_NONE);
  return self->role;
}

guint
mail_folder_get_unread (MailFolder *self)
{
  g_return_val_if_fail (MAIL_IS_FOLDER (self), 0);
  return self->unread;
}

guint
mail_folder_get_depth (MailFolder *self)
{
  g_return_val_if_fail (MAIL_IS_FOLDER (self), 0);
  return self->depth;
}

gboolean
mail_folder_get_selectable (MailFolder *self)
{
  g_return_val_if_fail (MAIL_IS_FOLDER (self), FALSE);
  return self->selectable;
}

const char *
mail_folder_get_state_text (MailFolder *self)
{
  g_return_val_if_fail (MAIL_IS_FOLDER (self), NULL);
  return self->state_text;
}

const char *
mail_folder_get_contents_text (MailFolder *self)
{
  g_return_val_if_fail (MAIL_IS_FOLDER (self), NULL);
  return self->contents_text;
}

const char *
mail_folder_get_trouble (MailFolder *self)
{
  g_return_val_if_fail (MAIL_IS_FOLDER (self), NULL);
  return self->trouble;
}

gboolean
mail_folder_is_view (MailFolder *self)
{
  g_return_val_if_fail (MAIL_IS_FOLDER (self), FALSE);
  return self->id < 0;
}

guint
mail_folder_get_total (MailFolder *self)
{
  g_return_val_if_fail (MAIL_IS_FOLDER (self), 0);
  return self->total;
}

gboolean
mail_folder_get_subscribed (MailFolder *self)
{
  g_return_val_if_fail (MAIL_IS_FOLDER (self), FALSE);
  return self->subscribed;
}

gboolean
mail_folder_get_has_children (MailFolder *self)
{
  g_return_val_if_fail (MAIL_IS_FOLDER (self), FALSE);
  return self->has_children;
}

MailFolder *
mail_folder_get_parent (MailFolder *self)
{
  g_return_val_if_fail (MAIL_IS_FOLDER (self), NULL);
  return self->parent;
}
