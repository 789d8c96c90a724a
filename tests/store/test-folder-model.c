/* Folders that come, go and change their names on both sides, with mail in them, at random: a person here, another client
 * there, a worker whose line is cut now and then.  Once all is carried out the store and the server say the same. */
#include "test-store.h"

#include "base-error.h"

#define MAX_UID 200

typedef struct
{
  char *path;
  guint32 uid_validity, uid_next;
  guint number[MAX_UID]; /* of the message; 0: no such UID */
  StoreFlags flags[MAX_UID];
} Mailbox;

typedef struct
{
  Profile *profile;
  GRand *rand;
  GPtrArray *mailboxes; /* of Mailbox */
  GArray *groups;
  GArray *seen; /* ids of messages that were listed once: a window may still show them */
  guint number;
  guint32 uid_validity; /* last one handed out */
} Model;

static const char *const names[] = { "a", "b", "c", "a/x", "a/y", "b/x", "a/x/deep" };

static guint
pick (Model *model, guint below)
{
  return (guint)g_rand_int_range (model->rand, 0, (gint32)below);
}

/* ---- the server ---- */

static void
mailbox_free (gpointer data)
{
  Mailbox *mailbox = data;
  g_free (mailbox->path);
  g_free (mailbox);
}

static Mailbox *
find (Model *model, const char *path)
{
  for (guint i = 0; i < model->mailboxes->len; i++) {
    Mailbox *mailbox = g_ptr_array_index (model->mailboxes, i);
    if (g_str_equal (mailbox->path, path))
      return mailbox;
  }
  return NULL;
}

static gboolean
server_create (Model *model, const char *path)
{
  if (find (model, path) != NULL)
    return FALSE;
  Mailbox *mailbox = g_new0 (Mailbox, 1);
  mailbox->path = g_strdup (path);
  mailbox->uid_validity = ++model->uid_validity;
  mailbox->uid_next = 1;
  g_ptr_array_add (model->mailboxes, mailbox);
  return TRUE;
}

/* Refused where a mailbox is in the way, as servers do. */
static gboolean
server_rename (Model *model, const char *name, const char *to)
{
  g_autofree char *from = g_strdup (name); /* it may be the mailbox's own */
  g_autofree char *below = g_strconcat (from, "/", NULL);
  if (find (model, from) == NULL || find (model, to) != NULL || g_str_has_prefix (to, below))
    return FALSE;
  for (guint i = 0; i < model->mailboxes->len; i++) {
    Mailbox *mailbox = g_ptr_array_index (model->mailboxes, i);
    g_autofree char *moved = g_str_has_prefix (mailbox->path, below)
                                 ? g_strconcat (to, mailbox->path + strlen (from), NULL)
                                 : NULL;
    if (moved != NULL && find (model, moved) != NULL)
      return FALSE;
  }
  for (guint i = 0; i < model->mailboxes->len; i++) {
    Mailbox *mailbox = g_ptr_array_index (model->mailboxes, i);
    if (g_str_equal (mailbox->path, from) || g_str_has_prefix (mailbox->path, below)) {
      char *moved = g_strconcat (to, mailbox->path + strlen (from), NULL);
      g_free (mailbox->path);
      mailbox->path = moved;
    }
  }
  return TRUE;
}

static guint32
deliver (Mailbox *mailbox, guint number, StoreFlags flags)
{
  guint32 uid = mailbox->uid_next++;
  g_assert_cmpuint (uid, <, MAX_UID);
  mailbox->number[uid] = number;
  mailbox->flags[uid] = flags;
  return uid;
}

static guint32
find_message (const Mailbox *mailbox, const StoreOperation *operation, guint32 from)
{
  for (guint32 uid = mailbox->uid_next; uid-- > MAX (from, 1u);) {
    g_autofree char *id = g_strdup_printf ("<%u@example.org>", mailbox->number[uid]);
    if (mailbox->number[uid] != 0 && g_strcmp0 (id, operation->message_id) == 0)
      return uid;
  }
  return 0;
}

