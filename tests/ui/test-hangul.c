/* Hangul composed in the fields of a letter (hangul.h), or of a form: no syllable breaks, doubles or is lost, whatever happens in the middle of one. */
#include <adwaita.h>
#include <string.h>

#include "hangul.h"
#include "ui-editor.h"
#include "ui-form.h"
#include "ui-preedit.h"
#include "ui-recipients.h"

static const char *const sentences[] = {
  "안녕하세요, 김민우입니다.",
  "닭 값이 많다 앉아 없애 괜찮습니다",
  "밟고 읽었고 삶은 흙을 핥아 넋이 옮겨",
  "왜 뭐 의외 웨딩 쇠고기\n쌍꺼풀 뺐다 짰어",
};

typedef struct
{
  GtkWidget *window, *box, *other;
  UiEditor *editor;
  UiRecipients *recipients;
  GtkWidget *subject;
} Fixture;

static void
wait_for (guint ms)
{
  gint64 end = g_get_monotonic_time () + ms * 1000;

  while (g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, FALSE) ? (void)0 : g_usleep (500);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  hangul_install (GPOINTER_TO_INT (data));
  f->window = gtk_window_new ();
  f->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  f->recipients = g_object_new (UI_TYPE_RECIPIENTS, NULL);
  f->subject = gtk_entry_new ();
  ui_preedit_watch (GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (f->subject))));
  f->editor = g_object_new (UI_TYPE_EDITOR, "vexpand", TRUE, NULL);
  f->other = gtk_button_new_with_label ("Elsewhere");
  gtk_box_append (GTK_BOX (f->box), GTK_WIDGET (f->recipients));
  gtk_box_append (GTK_BOX (f->box), f->subject);
  gtk_box_append (GTK_BOX (f->box), GTK_WIDGET (f->editor));
  gtk_box_append (GTK_BOX (f->box), f->other);
  gtk_window_set_child (GTK_WINDOW (f->window), f->box);
  gtk_window_set_default_size (GTK_WINDOW (f->window), 600, 400);
  gtk_window_present (GTK_WINDOW (f->window));
  while (!gtk_window_is_active (GTK_WINDOW (f->window)))
    g_main_context_iteration (NULL, TRUE);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  wait_for (20);
}

/* ---- hands ---- */

static HangulContext *
get_context (GtkWidget *field)
{
  gtk_widget_grab_focus (field);
  g_assert_nonnull (hangul_get_context ());
  return hangul_get_context ();
}

/* The field is told that a key was for the input method. */
static void
say_filtered (GtkWidget *field)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (field);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

    if (GTK_IS_EVENT_CONTROLLER_KEY (controller)
        && gtk_event_controller_key_get_im_context (GTK_EVENT_CONTROLLER_KEY (controller)) != NULL)
      g_signal_emit_by_name (controller, "im-update");
  }
}

/* A key that is none of the method's does what it does in any field. */
static void
press (Fixture *f, HangulContext *context, gunichar key)
{
  char text[8] = "";

  if (hangul_press (context, key == '\n' ? GDK_KEY_Return : gdk_unicode_to_keyval (key))) {
    say_filtered (gtk_window_get_focus (GTK_WINDOW (f->window)));
    return;
  }
  text[g_unichar_to_utf8 (key, text)] = '\0';
  if (key != '\n')
    g_signal_emit_by_name (context, "commit", text);
  else if (gtk_widget_has_focus (GTK_WIDGET (f->editor)))
    gtk_text_buffer_insert_interactive_at_cursor (
        gtk_text_view_get_buffer (GTK_TEXT_VIEW (f->editor)), "\n", 1, TRUE);
  else
    g_signal_emit_by_name (gtk_window_get_focus (GTK_WINDOW (f->window)), "activate");
}

static void
type (Fixture *f, HangulContext *context, const char *text)
{
  g_autofree char *keys = hangul_get_keys (text);

  for (const char *p = keys; *p != '\0'; p = g_utf8_next_char (p))
    press (f, context, g_utf8_get_char (p));
}

