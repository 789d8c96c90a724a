/* An account as the window sees it: its settings, one sentence about its state and its folders
 * in the order of the sidebar.  Main thread only; filled by the engine, and must never read the
 * store or ask a worker itself. */
#include "mail-private.h"

#include <glib/gi18n.h>

#include "base-date.h"
#include "base-error.h"
#include "sync-advice.h"

struct _MailAccount
{
  GObject parent_instance;

  /* Owned */
  BaseAccount *settings;
  GListStore *folders; /* of MailFolder */
  SyncState *state;    /* nullable: none yet */
  char *state_text, *state_detail;
  BaseTrust *trust; /* nullable: the certificate that was refused */

  gint64 row;
  MailAccountStatus status;
  gboolean needs_password, needs_sign_in, needs_unlock;
  const char *asked;  /* static: whose password is needed, or was last */
  const char *blamed; /* static: whose server waits for a person now; NULL: nobody's */
  double progress;
};

G_DEFINE_FINAL_TYPE (MailAccount, mail_account, G_TYPE_OBJECT)

enum
{
  PROP_LABEL = 1,
  PROP_ADDRESS,
  PROP_STATUS,
  PROP_STATE_TEXT,
  PROP_STATE_DETAIL,
  PROP_PROGRESS,
  PROP_COLOUR,
  PROP_DISABLED,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

static void
mail_account_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MailAccount *self = MAIL_ACCOUNT (object);

  switch (id) {
  case PROP_LABEL:
    g_value_set_string (value, mail_account_get_label (self));
    break;
  case PROP_ADDRESS:
    g_value_set_string (value, self->settings->address);
    break;
  case PROP_STATUS:
    g_value_set_int (value, (int)self->status);
    break;
  case PROP_STATE_TEXT:
    g_value_set_string (value, self->state_text);
    break;
  case PROP_STATE_DETAIL:
    g_value_set_string (value, self->state_detail);
    break;
  case PROP_PROGRESS:
    g_value_set_double (value, self->progress);
    break;
  case PROP_COLOUR:
    g_value_set_string (value, self->settings->colour);
    break;
  case PROP_DISABLED:
    g_value_set_boolean (value, self->settings->disabled);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mail_account_finalize (GObject *object)
{
  MailAccount *self = MAIL_ACCOUNT (object);

  g_clear_pointer (&self->settings, base_account_free);
  g_clear_object (&self->folders);
  g_free (self->state_text);
  g_free (self->state_detail);
  g_clear_pointer (&self->state, sync_state_free);
  base_trust_free (self->trust);
  G_OBJECT_CLASS (mail_account_parent_class)->finalize (object);
}

static void
mail_account_class_init (MailAccountClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = mail_account_get_property;
  object_class->finalize = mail_account_finalize;
  props[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, NULL, flags);
  props[PROP_ADDRESS] = g_param_spec_string ("address", NULL, NULL, NULL, flags);
  props[PROP_STATUS] = g_param_spec_int ("status", NULL, NULL, 0, G_MAXINT, 0, flags);
  props[PROP_STATE_TEXT] = g_param_spec_string ("state-text", NULL, NULL, NULL, flags);
  props[PROP_STATE_DETAIL] = g_param_spec_string ("state-detail", NULL, NULL, NULL, flags);
  props[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, -1, 1, -1, flags);
  props[PROP_COLOUR] = g_param_spec_string ("colour", NULL, NULL, NULL, flags);
  props[PROP_DISABLED] = g_param_spec_boolean ("disabled", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
mail_account_init (MailAccount *self)
{
  self->folders = g_list_store_new (MAIL_TYPE_FOLDER);
  self->state_text = g_strdup ("");
  self->progress = -1;
  self->status = MAIL_ACCOUNT_OFFLINE;
}

MailAccount *
mail_account_new (const BaseAccount *settings, gint64 row)
{
  MailAccount *self = g_object_new (MAIL_TYPE_ACCOUNT, NULL);

  self->settings = base_account_dup (settings);
  self->row = row;
  return self;
}

gint64
mail_account_get_row (MailAccount *self)
{
  return self->row;
}

const BaseAccount *
mail_account_get_settings (MailAccount *self)
{
  return self->settings;
}

void
mail_account_set_settings (MailAccount *self, const BaseAccount *settings)
{
  base_account_free (self->settings);
  self->settings = base_account_dup (settings);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LABEL]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ADDRESS]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_COLOUR]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_DISABLED]);
}

/* ---- state ---- */

/* Today's time alone, an older one with its day. */
static char *
moment (gint64 time)
{
  return base_date_short (time, time);
}