/* No message goes with a folder that the person took it out of. */
static void
check_nothing_lost (Model *model, gint64 folder, const Mailbox *mailbox)
{
  for (guint32 uid = 1; uid < mailbox->uid_next; uid++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *id = g_strdup_printf ("<%u@example.org>", mailbox->number[uid]);
    StoreOperation like = { .message_id = id };
    gboolean elsewhere = FALSE;
    for (guint i = 0; i < model->mailboxes->len; i++) {
      const Mailbox *other = g_ptr_array_index (model->mailboxes, i);
      elsewhere |= other != mailbox && find_message (other, &like, 1) != 0;
    }
    if (mailbox->number[uid] == 0 || elsewhere)
      continue;
    g_autoptr (StoreQuery) query =
        store_db_query (model->profile->db, &error,
                        "SELECT count(*) FROM message AS m JOIN folder AS f ON f.id = m.folder "
                        "JOIN operation AS o ON o.message = m.id AND o.state < 2 AND o.folder = ?1 "
                        "WHERE m.message_id = ?2 AND f.id <> ?1 AND f.deleting = 0 AND o.kind = 1",
                        STORE_INTS (folder));
    store_query_bind_text (query, 2, id);
    g_assert_cmpint (store_query_step (model->profile->db, query, &error), ==, 1);
    g_assert_cmpint (store_query_int (query, 0), ==, 0);
  }
}

/* ---- one operation, as the sync worker and the server do it ---- */

typedef enum
{
  FATE_DONE,
  FATE_REFUSED,
  FATE_WAIT, /* postponed: not found yet */
} Fate;

static Fate
serve_folder (Model *model, const StoreOperation *operation)
{
  Mailbox *mailbox = find (model, operation->folder_name);
  switch (operation->kind) {
  case STORE_OPERATION_CREATE:
    server_create (model, operation->folder_name);
    return FATE_DONE;
  case STORE_OPERATION_RENAME:
    if (server_rename (model, operation->folder_name, operation->name))
      return FATE_DONE;
    return operation->attempts > 0 && mailbox == NULL && find (model, operation->name) != NULL
               ? FATE_DONE
               : FATE_REFUSED;
  case STORE_OPERATION_DELETE:
    if (mailbox != NULL)
      check_nothing_lost (model, operation->folder, mailbox);
    if (mailbox != NULL)
      g_ptr_array_remove (model->mailboxes, mailbox);
    return FATE_DONE;
  case STORE_OPERATION_SUBSCRIBE:
  case STORE_OPERATION_EMPTY:
    return FATE_DONE;
  case STORE_OPERATION_FLAGS:
  case STORE_OPERATION_MOVE:
  case STORE_OPERATION_EXPUNGE:
  case STORE_OPERATION_APPEND:
  case STORE_OPERATION_COPY:
    break;
  }
  g_assert_not_reached ();
}

static Fate
serve_message (Model *model, StoreOperation *operation, guint32 *new_uid)
{
  g_autoptr (GError) error = NULL;
  Mailbox *mailbox = find (model, operation->folder_name);
  if (mailbox == NULL)
    return FATE_REFUSED;
  /* The numbers of another mailbox that bears the name now. */
  if (operation->folder_validity != 0 && operation->folder_validity != mailbox->uid_validity) {
    g_assert_true (store_folder_reset (model->profile->db, operation->folder, &error));
    operation->uid = 0;
  }
  if (operation->uid == 0)
    operation->uid = find_message (mailbox, operation, 1);
  if (operation->uid == 0 || mailbox->number[operation->uid] == 0)
    return operation->uid == 0 && operation->attempts < 3 ? FATE_WAIT : FATE_DONE;
  Mailbox *target = NULL;
  if (operation->target_name != NULL) {
    server_create (model, operation->target_name);
    target = find (model, operation->target_name);
  }
  guint number = mailbox->number[operation->uid];
  StoreFlags flags = mailbox->flags[operation->uid];
  switch (operation->kind) {
  case STORE_OPERATION_FLAGS:
    mailbox->flags[operation->uid] =
        operation->add ? flags | operation->flags : flags & ~operation->flags;
    return FATE_DONE;
  case STORE_OPERATION_MOVE:
    *new_uid = deliver (target, number, flags);
    mailbox->number[operation->uid] = 0;
    return FATE_DONE;
  case STORE_OPERATION_COPY: {
    g_autoptr (GPtrArray) one = g_ptr_array_new ();
    gboolean same = operation->mark_validity == target->uid_validity;
    if (operation->step == STORE_STEP_MAYBE)
      *new_uid = find_message (target, operation, same ? operation->mark : 1);
    if (*new_uid != 0)
      return FATE_DONE;
    g_ptr_array_add (one, operation);
    g_assert_true (store_operation_note_maybe (model->profile->db, one, target->uid_validity,
                                               target->uid_next, &error));
    *new_uid = deliver (target, number, flags);
    return FATE_DONE;
  }
  case STORE_OPERATION_EXPUNGE:
    mailbox->number[operation->uid] = 0;
    return FATE_DONE;
  case STORE_OPERATION_APPEND:
  case STORE_OPERATION_CREATE:
  case STORE_OPERATION_RENAME:
  case STORE_OPERATION_DELETE:
  case STORE_OPERATION_SUBSCRIBE:
  case STORE_OPERATION_EMPTY:
    break;
  }
  g_assert_not_reached ();
}

