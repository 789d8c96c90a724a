/* A template that is being written: nothing that was typed goes unasked.  Main thread, in a desktop session. */
#include <adwaita.h>

#include "base-paths.h"
#include "mail-engine.h"
#include "ui-resources.h"
#include "ui-template-editor.h"

#define SETTLED_MS 100

typedef struct
{
  GtkWindow *parent;
  MailEngine *engine;
  BasePaths *paths;
  char *folder;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = g_dir_make_tmp ("sosik-test-XXXXXX", NULL);
  f->paths = base_paths_new (f->folder, NULL);
  f->engine = mail_engine_new (f->paths);
  f->parent = GTK_WINDOW (gtk_window_new ());
  gtk_window_present (f->parent);
}

static GtkWindow *
find_window (const char *type)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *at = windows; at != NULL; at = at->next)
    if (g_str_equal (G_OBJECT_TYPE_NAME (at->data), type)
        && gtk_widget_get_visible (GTK_WIDGET (at->data)))
      return at->data;
  return NULL;
}

static void
wait_a_moment (void)
{
  gint64 end = g_get_monotonic_time () + SETTLED_MS * 1000;

  while (g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, FALSE);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  const char *const types[] = { "AdwMessageDialog", "UiTemplateEditor" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    GtkWindow *window = find_window (types[i]);

    if (window != NULL)
      gtk_window_destroy (window);
  }
  if (f->parent != NULL)
    gtk_window_destroy (f->parent);
  wait_a_moment ();
  g_object_unref (f->engine);
  base_paths_unref (f->paths);
  base_paths_remove_tree (f->folder);
  g_free (f->folder);
}

static GtkWindow *
begin (Fixture *f)
{
  g_autoptr (BaseTemplate) template = base_template_new ();
  GtkWindow *editor;

  ui_template_editor_open (f->parent, f->engine, template);
  editor = find_window ("UiTemplateEditor");
  g_assert_nonnull (editor);
  wait_a_moment ();
  return editor;
}

static void
type (GtkWindow *editor, const char *field, const char *text)
{
  GObject *found =
      gtk_widget_get_template_child (GTK_WIDGET (editor), G_OBJECT_TYPE (editor), field);

  if (GTK_IS_TEXT_VIEW (found))
    gtk_text_buffer_insert_at_cursor (gtk_text_view_get_buffer (GTK_TEXT_VIEW (found)), text, -1);
  else
    gtk_editable_set_text (GTK_EDITABLE (found), text);
}

static GtkWindow *
close_it (GtkWindow *editor)
{
  gtk_window_close (editor);
  wait_a_moment ();
  return find_window ("AdwMessageDialog");
}

static void
test_nothing_typed (Fixture *f, gconstpointer data)
{
  g_assert_null (close_it (begin (f)));
  g_assert_null (find_window ("UiTemplateEditor"));
}

/* Whichever field it is in; one question is enough, and who says no goes on writing. */
static void
test_asked (Fixture *f, gconstpointer field)
{
  GtkWindow *editor = begin (f), *question;

  type (editor, field, "x");
  question = close_it (editor);
  g_assert_nonnull (question);
  g_assert_true (close_it (editor) == question);
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (question), "cancel");
  wait_a_moment ();
  g_assert_true (find_window ("UiTemplateEditor") == editor);
  question = close_it (editor);
  g_assert_nonnull (question);
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (question), "accept");
  wait_a_moment ();
  g_assert_null (find_window ("UiTemplateEditor"));
}

static void
test_parent_goes (Fixture *f, gconstpointer data)
{
  GtkWindow *editor = begin (f);

  type (editor, "editor", "Dear {name}");
  gtk_window_destroy (g_steal_pointer (&f->parent));
  wait_a_moment ();
  g_assert_true (find_window ("UiTemplateEditor") == editor);
  g_assert_nonnull (close_it (editor));
}

static void
test_quit (Fixture *f, gconstpointer data)
{
  GtkWindow *editor = begin (f);

  g_assert_false (ui_template_editor_hold_quit ());
  wait_a_moment ();
  g_assert_null (find_window ("UiTemplateEditor"));
  editor = begin (f);
  type (editor, "subject", "x");
  g_assert_true (ui_template_editor_hold_quit ());
  wait_a_moment ();
  g_assert_true (find_window ("UiTemplateEditor") == editor);
  g_assert_nonnull (find_window ("AdwMessageDialog"));
}

int
main (int argc, char **argv)
{
  static const char *const fields[] = { "name", "abbreviation", "subject", "editor" };

  gtk_test_init (&argc, &argv);
  adw_init ();
  g_resources_register (ui_get_resource ());
  g_test_add ("/ui/templates/nothing-typed", Fixture, NULL, set_up, test_nothing_typed, tear_down);
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    g_autofree char *path = g_strconcat ("/ui/templates/asked-", fields[i], NULL);

    g_test_add (path, Fixture, fields[i], set_up, test_asked, tear_down);
  }
  g_test_add ("/ui/templates/parent-goes", Fixture, NULL, set_up, test_parent_goes, tear_down);
  g_test_add ("/ui/templates/quit", Fixture, NULL, set_up, test_quit, tear_down);
  return g_test_run ();
}