static char *
trying_again (const char *sentence, gint64 next_try)
{
  if (next_try <= 0)
    return g_strdup (sentence);
  g_autofree char *at = moment (next_try);
  /* Translators: %1$s is a whole sentence that says why, %2$s a time of day */
  return g_strdup_printf (_ ("%1$s Trying again at %2$s."), sentence, at);
}

static const char *
name_of_path (MailAccount *self, const char *path)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->folders)); i++) {
    g_autoptr (MailFolder) folder = g_list_model_get_item (G_LIST_MODEL (self->folders), i);

    if (g_str_equal (mail_folder_get_path (folder), path))
      return mail_folder_get_name (folder);
  }
  return path;
}

static char *
describe_syncing (MailAccount *self, const SyncState *state)
{
  const char *name = state->folder != NULL ? name_of_path (self, state->folder) : NULL;

  if (name != NULL && state->total > 0)
    /* Translators: the name of a folder, how many messages are here, how many there will be */
    return g_strdup_printf (_ ("Fetching “%1$s”: %2$'u of %3$'u"), name, state->done, state->total);
  if (name != NULL)
    return g_strdup_printf (_ ("Looking at “%s”…"), name);
  return g_strdup (_ ("Looking for new mail…"));
}

char *
mail_describe_in_step (gint64 in_step, gint64 now)
{
  if (in_step <= 0)
    return g_strdup (_ ("In step"));
  g_autofree char *at = moment (in_step);
  g_autofree char *day = base_date_short (in_step, now);
  if (g_str_equal (at, day))
    return g_strdup_printf (_ ("In step at %s"), at);
  return g_strdup_printf (_ ("Last in step: %s"), day);
}

char *
mail_account_describe (MailAccount *self, const SyncState *state, gint64 now)
{
  g_autofree char *none = NULL;

  switch (state->phase) {
  case SYNC_PHASE_OFFLINE:
    none = g_strdup_printf (_ ("No connection to %s."), self->settings->imap.host);
    return trying_again (state->message != NULL ? state->message : none, state->next_try);
  case SYNC_PHASE_CONNECTING:
    return g_strdup_printf (_ ("Connecting to %s…"), self->settings->imap.host);
  case SYNC_PHASE_SYNCING:
    return describe_syncing (self, state);
  case SYNC_PHASE_IN_STEP:
    /* With words of its own: something the person did waits for the server. */
    return state->message != NULL ? g_strdup (state->message)
                                  : mail_describe_in_step (state->in_step, now);
  case SYNC_PHASE_NEEDS_PASSWORD:
    return g_strdup (state->message != NULL ? state->message : _ ("The password is needed."));
  case SYNC_PHASE_NEEDS_SIGN_IN:
    return g_strdup (state->message != NULL ? state->message : _ ("Sign in again."));
  case SYNC_PHASE_LOCKED:
    return g_strdup (state->message != NULL ? state->message : _ ("The keyring is locked."));
  case SYNC_PHASE_NEEDS_TRUST:
    return g_strdup (state->message != NULL ? state->message
                                            : _ ("The certificate of the server is not trusted."));
  case SYNC_PHASE_DISK:
    return trying_again (state->message != NULL ? state->message
                                                : _ ("This computer could not store the mail."),
                         state->next_try);
  }
  return g_strdup ("");
}

static MailAccountStatus
status_of (SyncPhase phase)
{
  switch (phase) {
  case SYNC_PHASE_OFFLINE:
    return MAIL_ACCOUNT_OFFLINE;
  case SYNC_PHASE_CONNECTING:
  case SYNC_PHASE_SYNCING:
    return MAIL_ACCOUNT_BUSY;
  case SYNC_PHASE_IN_STEP:
    return MAIL_ACCOUNT_IN_STEP;
  case SYNC_PHASE_NEEDS_PASSWORD:
  case SYNC_PHASE_NEEDS_SIGN_IN:
  case SYNC_PHASE_LOCKED:
  case SYNC_PHASE_NEEDS_TRUST:
  case SYNC_PHASE_DISK:
    return MAIL_ACCOUNT_ATTENTION;
  }
  return MAIL_ACCOUNT_OFFLINE;
}