/* As COPYUID tells it. */
static guint32
target_validity (Model *model, const StoreOperation *operation)
{
  Mailbox *target = operation->target_name != NULL ? find (model, operation->target_name) : NULL;
  return target != NULL ? target->uid_validity : 0;
}

static gboolean
work (Model *model, gboolean reliable)
{
  g_autoptr (GError) error = NULL;
  StoreDb *db = model->profile->db;
  g_autoptr (GPtrArray) due = take (model->profile, 1);
  if (due->len == 0)
    return FALSE;
  StoreOperation *operation = g_ptr_array_index (due, 0);
  guint chance = reliable ? 9 : pick (model, 10);
  if (chance == 0) {
    g_assert_true (store_operation_refused (db, due, &error));
    return TRUE;
  }
  if (chance == 1) {
    g_assert_true (store_operation_keep (db, due, 0, FALSE, &error));
    return TRUE;
  }
  g_autoptr (GHashTable) uids = g_hash_table_new (NULL, NULL);
  guint32 new_uid = 0;
  Fate fate = STORE_OPERATION_IS_ON_FOLDER (operation->kind)
                  ? serve_folder (model, operation)
                  : serve_message (model, operation, &new_uid);
  if (new_uid != 0)
    g_hash_table_insert (uids, GUINT_TO_POINTER (operation->uid), GUINT_TO_POINTER (new_uid));
  if (chance == 2) /* whatever it was, the answer was lost */
    g_assert_true (store_operation_recover (db, model->profile->account, &error));
  else if (fate == FATE_WAIT)
    g_assert_true (store_operation_postpone (db, due, 0, &error));
  else if (fate == FATE_REFUSED)
    g_assert_true (store_operation_refused (db, due, &error));
  else
    g_assert_true (
        store_operation_done (db, due, uids, target_validity (model, operation), &error));
  g_assert_no_error (error);
  return TRUE;
}

/* ---- what is seen of it ---- */

static void
sync_list (Model *model)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify)store_folder_free);
  for (guint i = 0; i < model->mailboxes->len; i++) {
    StoreFolder *folder = g_new0 (StoreFolder, 1);
    folder->name = g_strdup (((Mailbox *)g_ptr_array_index (model->mailboxes, i))->path);
    folder->delimiter = '/';
    folder->selectable = TRUE;
    folder->role = g_str_equal (folder->name, "INBOX") ? STORE_ROLE_INBOX : STORE_ROLE_NONE;
    g_ptr_array_add (list, folder);
  }
  g_assert_true (
      store_folder_replace_list (model->profile->db, model->profile->account, list, &error));
  g_assert_no_error (error);
}

static void
sync_folder (Model *model, const StoreFolder *row)
{
  g_autoptr (GError) error = NULL;
  StoreDb *db = model->profile->db;
  Mailbox *mailbox = row->local ? NULL : find (model, row->server_name);
  if (mailbox == NULL)
    return;
  if (row->uid_validity != 0 && row->uid_validity != mailbox->uid_validity)
    g_assert_true (store_folder_reset (db, row->id, &error));
  g_autoptr (BaseUidSet) here = store_message_get_uids (db, row->id, &error);
  g_autoptr (BaseUidSet) there = base_uid_set_new ();
  g_autoptr (GArray) flags = g_array_new (FALSE, FALSE, sizeof (StoreServerFlags));
  for (guint32 uid = 1; uid < mailbox->uid_next; uid++) {
    StoreServerFlags said = { uid, mailbox->flags[uid] };
    if (mailbox->number[uid] == 0)
      continue;
    base_uid_set_add (there, uid);
    g_array_append_val (flags, said);
  }
  g_autoptr (BaseUidSet) gone = base_uid_set_subtract (here, there);
  g_assert_true (store_message_remove (db, row->id, gone, &error));
  for (guint i = 0; i < flags->len; i++) {
    const StoreServerFlags *said = &g_array_index (flags, StoreServerFlags, i);
    if (!base_uid_set_contains (here, said->uid))
      add_message (model->profile, row->id, said->uid, mailbox->number[said->uid], said->flags,
                   NULL);
  }
  g_assert_true (store_message_set_server_flags (
      db, row->id, (const StoreServerFlags *)(gpointer)flags->data, flags->len, &error));
  g_assert_true (store_folder_set_sync_state (db, row->id, mailbox->uid_validity, mailbox->uid_next,
                                              0, TRUE, 1, &error));
  g_assert_true (store_folder_miss_strays (db, row->id, &error));
  g_assert_no_error (error);
}

