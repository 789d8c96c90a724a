/* Several hands change one account: each begins from what it knows, and what the others did stays, in memory and on disk; what could not be
 * written leaves no trace. */
#include "test-mail.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base-error.h"

#define A_SHA256 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* A change on its way. */
typedef struct
{
  GAsyncResult *result;
  MailEdit *edit;
} Step;

static void
step_free (Step *step)
{
  g_clear_object (&step->result);
  mail_edit_free (step->edit);
  g_free (step);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Step, step_free)

static Step *
begin (Bench *bench)
{
  Step *step = g_new0 (Step, 1);

  step->edit = mail_engine_begin_edit (bench->engine, bench->account);
  return step;
}

static void
save (Bench *bench, Step *step)
{
  mail_engine_save_edit_async (bench->engine, step->edit, on_result, &step->result);
}

static void
finish (Bench *bench, Step *step)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (mail_engine_save_edit_finish (bench->engine, wait_result (&step->result), &error));
  g_assert_no_error (error);
}

static void
set (char **field, const char *text)
{
  g_free (*field);
  *field = g_strdup (text);
}

static BaseAccount *
read_file (Bench *bench, const char *id)
{
  g_autoptr (GPtrArray) accounts = base_account_load_all (bench->paths, NULL);

  for (guint i = 0; i < accounts->len; i++)
    if (g_str_equal (((BaseAccount *)accounts->pdata[i])->id, id))
      return base_account_dup (accounts->pdata[i]);
  return NULL;
}

/* What is on disk is what is shown. */
static BaseAccount *
check_file (Bench *bench)
{
  BaseAccount *file = read_file (bench, "one");
  const BaseAccount *shown = mail_account_get_settings (bench->account);

  g_assert_nonnull (file);
  g_assert_cmpstr (file->label, ==, shown->label);
  g_assert_cmpstr (file->colour, ==, shown->colour);
  g_assert_cmpuint (file->position, ==, shown->position);
  g_assert_cmpint (file->disabled, ==, shown->disabled);
  g_assert_cmpint (base_server_get_proof (&file->imap), ==, base_server_get_proof (&shown->imap));
  g_assert_cmpuint (file->exceptions->len, ==, shown->exceptions->len);
  return file;
}

static gboolean
is_proved (gpointer data)
{
  Bench *bench = data;

  return base_server_get_proof (&mail_account_get_settings (bench->account)->imap)
         == BASE_PROOF_BOUND;
}

static void
prove (Bench *bench)
{
  mail_engine_handlers.proved ("one", "imap", "127.0.0.1", BASE_PROOF_BOUND, bench->engine);
}

/* A server proves itself while somebody chooses a colour: before, and while that is being written. */
static void
test_proved (void)
{
  for (int early = 0; early < 2; early++) {
    g_autoptr (Bench) bench = bench_new_ready ();
    g_autoptr (Step) colour = begin (bench);

    set (&colour->edit->settings->colour, "#3584e4");
    if (early) {
      prove (bench);
      wait_until (is_proved, bench);
      save (bench, colour);
    } else {
      save (bench, colour);
      prove (bench);
    }
    finish (bench, colour);
    wait_until (is_proved, bench);
    g_autoptr (BaseAccount) file = check_file (bench);
    g_assert_cmpstr (file->colour, ==, "#3584e4");
    g_assert_cmpint (base_server_get_proof (&file->imap), ==, BASE_PROOF_BOUND);
  }
}

static void
change_account (Bench *bench, const MailEdit *edit)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  mail_engine_change_account_async (bench->engine, edit->before, edit->settings, NULL, NULL, NULL,
                                    on_result, &result);
  g_assert_true (
      mail_engine_save_account_finish (bench->engine, wait_result (&result), NULL, &error));
  g_assert_no_error (error);
}