void
mail_account_set_state (MailAccount *self, const SyncState *state)
{
  g_autofree char *text = mail_account_describe (self, state, g_get_real_time () / G_USEC_PER_SEC);
  MailAccountStatus status = status_of (state->phase);
  double progress = -1;

  if (state != self->state) {
    g_clear_pointer (&self->state, sync_state_free);
    self->state = sync_state_dup (state);
  }
  if (state->phase == SYNC_PHASE_SYNCING && state->total > 0)
    progress = CLAMP ((double)state->done / state->total, 0.0, 1.0);

  g_object_freeze_notify (G_OBJECT (self));
  self->needs_password = state->phase == SYNC_PHASE_NEEDS_PASSWORD;
  self->blamed = state->protocol;
  if (self->needs_password && state->protocol != NULL)
    self->asked = state->protocol;
  self->needs_sign_in = state->phase == SYNC_PHASE_NEEDS_SIGN_IN;
  self->needs_unlock = state->phase == SYNC_PHASE_LOCKED;
  base_trust_free (self->trust);
  self->trust = state->phase == SYNC_PHASE_NEEDS_TRUST ? base_trust_dup (state->trust) : NULL;
  if (self->status != status) {
    self->status = status;
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATUS]);
  }
  if (!g_str_equal (self->state_text, text)) {
    g_free (self->state_text);
    self->state_text = g_steal_pointer (&text);
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE_TEXT]);
  }
  if (g_strcmp0 (self->state_detail, state->detail) != 0) {
    g_free (self->state_detail);
    self->state_detail = g_strdup (state->detail);
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE_DETAIL]);
  }
  if (self->progress != progress) {
    self->progress = progress;
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PROGRESS]);
  }
  g_object_thaw_notify (G_OBJECT (self));
}

void
mail_account_describe_again (MailAccount *self)
{
  if (self->state != NULL)
    mail_account_set_state (self, self->state);
}

/* ---- folders ---- */

/* A row with its path taken apart, for sorting into a tree. */
typedef struct
{
  const StoreFolder *row; /* borrowed */
  GStrv parts;
  GPtrArray *keys; /* of char: collation key of each part */
  guint depth;
} Node;

static void
node_free (gpointer data)
{
  Node *node = data;

  g_strfreev (node->parts);
  g_ptr_array_unref (node->keys);
  g_free (node);
}

static Node *
node_new (const StoreFolder *row)
{
  Node *node = g_new0 (Node, 1);
  const char delimiter[2] = { row->delimiter, '\0' };

  node->row = row;
  if (row->delimiter != '\0' && row->name[0] != '\0') {
    node->parts = g_strsplit (row->name, delimiter, -1);
  } else {
    node->parts = g_new0 (char *, 2);
    node->parts[0] = g_strdup (row->name);
  }
  node->keys = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; node->parts[i] != NULL; i++) {
    g_autofree char *folded = g_utf8_casefold (node->parts[i], -1);

    g_ptr_array_add (node->keys, g_utf8_collate_key_for_filename (folded, -1));
  }
  return node;
}

static int
node_compare (gconstpointer a, gconstpointer b)
{
  const Node *one = *(Node *const *)a, *two = *(Node *const *)b;
  gboolean one_special = one->row->role != STORE_ROLE_NONE,
           two_special = two->row->role != STORE_ROLE_NONE;

  if (one_special != two_special)
    return one_special ? -1 : 1;
  if (one->row->role != two->row->role)
    return (int)one->row->role - (int)two->row->role;
  for (guint i = 0; i < one->keys->len && i < two->keys->len; i++) {
    int order = strcmp (one->keys->pdata[i], two->keys->pdata[i]);

    if (order == 0)
      order = strcmp (one->parts[i], two->parts[i]);
    if (order != 0)
      return order;
  }
  return (int)one->keys->len - (int)two->keys->len;
}

static gboolean
is_below (const Node *node, const Node *ancestor)
{
  if (ancestor->keys->len >= node->keys->len)
    return FALSE;
  for (guint i = 0; i < ancestor->keys->len; i++)
    if (!g_str_equal (ancestor->parts[i], node->parts[i]))
      return FALSE;
  return TRUE;
}

/* Sorted nodes of the sidebar: special ones, then the tree.  A mere container of special folders
 * ("[Gmail]") is left out. */
static GPtrArray *
arrange (gint64 account, GPtrArray *rows)
{
  GPtrArray *nodes = g_ptr_array_new_with_free_func (node_free);

  for (guint i = 0; i < rows->len; i++) {
    const StoreFolder *row = rows->pdata[i];

    if (row->account == account)
      g_ptr_array_add (nodes, node_new (row));
  }
  g_ptr_array_sort (nodes, node_compare);
  for (guint i = nodes->len; i > 0; i--) {
    const Node *node = nodes->pdata[i - 1];
    gboolean has_children = i < nodes->len && is_below (nodes->pdata[i], node);

    if (!node->row->selectable && node->row->role == STORE_ROLE_NONE && !has_children)
      g_ptr_array_remove_index (nodes, i - 1);
  }
  g_autoptr (GPtrArray) open = g_ptr_array_new (); /* the ancestors of the row looked at */
  for (guint i = 0; i < nodes->len; i++) {
    Node *node = nodes->pdata[i];

    if (node->row->role != STORE_ROLE_NONE)
      continue;
    while (open->len > 0 && !is_below (node, open->pdata[open->len - 1]))
      g_ptr_array_set_size (open, (int)open->len - 1);
    node->depth = open->len;
    g_ptr_array_add (open, node);
  }
  return nodes;
}