static void
sync_all (Model *model)
{
  g_autoptr (GError) error = NULL;
  sync_list (model);
  g_autoptr (GPtrArray) folders =
      store_folder_list (model->profile->db, model->profile->account, &error);
  for (guint i = 0; i < folders->len; i++)
    sync_folder (model, g_ptr_array_index (folders, i));
}

/* ---- the person, and another client ---- */

static gint64
random_folder (Model *model, gint64 *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) folders =
      store_folder_list (model->profile->db, model->profile->account, &error);
  const StoreFolder *folder = g_ptr_array_index (folders, pick (model, folders->len));
  g_autoptr (GArray) keys = store_message_list (model->profile->db, folder->id, 0, 0, &error);
  *message =
      keys->len > 0 ? STORE_KEY_ID (g_array_index (keys, StoreKey, pick (model, keys->len))) : 0;
  if (*message != 0)
    g_array_append_val (model->seen, *message);
  if (model->seen->len > 0 && pick (model, 4) == 0)
    *message = g_array_index (model->seen, gint64, pick (model, model->seen->len));
  return folder->id;
}

static void
act (Model *model)
{
  g_autoptr (GError) error = NULL;
  StoreDb *db = model->profile->db;
  gint64 message, other, group = 0, folder = random_folder (model, &message);
  gint64 target = random_folder (model, &other);
  const char *name = names[pick (model, G_N_ELEMENTS (names))];
  switch (pick (model, 9)) {
  case 8:
    if (message != 0 && pick (model, 3) == 0)
      group = store_operation_expunge (db, &message, 1, 0, &error);
    break;
  case 0:
    group = store_operation_create_folder (db, model->profile->account, name, NULL, &error);
    break;
  case 1:
  case 2:
    group = store_operation_rename_folder (db, folder, name, &error);
    break;
  case 3:
    if (pick (model, 2) == 0)
      group = store_operation_delete_folder (db, folder, 0, &error);
    else
      group = store_operation_subscribe_folder (db, folder, pick (model, 2) != 0, &error);
    break;
  case 4:
    if (message != 0)
      group = store_operation_copy (db, &message, 1, target, &error);
    break;
  case 5:
    if (message != 0)
      group = store_operation_set_flags (db, &message, 1, pick (model, 2) != 0, STORE_FLAG_SEEN,
                                         &error);
    break;
  default:
    if (message != 0)
      group = store_operation_move (db, &message, 1, target, &error);
    break;
  }
  if (error != NULL)
    g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  else if (group != 0)
    g_array_append_val (model->groups, group);
}

static void
undo (Model *model)
{
  if (model->groups->len == 0)
    return;
  g_autoptr (GError) error = NULL;
  guint back = 1 + pick (model, MIN (model->groups->len, 5));
  gint64 group = g_array_index (model->groups, gint64, model->groups->len - back);
  if (!store_operation_undo (model->profile->db, group, &error))
    g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
}

static void
interfere (Model *model)
{
  Mailbox *mailbox = g_ptr_array_index (model->mailboxes, pick (model, model->mailboxes->len));
  const char *name = names[pick (model, G_N_ELEMENTS (names))];
  switch (pick (model, 6)) {
  case 0:
    server_create (model, name);
    break;
  case 1:
    if (!g_str_equal (mailbox->path, "INBOX"))
      server_rename (model, mailbox->path, name);
    break;
  case 2:
    if (!g_str_equal (mailbox->path, "INBOX"))
      g_ptr_array_remove (model->mailboxes, mailbox);
    break;
  default:
    deliver (mailbox, ++model->number, 0);
    break;
  }
}