static void
on_settled (gpointer data)
{
  *(gboolean *)data = TRUE;
}

/* What is late comes. */
static void
settle (Fixture *f)
{
  gboolean settled = FALSE;

  ui_preedit_settle (f->box, on_settled, &settled);
  while (!settled)
    g_main_context_iteration (NULL, TRUE);
}

/* As Send does. */
static void
leave (Fixture *f)
{
  gtk_window_set_focus (GTK_WINDOW (f->window), NULL);
  settle (f);
}

static void
assert_text (Fixture *f, const char *expected)
{
  g_autofree char *text = ui_editor_dup_text (f->editor);

  g_assert_cmpstr (text, ==, expected);
}

/* ---- the text ---- */

/* What autosave finds is a beginning of what is being written, and asking for it disturbs nothing. */
static void
test_autosave (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (sentences); i++) {
    g_autofree char *keys = hangul_get_keys (sentences[i]);
    HangulContext *context;

    ui_editor_set_content (f->editor, "", NULL);
    context = get_context (GTK_WIDGET (f->editor));
    for (const char *p = keys; *p != '\0'; p++) {
      g_autofree char *text = NULL;
      g_autofree char *preedit = NULL;

      press (f, context, (gunichar)*p);
      preedit = g_strdup (hangul_get_preedit (context));
      text = ui_editor_dup_text (f->editor);
      g_free (ui_editor_dup_html (f->editor));
      wait_for (2);
      g_assert_true (g_str_has_prefix (sentences[i], text));
      g_assert_cmpstr (hangul_get_preedit (context), ==, preedit);
    }
    leave (f);
    assert_text (f, sentences[i]);
  }
}

/* Sent in the middle of any syllable, what was seen is sent, once. */
static void
test_send (Fixture *f, gconstpointer data)
{
  g_autofree char *keys = hangul_get_keys (sentences[1]);

  for (gsize n = 1; n <= strlen (keys); n++) {
    g_autofree char *seen = NULL;
    HangulContext *context;

    ui_editor_set_content (f->editor, "", NULL);
    context = get_context (GTK_WIDGET (f->editor));
    for (gsize i = 0; i < n; i++)
      press (f, context, (gunichar)keys[i]);
    g_autofree char *text = ui_editor_dup_text (f->editor);
    seen = g_strconcat (text, hangul_get_preedit (context), NULL);
    leave (f);
    assert_text (f, seen);
    g_assert_cmpstr (hangul_get_preedit (context), ==, "");
  }
}

/* A click on a button takes the focus before it is a click. */
static void
test_click_send (Fixture *f, gconstpointer data)
{
  type (f, get_context (GTK_WIDGET (f->editor)), "보낸 값");
  gtk_widget_grab_focus (f->other);
  leave (f);
  assert_text (f, "보낸 값");
}

/* Nobody waits for what was rubbed out. */
static void
test_rubbed_out (Fixture *f, gconstpointer data)
{
  HangulContext *context = get_context (GTK_WIDGET (f->editor));
  gint64 took = G_MAXINT64;

  type (f, context, "가나");
  press (f, context, 'e');
  leave (f);
  assert_text (f, "가낟");
  /* A busy machine may be late many times, but not each time. */
  for (guint try = 0; try < 20 && took >= 900 * 1000; try++) {
    gint64 begin;

    context = get_context (GTK_WIDGET (f->editor));
    type (f, context, "다");
    g_assert_true (hangul_press (context, GDK_KEY_BackSpace));
    g_assert_true (hangul_press (context, GDK_KEY_BackSpace));
    begin = g_get_monotonic_time ();
    leave (f);
    took = g_get_monotonic_time () - begin;
    assert_text (f, "가낟");
  }
  g_assert_cmpint (took, <, 900 * 1000);
}

static void
act (Fixture *f, const char *name)
{
  g_action_group_activate_action (ui_editor_get_actions (f->editor), name, NULL);
  settle (f);
}