/* The window that changes servers was open when an exception was taken back, and a server proved more. */
static void
test_revoked (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (Step) trust = begin (bench);
  g_autoptr (Step) window = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  base_account_add_exception (trust->edit->settings, "127.0.0.1", 1, A_SHA256, 1893456000);
  change_account (bench, trust->edit);
  g_assert_cmpuint (mail_account_get_settings (bench->account)->exceptions->len, ==, 1);

  window = begin (bench);
  window->edit->settings->smtp.port = 2;
  mail_engine_remove_exception_async (bench->engine, bench->account, "127.0.0.1", 1, on_result,
                                      &result);
  g_assert_true (
      mail_engine_save_account_finish (bench->engine, wait_result (&result), NULL, &error));
  prove (bench);
  wait_until (is_proved, bench);
  change_account (bench, window->edit);
  g_autoptr (BaseAccount) file = check_file (bench);
  g_assert_cmpuint (file->exceptions->len, ==, 0);
  g_assert_cmpuint (file->smtp.port, ==, 2);
  g_assert_true (is_proved (bench));
}

static void
add_second (Bench *bench)
{
  g_autoptr (BaseAccount) second = bench_account_new ("two");
  g_autoptr (GAsyncResult) result = NULL;

  mail_engine_save_account_async (bench->engine, second, "secret", NULL, NULL, on_result, &result);
  g_assert_true (
      mail_engine_save_account_finish (bench->engine, wait_result (&result), NULL, NULL));
}

static const char *
first_id (Bench *bench)
{
  g_autoptr (MailAccount) first =
      g_list_model_get_item (mail_engine_get_accounts (bench->engine), 0);

  return mail_account_get_id (first);
}

/* It is moved while a page of it is open, where a folder is chosen. */
static void
test_position (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (Step) folders = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  add_second (bench);
  folders = begin (bench);
  set (&folders->edit->settings->folders[BASE_FOLDER_SENT], "Archive");
  mail_engine_move_account_async (bench->engine, bench->account, 1, on_result, &result);
  g_assert_cmpstr (first_id (bench), ==, "two");
  save (bench, folders);
  finish (bench, folders);
  g_assert_true (mail_engine_move_account_finish (bench->engine, wait_result (&result), &error));
  g_autoptr (BaseAccount) file = check_file (bench);
  g_assert_cmpuint (file->position, ==, 2);
  g_assert_cmpstr (file->folders[BASE_FOLDER_SENT], ==, "Archive");
  g_assert_cmpstr (first_id (bench), ==, "two");
}

#define MANY 40

typedef struct
{
  guint number;
  guint *last;
} Turn;

static void
on_turn (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Turn *turn = data;

  g_assert_true (mail_engine_save_edit_finish (MAIL_ENGINE (source), result, NULL));
  g_assert_cmpuint (*turn->last + 1, ==, turn->number);
  *turn->last = turn->number;
}

static gboolean
all_done (gpointer last)
{
  return *(guint *)last == MANY;
}

/* Many at once: each begins from what the one before will have made, is answered in its turn, and the last one stays. */
static void
test_turns (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  guint last = 0;

  for (guint i = 1; i <= MANY; i++) {
    g_autoptr (Step) step = begin (bench);
    Turn *turn = g_new0 (Turn, 1);

    g_assert_cmpuint (step->edit->settings->check_minutes, ==, i - 1);
    step->edit->settings->check_minutes = i;
    if (i % 2 == 0)
      set (&step->edit->settings->label, i % 4 == 0 ? "Even" : "Odd");
    *turn = (Turn){ i, &last };
    mail_engine_save_edit_async (bench->engine, step->edit, on_turn, turn);
    /* Nothing is shown before it is written. */
    g_assert_cmpuint (mail_account_get_settings (bench->account)->check_minutes, ==, 0);
  }
  wait_until (all_done, &last);
  g_autoptr (BaseAccount) file = check_file (bench);
  g_assert_cmpuint (file->check_minutes, ==, MANY);
  g_assert_cmpstr (file->label, ==, "Even");
  g_assert_cmpuint (g_hash_table_size (bench->engine->writers), ==, 0);
}