/* ---- what must be true ---- */

static int
compare_ints (gconstpointer a, gconstpointer b)
{
  return *(const int *)a - *(const int *)b;
}

static char *
describe (GArray *numbers)
{
  GString *text = g_string_new (NULL);
  g_array_sort (numbers, compare_ints);
  for (guint i = 0; i < numbers->len; i++)
    g_string_append_printf (text, " %d", g_array_index (numbers, int, i));
  return g_string_free (text, FALSE);
}

static void
check_same (Model *model)
{
  g_autoptr (GError) error = NULL;
  StoreDb *db = model->profile->db;
  g_autoptr (GPtrArray) folders = store_folder_list (db, model->profile->account, &error);
  g_assert_cmpuint (folders->len, ==, model->mailboxes->len);
  for (guint i = 0; i < folders->len; i++) {
    const StoreFolder *folder = g_ptr_array_index (folders, i);
    const Mailbox *mailbox = find (model, folder->name);
    g_assert_cmpstr (folder->name, ==, folder->server_name);
    g_assert_nonnull (mailbox);
    g_autoptr (GArray) there = g_array_new (FALSE, FALSE, sizeof (int));
    g_autoptr (GArray) here = g_array_new (FALSE, FALSE, sizeof (int));
    for (guint32 uid = 1; uid < mailbox->uid_next; uid++) {
      int number = (int)mailbox->number[uid];
      if (number != 0)
        g_array_append_val (there, number);
    }
    g_autoptr (GArray) keys = store_message_list (db, folder->id, 0, 0, &error);
    for (guint j = 0; j < keys->len; j++) {
      g_autoptr (StoreMessage) message =
          store_message_get (db, STORE_KEY_ID (g_array_index (keys, StoreKey, j)), &error);
      int number = (int)strtoul (message->message_id + 1, NULL, 10);
      g_array_append_val (here, number);
      g_assert_cmpuint (message->uid, !=, 0);
      g_assert_cmpuint (mailbox->number[message->uid], ==, (guint)number);
      g_assert_cmpuint (mailbox->flags[message->uid], ==, message->flags);
    }
    g_autofree char *a = describe (there), *b = describe (here);
    g_assert_cmpstr (a, ==, b);
  }
}

static void
run (guint32 seed)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  g_autoptr (GArray) groups = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GPtrArray) mailboxes = g_ptr_array_new_with_free_func (mailbox_free);
  g_autoptr (GArray) seen = g_array_new (FALSE, FALSE, sizeof (gint64));
  Model model = {
    .profile = profile, .rand = rand, .mailboxes = mailboxes, .groups = groups, .seen = seen
  };
  server_create (&model, "INBOX");
  server_create (&model, "a");
  server_create (&model, "a/x");
  for (guint i = 0; i < 6; i++)
    deliver (g_ptr_array_index (mailboxes, pick (&model, 3)), ++model.number, 0);
  sync_all (&model);

  for (guint step = 0; step < 120; step++) {
    switch (pick (&model, 8)) {
    case 0:
      interfere (&model);
      break;
    case 1:
      sync_all (&model);
      break;
    case 2:
      undo (&model);
      break;
    case 3:
    case 4:
      work (&model, FALSE);
      break;
    default:
      act (&model);
      break;
    }
    check_all_counts (profile);
  }
  for (guint round = 0; round < 4; round++) {
    while (work (&model, TRUE))
      ;
    sync_all (&model);
  }
  g_assert_cmpuint (store_operation_count (profile->db, profile->account), ==, 0);
  sync_all (&model);
  check_all_counts (profile);
  check_same (&model);
}

static void
test_random (void)
{
  guint32 first = (guint32)g_test_rand_int ();
  for (guint i = 0; i < (g_test_slow () ? 300u : 4u); i++) {
    g_test_message ("seed %u", first + i);
    run (first + i);
  }
}

static void
test_known (void)
{
  for (guint32 seed = 1; seed <= 6; seed++)
    run (seed);
}

void
add_folder_model_tests (void)
{
  g_test_add_func ("/store/folder-model/known", test_known);
  g_test_add_func ("/store/folder-model/random", test_random);
}