/* A verb in the middle of a syllable ends it. */
static void
test_verbs (Fixture *f, gconstpointer data)
{
  static const char *const verbs[] = { "bold", "italic", "heading", "clear" };

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++) {
    HangulContext *context;

    ui_editor_set_content (f->editor, "", NULL);
    ui_editor_set_rich (f->editor, TRUE);
    context = get_context (GTK_WIDGET (f->editor));
    type (f, context, "굵은 닭");
    act (f, verbs[i]);
    type (f, context, "값");
    act (f, verbs[i]);
    type (f, context, "이");
    leave (f);
    assert_text (f, "굵은 닭값이");
  }
}

/* What was typed before Bold is not bold, even where it comes after it. */
static void
test_bold (Fixture *f, gconstpointer data)
{
  g_autofree char *html = NULL;
  HangulContext *context;

  ui_editor_set_rich (f->editor, TRUE);
  context = get_context (GTK_WIDGET (f->editor));
  type (f, context, "가는");
  act (f, "bold");
  type (f, context, "굵은");
  act (f, "bold");
  type (f, context, "가는");
  leave (f);
  html = ui_editor_dup_html (f->editor);
  g_assert_cmpstr (html, ==, "<div><div>가는<b>굵은</b>가는</div></div>");
}

static void
test_lists (Fixture *f, gconstpointer data)
{
  HangulContext *context;

  ui_editor_set_rich (f->editor, TRUE);
  context = get_context (GTK_WIDGET (f->editor));
  type (f, context, "하나");
  act (f, "bullet");
  type (f, context, "둘\n셋");
  act (f, "quote");
  leave (f);
  assert_text (f, "• 하나둘\n> • 셋");
}

static void
test_plain (Fixture *f, gconstpointer data)
{
  HangulContext *context;

  ui_editor_set_rich (f->editor, TRUE);
  context = get_context (GTK_WIDGET (f->editor));
  act (f, "bold");
  type (f, context, "앉");
  ui_editor_set_rich (f->editor, FALSE);
  settle (f);
  type (f, context, "아");
  ui_editor_set_rich (f->editor, TRUE);
  settle (f);
  type (f, context, "서");
  leave (f);
  assert_text (f, "앉아서");
}

/* Undo ends a syllable; then, as ever, what was typed goes, and comes back. */
static void
test_undo (Fixture *f, gconstpointer data)
{
  HangulContext *context = get_context (GTK_WIDGET (f->editor));

  type (f, context, "첫째 둘");
  act (f, "undo");
  assert_text (f, "첫째 둘");
  act (f, "undo");
  assert_text (f, "첫째 ");
  act (f, "undo");
  assert_text (f, "");
  act (f, "redo");
  assert_text (f, "첫째 ");
  act (f, "redo");
  assert_text (f, "첫째 둘");
  type (f, context, "째");
  leave (f);
  assert_text (f, "첫째 둘째");
}

#define TD    "<td style=\"border:1px solid #b0b0b0;padding:3px 8px\">"
#define TABLE "<table style=\"border-collapse:collapse\"><tr>" TD "a</td>" TD "b</td></tr></table>"

/* Tab: what is composed stays in the cell that it is composed for, and so does what comes late. */
static void
test_cells (Fixture *f, gconstpointer data)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (f->editor));
  GtkWidget *field;

  ui_editor_set_content (f->editor, "", "<div><div>" TABLE "</div></div>");
  get_context (GTK_WIDGET (f->editor));
  g_signal_emit_by_name (f->editor, "move-focus", GTK_DIR_TAB_FORWARD);
  field = gtk_window_get_focus (GTK_WINDOW (f->window));
  g_assert_true (field != GTK_WIDGET (f->editor) && UI_IS_EDITOR (field));
  type (f, get_context (field), "값 닭");
  g_signal_emit_by_name (field, "move-focus", GTK_DIR_TAB_FORWARD);
  settle (f);
  wait_for (20);
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (f->window)) == field);
  type (f, get_context (field), "앉아 많");
  leave (f);
  g_autofree char *text = ui_editor_dup_text (f->editor);
  g_assert_cmpstr (text, ==, "a값 닭 | b앉아 많");
  /* Behind the table the letter goes on */
  gtk_widget_grab_focus (field);
  g_signal_emit_by_name (field, "move-focus", GTK_DIR_TAB_BACKWARD);
  g_signal_emit_by_name (field, "move-focus", GTK_DIR_TAB_BACKWARD);
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (f->window)) == GTK_WIDGET (f->editor));
  GtkTextIter end;
  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_place_cursor (buffer, &end);
  type (f, hangul_get_context (), " 없다");
  leave (f);
  g_autofree char *all = ui_editor_dup_text (f->editor);
  g_assert_cmpstr (all, ==, "a값 닭 | b앉아 많\n 없다");
}