/* Replaces what lies between the first and the last difference, so that a selection outside it
 * stays. */
void
mail_splice_difference (GListStore *list, GPtrArray *wanted)
{
  GListModel *model = G_LIST_MODEL (list);
  guint n_old = g_list_model_get_n_items (model), n_new = wanted->len, head = 0, tail = 0;
  g_autoptr (GPtrArray) old = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n_old; i++)
    g_ptr_array_add (old, g_list_model_get_item (model, i));
  while (head < n_old && head < n_new && old->pdata[head] == wanted->pdata[head])
    head++;
  while (tail < n_old - head && tail < n_new - head
         && old->pdata[n_old - 1 - tail] == wanted->pdata[n_new - 1 - tail])
    tail++;
  if (n_old - head - tail > 0 || n_new - head - tail > 0)
    g_list_store_splice (list, head, n_old - head - tail, wanted->pdata + head,
                         n_new - head - tail);
}

void
mail_account_set_folders (MailAccount *self, GPtrArray *rows)
{
  g_autoptr (GPtrArray) nodes = arrange (self->row, rows);
  g_autoptr (GHashTable) known =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
  g_autoptr (GPtrArray) wanted = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) open = g_ptr_array_new (); /* the ancestors of the row looked at */
  StoreRole last_role = STORE_ROLE_NONE;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->folders)); i++) {
    MailFolder *folder = g_list_model_get_item (G_LIST_MODEL (self->folders), i);
    gint64 id = mail_folder_get_id (folder);

    g_hash_table_insert (known, g_memdup2 (&id, sizeof id), folder);
  }
  for (guint i = 0; i < nodes->len; i++) {
    const Node *node = nodes->pdata[i];
    MailFolder *folder = g_hash_table_lookup (known, &node->row->id);
    const char *name = node->parts[node->keys->len - 1];

    /* Of two folders with one role the second keeps the name that tells it apart. */
    if (node->row->role != STORE_ROLE_NONE && node->row->role != last_role)
      name = mail_role_get_name ((MailRole)node->row->role);
    last_role = node->row->role;
    folder = folder != NULL ? g_object_ref (folder) : mail_folder_new (self, node->row->id);
    mail_folder_update (folder, node->row, name, node->depth);
    g_ptr_array_set_size (open, (int)node->depth);
    mail_folder_set_family (folder, node->depth > 0 ? open->pdata[node->depth - 1] : NULL,
                            i + 1 < nodes->len
                                && ((const Node *)nodes->pdata[i + 1])->depth > node->depth);
    g_ptr_array_add (open, folder);
    g_ptr_array_add (wanted, folder);
  }
  mail_splice_difference (self->folders, wanted);
}

/* ---- getters ---- */

const char *
mail_account_get_id (MailAccount *self)
{
  g_return_val_if_fail (MAIL_IS_ACCOUNT (self), NULL);
  return self->settings->id;
}

const char *
mail_account_get_label (MailAccount *self)
{
  g_return_val_if_fail (MAIL_IS_ACCOUNT (self), NULL);
  const char *label = self->settings->label;
  return label != NULL && *label != '\0' ? label : self->settings->address;
}

const char *
mail_account_get_address (MailAccount *self)
{
  g_return_val_if_fail (MAIL_IS_ACCOUNT (self), NULL);
  return self->settings->address;
}

const char *
mail_account_get_display_name (MailAccount *self)
{
  g_return_val_if_fail (MAIL_IS_ACCOUNT (self), NULL);
  return self->settings->display_name != NULL ? self->settings->display_name : "";
}

const char *
mail_account_get_colour (MailAccount *self)
{
  g_return_val_if_fail (MAIL_IS_ACCOUNT (self), NULL);
  return self->settings->colour;
}

gboolean
mail_account_get_disabled (MailAccount *self)
{
  g_return_val_if_fail (MAIL_IS_ACCOUNT (self), FALSE);
  return self->settings->disabled;
}