/* One that is wrong is refused alone, and the others of the same moment are saved. */
static void
test_refused_alone (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (Step) first = begin (bench), wrong = NULL, last = NULL;
  g_autoptr (GError) error = NULL;

  first->edit->settings->check_minutes = 5;
  save (bench, first);
  wrong = begin (bench);
  set (&wrong->edit->settings->colour, "red");
  save (bench, wrong);
  last = begin (bench);
  set (&last->edit->settings->label, "Last");
  save (bench, last);
  finish (bench, last);
  finish (bench, first);
  g_assert_false (
      mail_engine_save_edit_finish (bench->engine, wait_result (&wrong->result), &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_autoptr (BaseAccount) file = check_file (bench);
  g_assert_cmpuint (file->check_minutes, ==, 5);
  g_assert_cmpstr (file->label, ==, "Last");
  g_assert_null (file->colour);
}

/* A folder in the place of a file cannot be written over. */
static void
block (Bench *bench, const char *id, gboolean blocked)
{
  g_autofree char *path = g_strdup_printf ("%s/%s.ini", base_paths_get_accounts (bench->paths), id);
  g_autofree char *aside = g_strconcat (path, ".aside", NULL);

  if (blocked) {
    g_assert_cmpint (g_rename (path, aside), ==, 0);
    g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  } else {
    g_assert_cmpint (g_rmdir (path), ==, 0);
    g_assert_cmpint (g_rename (aside, path), ==, 0);
  }
}

static void
check_fails (Bench *bench, Step *step)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (
      mail_engine_save_edit_finish (bench->engine, wait_result (&step->result), &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_DISK);
}

/* What could not be written is told, is not shown, and does not come with the next one. */
static void
test_failed (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (Step) colour = begin (bench), off = NULL, label = NULL;

  bench_add (bench, bench->inbox, 1700000000, NULL);
  block (bench, "one", TRUE);
  set (&colour->edit->settings->colour, "#3584e4");
  save (bench, colour);
  check_fails (bench, colour);
  g_assert_null (mail_account_get_settings (bench->account)->colour);
  /* Also its row is as it was. */
  off = begin (bench);
  off->edit->settings->disabled = TRUE;
  save (bench, off);
  check_fails (bench, off);
  g_assert_false (mail_account_get_disabled (bench->account));
  g_autoptr (GArray) keys =
      store_listing_read (bench->db, &(StoreListing){ .folder = MAIL_VIEW_UNREAD }, 0, 0, NULL);
  g_assert_cmpuint (keys->len, ==, 1);

  block (bench, "one", FALSE);
  label = begin (bench);
  set (&label->edit->settings->label, "Work");
  save (bench, label);
  finish (bench, label);
  g_autoptr (BaseAccount) file = check_file (bench);
  g_assert_null (file->colour);
  g_assert_cmpstr (file->label, ==, "Work");
}

static gboolean
is_back (gpointer data)
{
  g_autoptr (BaseAccount) two = read_file (data, "two");

  return two->position == 0;
}

/* Of an order that was seen at once nothing stays, neither here nor in the files that could be written. */
static void
test_order_failed (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  add_second (bench);
  block (bench, "one", TRUE);
  mail_engine_move_account_async (bench->engine, bench->account, 1, on_result, &result);
  g_assert_cmpstr (first_id (bench), ==, "two");
  g_assert_false (mail_engine_move_account_finish (bench->engine, wait_result (&result), &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_DISK);
  g_assert_cmpstr (first_id (bench), ==, "one");
  wait_until (is_back, bench);
  block (bench, "one", FALSE);
}

/* What was begun is saved before it goes; nothing brings its file back. */
static void
test_removed (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (Step) before = begin (bench), after = begin (bench);
  g_autoptr (GAsyncResult) result = NULL, again = NULL;
  g_autoptr (GError) error = NULL;

  set (&before->edit->settings->label, "Before");
  save (bench, before);
  mail_engine_remove_account_async (bench->engine, bench->account, on_result, &result);
  save (bench, after);
  mail_engine_remove_account_async (bench->engine, bench->account, on_result, &again);
  finish (bench, before);
  g_assert_false (
      mail_engine_save_edit_finish (bench->engine, wait_result (&after->result), &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  g_clear_error (&error);
  g_assert_false (mail_engine_remove_account_finish (bench->engine, wait_result (&again), &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_GONE);
  g_assert_true (mail_engine_remove_account_finish (bench->engine, wait_result (&result), NULL));
  g_assert_null (read_file (bench, "one"));
  g_assert_null (mail_engine_find_account (bench->engine, "one"));
  g_assert_cmpuint (g_hash_table_size (bench->engine->writers), ==, 0);
}

/* It could not be removed, and goes on as an account whose settings can be changed. */
static void
test_stays (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autofree char *mark =
      g_strdup_printf ("%s/one.leaving", base_paths_get_accounts (bench->paths));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (Step) step = NULL;

  g_assert_cmpint (g_mkdir (mark, 0700), ==, 0);
  mail_engine_remove_account_async (bench->engine, bench->account, on_result, &result);
  g_assert_false (mail_engine_remove_account_finish (bench->engine, wait_result (&result), NULL));
  g_assert_cmpint (g_rmdir (mark), ==, 0);
  step = begin (bench);
  set (&step->edit->settings->label, "Still");
  save (bench, step);
  finish (bench, step);
  g_autoptr (BaseAccount) file = check_file (bench);
  g_assert_cmpstr (file->label, ==, "Still");
}

static char *
dup_password (Bench *bench, const char *protocol)
{
  return mail_credentials_lookup (bench->engine->credentials,
                                  mail_account_get_settings (bench->account), protocol, NULL, NULL);
}

static gboolean
save_password (Bench *bench, const MailEdit *edit, const char *imap, const char *smtp,
               GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  mail_engine_change_account_async (bench->engine, edit->before, edit->settings, imap, smtp, NULL,
                                    on_result, &result);
  return mail_engine_save_account_finish (bench->engine, wait_result (&result), NULL, error);
}

/* What was proved with one server is not kept for another, which somebody else has set meanwhile; all else goes together. */
static void
test_place (void)
{
  g_autoptr (Bench) bench = bench_new_ready ();
  g_autoptr (Step) typed = begin (bench);
  g_autoptr (Step) moved = begin (bench);
  g_autoptr (GError) error = NULL;
  char *password = NULL;

  set (&moved->edit->settings->smtp.host, "127.0.0.2");
  save (bench, moved);
  finish (bench, moved);
  g_assert_false (save_password (bench, typed->edit, NULL, "smtp-secret", &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_REFUSED);
  g_clear_error (&error);
  password = dup_password (bench, "smtp");
  g_assert_cmpstr (password, !=, "smtp-secret");
  g_clear_pointer (&password, mail_password_free);
  g_assert_true (save_password (bench, typed->edit, "imap-secret", NULL, &error));
  g_assert_no_error (error);
  password = dup_password (bench, "imap");
  g_assert_cmpstr (password, ==, "imap-secret");
  g_clear_pointer (&password, mail_password_free);
  g_assert_cmpstr (mail_account_get_settings (bench->account)->smtp.host, ==, "127.0.0.2");
}

void
add_writer_tests (void)
{
  g_test_add_func ("/mail/writer/proved", test_proved);
  g_test_add_func ("/mail/writer/revoked", test_revoked);
  g_test_add_func ("/mail/writer/position", test_position);
  g_test_add_func ("/mail/writer/turns", test_turns);
  g_test_add_func ("/mail/writer/refused-alone", test_refused_alone);
  g_test_add_func ("/mail/writer/failed", test_failed);
  g_test_add_func ("/mail/writer/order-failed", test_order_failed);
  g_test_add_func ("/mail/writer/removed", test_removed);
  g_test_add_func ("/mail/writer/stays", test_stays);
  g_test_add_func ("/mail/writer/place", test_place);
}