/* Lines are looked at beside what is composed, never through it. */
static void
test_spelling (Fixture *f, gconstpointer data)
{
  HangulContext *context = get_context (GTK_WIDGET (f->editor));

  ui_editor_set_spelling (f->editor, TRUE);
  g_signal_emit_by_name (context, "commit", "mispelt wrods ");
  wait_for (400);
  type (f, context, "닭");
  wait_for (400);
  g_assert_cmpstr (hangul_get_preedit (context), ==, "닭");
  assert_text (f, "mispelt wrods ");
  press (f, context, 'l'); /* the last consonant goes over */
  wait_for (400);
  assert_text (f, "mispelt wrods 달");
  leave (f);
  assert_text (f, "mispelt wrods 달기");
}

/* ---- recipients and the subject ---- */

static void
assert_recipients (Fixture *f, const char *expected, const char *after)
{
  settle (f);
  wait_for (20);
  if (!g_str_equal (ui_recipients_get_text (f->recipients), expected))
    g_error ("%s: “%s” in place of “%s”", after, ui_recipients_get_text (f->recipients), expected);
}

static void
test_recipients (Fixture *f, gconstpointer data)
{
  HangulContext *context = get_context (GTK_WIDGET (f->recipients));

  type (f, context, "김민우");
  press (f, context, '\n');
  assert_recipients (f, "김민우", "Enter");
  type (f, context, "박값,");
  assert_recipients (f, "김민우, 박값", "comma");
  type (f, context, "이닭");
  gtk_widget_grab_focus (f->other);
  assert_recipients (f, "김민우, 박값, 이닭", "elsewhere");
  context = get_context (GTK_WIDGET (f->recipients));
  type (f, context, "최많");
  gtk_widget_child_focus (f->window, GTK_DIR_TAB_FORWARD);
  assert_recipients (f, "김민우, 박값, 이닭, 최많", "Tab");
  context = get_context (GTK_WIDGET (f->recipients));
  type (f, context, "정없");
  g_assert_cmpstr (hangul_get_preedit (context), ==, "없");
  leave (f);
  ui_recipients_check (f->recipients);
  assert_recipients (f, "김민우, 박값, 이닭, 최많, 정없", "Send");
}

/* Enter that reaches the field before the syllable does */
static void
test_enter_first (Fixture *f, gconstpointer data)
{
  HangulContext *context = get_context (GTK_WIDGET (f->recipients));

  type (f, context, "김민우");
  g_signal_emit_by_name (gtk_window_get_focus (GTK_WINDOW (f->window)), "activate");
  wait_for (10);
  hangul_press (context, GDK_KEY_Return);
  assert_recipients (f, "김민우", "Enter");
  type (f, context, "박");
  leave (f);
  assert_recipients (f, "김민우, 박", "the next");
}

static void
test_subject (Fixture *f, gconstpointer data)
{
  g_autofree char *keys = hangul_get_keys (sentences[0]);
  HangulContext *context = get_context (f->subject);

  for (const char *p = keys; *p != '\0'; p++) {
    press (f, context, (gunichar)*p);
    g_assert_true (
        g_str_has_prefix (sentences[0], gtk_editable_get_text (GTK_EDITABLE (f->subject))));
  }
  type (f, context, " 값");
  leave (f);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (f->subject)), ==,
                   "안녕하세요, 김민우입니다. 값");
}