gboolean
mail_account_can_send (MailAccount *self)
{
  g_return_val_if_fail (MAIL_IS_ACCOUNT (self), FALSE);
  return base_account_has_sender (self->settings);
}

MailAccountStatus
mail_account_get_status (MailAccount *self)
{
  g_return_val_if_fail (MAIL_IS_ACCOUNT (self), MAIL_ACCOUNT_OFFLINE);
  return self->status;
}

const char *
mail_account_get_state_text (MailAccount *self)
{
  g_return_val_if_fail (MAIL_IS_ACCOUNT (self), NULL);
  return self->state_text;
}

const char *
mail_account_get_advice_link (MailAccount *self)
{
  g_return_val_if_fail (MAIL_IS_ACCOUNT (self), NULL);
  const BaseServer *own = mail_account_get_blamed_identity (self) != NULL
                              ? base_account_get_server (self->settings, self->blamed)
                              : NULL;
  const BaseServer *servers[] = { own != NULL ? own : &self->settings->imap,
                                  own != NULL ? own : &self->settings->smtp };
  g_autoptr (GError) error = NULL;
  const char *link = NULL;

  base_error_set (&error, self->needs_password ? BASE_ERROR_AUTH : BASE_ERROR_RETRY,
                  self->state_detail, "%s", self->state_text);
  for (gsize i = 0; link == NULL && i < G_N_ELEMENTS (servers); i++)
    sync_advice_find (servers[i], error, NULL, &link);
  return link;
}

const char *
mail_account_get_state_detail (MailAccount *self)
{
  g_return_val_if_fail (MAIL_IS_ACCOUNT (self), NULL);
  return self->state_detail;
}

const BaseTrust *
mail_account_get_trust (MailAccount *self)
{
  g_return_val_if_fail (MAIL_IS_ACCOUNT (self), NULL);
  return self->trust;
}

const char *
mail_account_get_blamed_identity (MailAccount *self)
{
  g_return_val_if_fail (MAIL_IS_ACCOUNT (self), NULL);
  const gsize length = strlen (BASE_PROTOCOL_IDENTITY);

  if (self->blamed == NULL || strncmp (self->blamed, BASE_PROTOCOL_IDENTITY, length) != 0)
    return NULL;
  return base_account_get_server (self->settings, self->blamed) != NULL ? self->blamed + length
                                                                        : NULL;
}

double
mail_account_get_progress (MailAccount *self)
{
  g_return_val_if_fail (MAIL_IS_ACCOUNT (self), -1);
  return self->progress;
}

const char *
mail_account_get_asked (MailAccount *self)
{
  g_return_val_if_fail (MAIL_IS_ACCOUNT (self), NULL);
  return self->asked != NULL ? self->asked : "imap";
}

gboolean
mail_account_needs_password (MailAccount *self)
{
  g_return_val_if_fail (MAIL_IS_ACCOUNT (self), FALSE);
  return self->needs_password;
}

gboolean
mail_account_needs_sign_in (MailAccount *self)
{
  g_return_val_if_fail (MAIL_IS_ACCOUNT (self), FALSE);
  return self->needs_sign_in;
}

gboolean
mail_account_needs_unlock (MailAccount *self)
{
  g_return_val_if_fail (MAIL_IS_ACCOUNT (self), FALSE);
  return self->needs_unlock;
}

GListModel *
mail_account_get_folders (MailAccount *self)
{
  g_return_val_if_fail (MAIL_IS_ACCOUNT (self), NULL);
  return G_LIST_MODEL (self->folders);
}

MailFolder *
mail_account_get_folder_by_role (MailAccount *self, int role)
{
  g_return_val_if_fail (MAIL_IS_ACCOUNT (self), NULL);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->folders)); i++) {
    g_autoptr (MailFolder) folder = g_list_model_get_item (G_LIST_MODEL (self->folders), i);

    if ((int)mail_folder_get_role (folder) == role)
      return folder; /* the list keeps it */
  }
  return NULL;
}

MailFolder *
mail_account_get_folder_by_path (MailAccount *self, const char *path)
{
  g_return_val_if_fail (MAIL_IS_ACCOUNT (self), NULL);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->folders)); i++) {
    g_autoptr (MailFolder) folder = g_list_model_get_item (G_LIST_MODEL (self->folders), i);

    if (g_strcmp0 (mail_folder_get_path (folder), path) == 0)
      return folder; /* the list keeps it */
  }
  return NULL;
}

BaseAccount *
mail_account_dup_settings (MailAccount *self)
{
  g_return_val_if_fail (MAIL_IS_ACCOUNT (self), NULL);
  return base_account_dup (self->settings);
}
