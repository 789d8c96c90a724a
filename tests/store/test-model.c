/* A person, a server with other clients, and a sync worker whose line is cut now and then, all
 * at random.  Counts are exact after every step, and once everything is carried out the store
 * and the server say the same. */
#include "test-store.h"

#define N_FOLDERS 3
#define MAX_UID   2000

typedef struct
{
  guint number; /* of the message; 0: no such UID */
  StoreFlags flags;
} Slot;

typedef struct
{
  Profile *profile;
  GRand *rand;
  gint64 folders[N_FOLDERS];
  Slot slots[N_FOLDERS][MAX_UID];
  guint32 uid_next[N_FOLDERS];
  guint32 uid_validity[N_FOLDERS];
  guint number;
  GArray *made; /* of Made */
  GArray *groups;
} Model;

/* A message that an operation made on the server. */
typedef struct
{
  gint64 operation;
  guint folder, number;
  guint32 uid, uid_validity;
} Made;

static guint
pick (Model *model, guint below)
{
  return (guint)g_rand_int_range (model->rand, 0, (gint32)below);
}

static guint32
deliver (Model *model, guint folder, guint number, StoreFlags flags)
{
  guint32 uid = model->uid_next[folder]++;
  g_assert (uid < MAX_UID); /* ends here, which the compiler of a release build knows */
  model->slots[folder][uid] = (Slot){ number, flags };
  return uid;
}

static guint
folder_index (Model *model, gint64 folder)
{
  for (guint i = 0; i < N_FOLDERS; i++) {
    if (model->folders[i] == folder)
      return i;
  }
  g_assert_not_reached ();
}

/* As a server does: by UID, or where that is not known by Message-ID; 0 when it does not have
 * it. */
static guint32
locate (Model *model, guint folder, const StoreOperation *operation)
{
  if (operation->uid != 0)
    return model->slots[folder][operation->uid].number != 0 ? operation->uid : 0;
  for (guint32 uid = 1; uid < model->uid_next[folder]; uid++) {
    g_autofree char *id = g_strdup_printf ("<%u@example.org>", model->slots[folder][uid].number);
    if (model->slots[folder][uid].number != 0 && g_strcmp0 (id, operation->message_id) == 0)
      return uid;
  }
  return 0;
}

/* Something like the message from `mark` on, that no other operation of the batch has claimed; 0 none. */
static guint32
find_made (Model *model, guint folder, const StoreOperation *operation, BaseUidSet *claimed)
{
  if (operation->step == STORE_STEP_NONE)
    return 0;
  for (guint32 uid = MAX (operation->mark, 1); uid < model->uid_next[folder]; uid++) {
    g_autofree char *id = g_strdup_printf ("<%u@example.org>", model->slots[folder][uid].number);
    if (model->slots[folder][uid].number != 0 && g_strcmp0 (id, operation->message_id) == 0
        && !base_uid_set_contains (claimed, uid)) {
      base_uid_set_add (claimed, uid);
      return uid;
    }
  }
  return 0;
}

/* Never twice: while what it made is still there, it must have been found. */
static guint32
make_once (Model *model, guint folder, const StoreOperation *operation, guint number,
           StoreFlags flags)
{
  for (guint i = 0; i < model->made->len; i++) {
    const Made *made = &g_array_index (model->made, Made, i);
    g_assert_false (made->operation == operation->id && made->folder == folder
                    && made->uid_validity == model->uid_validity[folder]
                    && model->slots[folder][made->uid].number == number);
  }
  guint32 uid = deliver (model, folder, number, flags);
  Made made = { operation->id, folder, number, uid, model->uid_validity[folder] };
  g_array_append_val (model->made, made);
  return uid;
}

static void
note_maybe (Model *model, guint folder, StoreOperation *operation)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) one = g_ptr_array_new ();
  g_ptr_array_add (one, operation);
  g_assert_true (store_operation_note_maybe (model->profile->db, one, model->uid_validity[folder],
                                             model->uid_next[folder], &error));
}