/* ---- a form ---- */

/* Saved by somebody else, for whom it waits. */
#define TEST_TYPE_FORM (form_get_type ())
G_DECLARE_FINAL_TYPE (Form, form, TEST, FORM, UiForm)

struct _Form
{
  UiForm parent_instance;
  guint saves, cancels;
};

G_DEFINE_FINAL_TYPE (Form, form, UI_TYPE_FORM)

static void
form_save (UiForm *form)
{
  TEST_FORM (form)->saves++;
}

static gboolean
on_called_off (gpointer form)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Called off");

  ui_form_saved (form, error);
  return G_SOURCE_REMOVE;
}

static void
form_cancel (UiForm *form)
{
  TEST_FORM (form)->cancels++;
  g_idle_add (on_called_off, form);
}

static void
form_class_init (FormClass *klass)
{
  UI_FORM_CLASS (klass)->save = form_save;
  UI_FORM_CLASS (klass)->cancel = form_cancel;
}

static void
form_init (Form *self)
{
}

/* Cancel right after Save, which is not under way yet where something comes late: it never will be. */
static void
test_form (Fixture *f, gconstpointer data)
{
  gboolean late = GPOINTER_TO_INT (data) == HANGUL_LATE;
  Form *form = g_object_new (TEST_TYPE_FORM, NULL);
  Fixture own = { .window = GTK_WIDGET (form) };
  GtkWidget *field = gtk_entry_new ();

  ui_form_set_content (UI_FORM (form), field);
  ui_form_present (UI_FORM (form), field);
  while (!gtk_window_is_active (GTK_WINDOW (form)))
    g_main_context_iteration (NULL, TRUE);
  type (&own, get_context (field), "닭");
  gtk_widget_activate_action (GTK_WIDGET (form), "form.save", NULL);
  gtk_window_close (GTK_WINDOW (form));
  while (!gtk_widget_is_sensitive (field))
    g_main_context_iteration (NULL, TRUE);
  wait_for (100);
  g_assert_cmpuint (form->saves, ==, late ? 0 : 1);
  g_assert_cmpuint (form->cancels, ==, form->saves);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (field)), ==, "닭");

  type (&own, get_context (field), "값");
  gtk_widget_activate_action (GTK_WIDGET (form), "form.save", NULL);
  while (form->saves == form->cancels)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (gtk_widget_is_sensitive (field));
  ui_form_saved (UI_FORM (form), NULL);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    HangulManner manner;
  } manners[] = { { "at-once", HANGUL_AT_ONCE }, { "late", HANGUL_LATE } };
  static const struct
  {
    const char *name;
    void (*test) (Fixture *f, gconstpointer data);
  } cases[] = {
    { "autosave", test_autosave },
    { "send", test_send },
    { "click-send", test_click_send },
    { "rubbed-out", test_rubbed_out },
    { "verbs", test_verbs },
    { "bold", test_bold },
    { "lists", test_lists },
    { "plain", test_plain },
    { "undo", test_undo },
    { "cells", test_cells },
    { "spelling", test_spelling },
    { "recipients", test_recipients },
    { "enter-first", test_enter_first },
    { "subject", test_subject },
    { "form", test_form },
  };

  g_setenv ("GTK_IM_MODULE", "hangul", TRUE);
  gtk_test_init (&argc, &argv);
  adw_init ();
  for (guint i = 0; i < G_N_ELEMENTS (manners); i++)
    for (guint j = 0; j < G_N_ELEMENTS (cases); j++) {
      g_autofree char *path = g_strdup_printf ("/ui/hangul/%s/%s", manners[i].name, cases[j].name);

      g_test_add (path, Fixture, GINT_TO_POINTER (manners[i].manner), set_up, cases[j].test,
                  tear_down);
    }
  return g_test_run ();
}