static guint32
serve (Model *model, StoreOperation *operation, BaseUidSet *claimed)
{
  guint folder = folder_index (model, operation->folder);
  if (operation->kind == STORE_OPERATION_APPEND) {
    guint32 made = find_made (model, folder, operation, claimed);
    if (made == 0) {
      note_maybe (model, folder, operation);
      made = make_once (model, folder, operation,
                        (guint)strtoul (operation->message_id + 1, NULL, 10), 0);
    }
    return made;
  }
  guint32 uid = locate (model, folder, operation);
  if (uid == 0)
    return 0;
  operation->uid = uid;
  Slot *slot = &model->slots[folder][uid];
  switch (operation->kind) {
  case STORE_OPERATION_FLAGS:
    slot->flags = operation->add ? slot->flags | operation->flags : slot->flags & ~operation->flags;
    return 0;
  case STORE_OPERATION_MOVE: {
    guint32 new_uid =
        deliver (model, folder_index (model, operation->target), slot->number, slot->flags);
    slot->number = 0;
    return new_uid;
  }
  case STORE_OPERATION_COPY: {
    guint target = folder_index (model, operation->target);
    guint32 made = find_made (model, target, operation, claimed);
    if (made == 0) {
      note_maybe (model, target, operation);
      made = make_once (model, target, operation, slot->number, slot->flags);
    }
    return made;
  }
  case STORE_OPERATION_EXPUNGE:
    slot->number = 0;
    return 0;
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

static void
sync_folder (Model *model, guint index)
{
  g_autoptr (GError) error = NULL;
  StoreDb *db = model->profile->db;
  gint64 folder = model->folders[index];
  g_autoptr (StoreFolder) row = store_folder_get (db, folder, &error);
  if (row->uid_validity != 0 && row->uid_validity != model->uid_validity[index])
    g_assert_true (store_folder_reset (db, folder, &error));
  g_autoptr (BaseUidSet) here = store_message_get_uids (db, folder, &error);
  g_autoptr (BaseUidSet) there = base_uid_set_new ();
  g_autoptr (GArray) flags = g_array_new (FALSE, FALSE, sizeof (StoreServerFlags));
  for (guint32 uid = 1; uid < model->uid_next[index]; uid++) {
    const Slot *slot = &model->slots[index][uid];
    if (slot->number != 0) {
      StoreServerFlags said = { uid, slot->flags };
      base_uid_set_add (there, uid);
      g_array_append_val (flags, said);
    }
  }
  g_autoptr (BaseUidSet) gone = base_uid_set_subtract (here, there);
  g_assert_true (store_message_remove (db, folder, gone, &error));
  for (guint i = flags->len; i > 0; i--) {
    const StoreServerFlags *said = &g_array_index (flags, StoreServerFlags, i - 1);
    if (!base_uid_set_contains (here, said->uid))
      add_message (model->profile, folder, said->uid, model->slots[index][said->uid].number,
                   said->flags, NULL);
  }
  g_assert_true (store_message_set_server_flags (db, folder, (StoreServerFlags *)flags->data,
                                                 flags->len, &error));
  g_assert_true (store_folder_set_sync_state (db, folder, model->uid_validity[index],
                                              model->uid_next[index], 0, TRUE, 1, &error));
  g_assert_true (store_folder_miss_strays (db, folder, &error));
  g_assert_no_error (error);
}

/* As COPYUID or APPENDUID tells it. */
static guint32
told_validity (Model *model, GPtrArray *due)
{
  const StoreOperation *first = g_ptr_array_index (due, 0);
  gint64 folder = first->target != 0 ? first->target : first->folder;
  return model->uid_validity[folder_index (model, folder)];
}

static gboolean
work (Model *model, gboolean reliable)
{
  g_autoptr (GError) error = NULL;
  /* No command goes out by numbers that SELECT has just shown to be dead. */
  for (guint i = 0; i < N_FOLDERS; i++) {
    g_autoptr (StoreFolder) row = store_folder_get (model->profile->db, model->folders[i], &error);
    if (row->uid_validity != model->uid_validity[i])
      sync_folder (model, i);
  }
  g_autoptr (GPtrArray) due = take (model->profile, 1 + pick (model, 4));
  if (due->len == 0)
    return FALSE;
  guint fate = reliable ? 9 : pick (model, 10);
  if (fate == 0) {
    g_assert_true (store_operation_refused (model->profile->db, due, &error));
    return TRUE;
  }
  if (fate == 1) {
    g_assert_true (store_operation_postpone (model->profile->db, due, 0, &error));
    return TRUE;
  }
  g_autoptr (GHashTable) uids = g_hash_table_new (NULL, NULL);
  g_autoptr (BaseUidSet) claimed = base_uid_set_new ();
  for (guint i = 0; i < due->len; i++) {
    StoreOperation *operation = g_ptr_array_index (due, i);
    guint32 new_uid = serve (model, operation, claimed);
    if (new_uid != 0)
      g_hash_table_insert (uids, GUINT_TO_POINTER (operation->uid), GUINT_TO_POINTER (new_uid));
  }
  if (fate == 2) /* done, but the answer was lost */
    g_assert_true (store_operation_recover (model->profile->db, model->profile->account, &error));
  else
    g_assert_true (store_operation_done (model->profile->db, due, fate == 3 ? NULL : uids,
                                         told_validity (model, due), &error));
  g_assert_no_error (error);
  return TRUE;
}

static void
renumber (Model *model, guint index)
{
  Slot old[MAX_UID];
  guint32 count = model->uid_next[index];
  memcpy (old, model->slots[index], sizeof old);
  memset (model->slots[index], 0, sizeof old);
  model->uid_next[index] = 1 + pick (model, 5);
  model->uid_validity[index]++;
  for (guint32 uid = 1; uid < count; uid++) {
    if (old[uid].number != 0)
      deliver (model, index, old[uid].number, old[uid].flags);
  }
}

/* Another client. */
static void
interfere (Model *model)
{
  guint index = pick (model, N_FOLDERS);
  if (pick (model, 12) == 0) {
    renumber (model, index);
    return;
  }
  if (model->uid_next[index] == 1 || pick (model, 2) == 0) {
    deliver (model, index, ++model->number, pick (model, 2) ? STORE_FLAG_SEEN : 0);
    return;
  }
  guint32 uid = 1 + pick (model, model->uid_next[index] - 1);
  Slot *slot = &model->slots[index][uid];
  if (slot->number == 0)
    return;
  switch (pick (model, 4)) {
  case 0:
    slot->number = 0;
    break;
  case 1:
    deliver (model, pick (model, N_FOLDERS), slot->number, slot->flags);
    slot->number = 0;
    break;
  case 2:
    slot->flags ^= STORE_FLAG_DELETED;
    break;
  default:
    slot->flags ^= STORE_FLAG_SEEN;
    break;
  }
}

/* A draft, say. */
static void
write_here (Model *model)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *message_id = g_strdup_printf ("<%u@example.org>", ++model->number);
  g_autoptr (GBytes) body = g_bytes_new_static ("written here", 12);
  StoreNewMessage message = { .received = 1700000000 + model->number,
                              .date = 1600000000 + model->number,
                              .size = 1000 + model->number,
                              .message_id = message_id,
                              .body = body };
  g_assert_true (store_operation_append (
      model->profile->db, model->folders[pick (model, N_FOLDERS)], &message, &error));
  g_assert_no_error (error);
}

static void
act (Model *model)
{
  g_autoptr (GError) error = NULL;
  StoreDb *db = model->profile->db;
  g_autoptr (GArray) keys =
      store_message_list (db, model->folders[pick (model, N_FOLDERS)], 0, 0, &error);
  if (keys->len == 0)
    return;
  gint64 ids[3];
  guint n = 1 + pick (model, 3);
  for (guint i = 0; i < n; i++)
    ids[i] = STORE_KEY_ID (g_array_index (keys, StoreKey, pick (model, keys->len)));
  gint64 group = 0;
  switch (pick (model, 10)) {
  case 9:
    group = store_operation_copy (db, ids, n, model->folders[pick (model, N_FOLDERS)], &error);
    break;
  case 8:
    write_here (model);
    return;
  case 0:
    group = store_operation_expunge (db, ids, n, 0, &error);
    break;
  case 1:
  case 2:
  case 3:
    group = store_operation_move (db, ids, n, model->folders[pick (model, N_FOLDERS)], &error);
    break;
  case 4:
    group =
        store_operation_set_flags (db, ids, n, pick (model, 2) != 0, STORE_FLAG_FLAGGED, &error);
    break;
  default:
    group = store_operation_set_flags (db, ids, n, pick (model, 2) != 0, STORE_FLAG_SEEN, &error);
    break;
  }
  g_assert_no_error (error);
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
    g_assert_cmpint (error->code, ==, 3); /* REFUSED: expunged */
}

static void
check_same (Model *model)
{
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < N_FOLDERS; i++) {
    g_autoptr (GArray) ids = store_db_get_ints (
        model->profile->db, &error, "SELECT id FROM message WHERE folder = ?1 AND local_only = 0",
        STORE_INTS (model->folders[i]));
    guint there = 0;
    for (guint32 uid = 1; uid < model->uid_next[i]; uid++)
      there += model->slots[i][uid].number != 0;
    g_assert_cmpuint (ids->len, ==, there);
    for (guint j = 0; j < ids->len; j++) {
      g_autoptr (StoreMessage) message =
          store_message_get (model->profile->db, g_array_index (ids, gint64, j), &error);
      g_assert_cmpuint (message->uid, !=, 0);
      const Slot *slot = &model->slots[i][message->uid];
      g_autofree char *message_id = g_strdup_printf ("<%u@example.org>", slot->number);
      g_assert_cmpstr (message->message_id, ==, message_id);
      g_assert_cmpuint (message->server_flags, ==, slot->flags);
      g_assert_cmpuint (message->flags, ==, slot->flags);
    }
  }
}

static void
run (guint32 seed)
{
  g_autoptr (Profile) profile = profile_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  g_autoptr (GArray) groups = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) made = g_array_new (FALSE, FALSE, sizeof (Made));
  g_autoptr (Mirror) mirror = mirror_new (profile);
  g_autofree Model *model = g_new0 (Model, 1);
  model->profile = profile;
  model->rand = rand;
  model->groups = groups;
  model->made = made;
  const gint64 folders[] = { profile->inbox, profile->archive, profile->sent };
  for (guint i = 0; i < N_FOLDERS; i++) {
    model->folders[i] = folders[i];
    model->uid_next[i] = model->uid_validity[i] = 1;
  }
  for (guint i = 0; i < 8; i++)
    deliver (model, 0, ++model->number, 0);

  for (guint step = 0; step < 150; step++) {
    switch (pick (model, 6)) {
    case 0:
      interfere (model);
      break;
    case 1:
      sync_folder (model, pick (model, N_FOLDERS));
      break;
    case 2:
      undo (model);
      break;
    case 3:
      work (model, FALSE);
      break;
    default:
      act (model);
      break;
    }
    mirror_follow (mirror);
    check_all_counts (profile);
  }
  while (work (model, TRUE))
    ;
  g_assert_cmpuint (store_operation_count (profile->db, profile->account), ==, 0);
  /* The second look at the strays comes after the last folder was seen once. */
  for (guint i = 0; i < 2 * N_FOLDERS; i++)
    sync_folder (model, i % N_FOLDERS);
  mirror_check (mirror);
  check_all_counts (profile);
  check_same (model);
}

static void
test_random (void)
{
  guint32 first = (guint32)g_test_rand_int ();
  for (guint i = 0; i < (g_test_slow () ? 200u : 4u); i++) {
    g_test_message ("seed %u", first + i);
    run (first + i);
  }
}

/* Walks that once went wrong, or are known to lead into every corner. */
static void
test_known (void)
{
  for (guint32 seed = 1; seed <= 6; seed++)
    run (seed);
}

void
add_model_tests (void)
{
  g_test_add_func ("/store/model/known", test_known);
  g_test_add_func ("/store/model/random", test_random);
}
