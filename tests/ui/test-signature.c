/* Signatures in the editor: where they stand, when they are untouched, what undo and a restart make of them. */
#include <adwaita.h>
#include <string.h>

#include "mime-build.h"
#include "ui-editor-own.h"
#include "ui-editor-signature.h"

#define QUOTE "On Monday, Ann wrote:\n> Hello\n>\n> -- \n> Ann"

typedef struct
{
  UiEditor *editor; /* owned */
  GtkTextBuffer *buffer;
  GPtrArray *known;
  BaseSignature *alice, *shop; /* borrowed from `known` */
} Fixture;

static BaseSignature *
add (Fixture *f, const char *text, const char *html)
{
  BaseSignature *signature = base_signature_new ();

  signature->name = g_strdup ("x");
  signature->text = g_strdup (text);
  signature->html = g_strdup (html);
  g_ptr_array_add (f->known, signature);
  return signature;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->editor = g_object_ref_sink (g_object_new (UI_TYPE_EDITOR, NULL));
  f->buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (f->editor));
  f->known = g_ptr_array_new_with_free_func ((GDestroyNotify)base_signature_free);
  f->alice = add (f, "Alice\n\nLab", NULL);
  f->shop = add (f, "old words",
                 "<div><div style=\"text-align:center\"><b>가게</b></div><ul><li>open</li></ul>"
                 "<div><a href=\"https://example.org\">here</a></div></div>");
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_object_unref (f->editor);
  g_ptr_array_unref (f->known);
}

static void
is (Fixture *f, const char *text)
{
  g_autofree char *found = ui_editor_dup_text (f->editor);

  g_assert_cmpstr (found, ==, text);
}

static void
put (Fixture *f, const BaseSignature *signature, gboolean above)
{
  ui_editor_put_signature (f->editor, f->known, signature, above, FALSE);
}

/* Types `text` where `where` begins. */
static void
type_at (Fixture *f, const char *where, const char *text)
{
  GtkTextIter at, end;

  gtk_text_buffer_get_start_iter (f->buffer, &at);
  g_assert_true (gtk_text_iter_forward_search (&at, where, 0, &at, &end, NULL));
  gtk_text_buffer_begin_user_action (f->buffer);
  gtk_text_buffer_insert (f->buffer, &at, text, -1);
  gtk_text_buffer_end_user_action (f->buffer);
}

#define SHOP "\n\n-- \n가게\n• open\nhere <https://example.org>"

static void
test_new (Fixture *f, gconstpointer data)
{
  for (int rich = 0; rich < 2; rich++) {
    ui_editor_set_content (f->editor, "", NULL);
    ui_editor_set_rich (f->editor, rich);
    ui_editor_put_signature (f->editor, f->known, f->alice, FALSE, TRUE);
    is (f, "\n\n-- \nAlice\n\nLab");
    g_assert_true (ui_editor_has_signature (f->editor, f->known));
    put (f, f->shop, TRUE); /* there is no quote to stand above */
    is (f, SHOP);
    g_assert_true (ui_editor_has_signature (f->editor, f->known));
    g_assert_cmpint (ui_editor_has_format (f->editor), ==, rich);
    put (f, f->alice, FALSE);
    is (f, "\n\n-- \nAlice\n\nLab");
    g_assert_false (ui_editor_has_format (f->editor));
    put (f, NULL, FALSE);
    is (f, "");
    g_assert_false (ui_editor_has_signature (f->editor, f->known));
  }
}

#define FORWARDED                                                                                  \
  "\n\n---------- Forwarded message ----------\nFrom: a\n\nHello\n\n-- \nAlice\n\nLab"

/* What is forwarded stays what it is, whoever signed it; what is put in below it is known again. */
static void
test_forwarded (Fixture *f, gconstpointer data)
{
  ui_editor_set_content (f->editor, FORWARDED, NULL);
  g_assert_false (ui_editor_has_signature (f->editor, f->known));
  ui_editor_put_signature (f->editor, f->known, f->alice, FALSE, TRUE);
  is (f, FORWARDED "\n\n-- \nAlice\n\nLab");
  put (f, NULL, FALSE);
  is (f, FORWARDED);
  put (f, f->alice, TRUE);
  is (f, "\n\n-- \nAlice\n\nLab" FORWARDED);
  put (f, NULL, TRUE);
  is (f, FORWARDED);
}

/* Who writes at the end goes on before the signature. */
static void
test_caret (Fixture *f, gconstpointer data)
{
  GtkTextIter end;

  ui_editor_set_content (f->editor, "Hello", NULL);
  gtk_text_buffer_get_end_iter (f->buffer, &end);
  gtk_text_buffer_place_cursor (f->buffer, &end);
  put (f, f->alice, FALSE);
  gtk_text_buffer_insert_at_cursor (f->buffer, ", Ann", -1);
  is (f, "Hello, Ann\n\n-- \nAlice\n\nLab");
  put (f, f->shop, FALSE);
  gtk_text_buffer_insert_at_cursor (f->buffer, "!", -1);
  is (f, "Hello, Ann!" SHOP);
}

static void
test_answer (Fixture *f, gconstpointer data)
{
  ui_editor_set_content (f->editor, "\n\n" QUOTE, NULL);
  ui_editor_put_signature (f->editor, f->known, f->alice, TRUE, TRUE);
  is (f, "\n\n-- \nAlice\n\nLab\n\n" QUOTE);
  put (f, f->shop, FALSE);
  is (f, "\n\n" QUOTE SHOP);
  put (f, f->alice, TRUE);
  is (f, "\n\n-- \nAlice\n\nLab\n\n" QUOTE);
  put (f, NULL, TRUE);
  is (f, "\n\n" QUOTE);
  /* What is forwarded, and a quote that follows at once */
  ui_editor_set_content (f->editor, "\n\n---------- Forwarded message ----------\nFrom: a", NULL);
  put (f, f->alice, TRUE);
  is (f, "\n\n-- \nAlice\n\nLab\n\n---------- Forwarded message ----------\nFrom: a");
  ui_editor_set_content (f->editor, "> a\nb", NULL);
  put (f, f->alice, TRUE);
  is (f, "\n-- \nAlice\n\nLab\n\n> a\nb");
  g_assert_true (ui_editor_has_signature (f->editor, f->known));
  put (f, f->shop, FALSE);
  is (f, "\n\n> a\nb" SHOP);
}

/* Who writes below what is quoted signs there, wherever signatures stand otherwise. */
static void
test_below (Fixture *f, gconstpointer data)
{
  for (int above = 0; above < 2; above++) {
    ui_editor_set_content (f->editor, QUOTE "\n\n", NULL);
    ui_editor_go_to_end (f->editor);
    ui_editor_put_signature (f->editor, f->known, f->alice, above, TRUE);
    gtk_text_buffer_insert_at_cursor (f->buffer, "Yes.", -1);
    is (f, QUOTE "\n\nYes.\n\n-- \nAlice\n\nLab");
    put (f, f->shop, above);
    is (f, QUOTE "\n\nYes." SHOP);
  }
}

/* A word, a format or a line more: it is the person's, and another one comes beside it. */
static void
test_touched (Fixture *f, gconstpointer data)
{
  GtkTextIter start, end;

  ui_editor_set_rich (f->editor, TRUE);
  put (f, f->alice, FALSE);
  type_at (f, "Lab", "my ");
  g_assert_false (ui_editor_has_signature (f->editor, f->known));
  put (f, f->shop, FALSE);
  is (f, "\n\n-- \nAlice\n\nmy Lab" SHOP);

  ui_editor_set_content (f->editor, "", NULL);
  ui_editor_set_rich (f->editor, TRUE);
  put (f, f->shop, FALSE);
  gtk_text_buffer_get_start_iter (f->buffer, &start);
  g_assert_true (gtk_text_iter_forward_search (&start, "open", 0, &start, &end, NULL));
  gtk_text_buffer_select_range (f->buffer, &start, &end);
  g_action_group_activate_action (ui_editor_get_actions (f->editor), "italic", NULL);
  is (f, SHOP);
  g_assert_false (ui_editor_has_signature (f->editor, f->known));

  ui_editor_set_content (f->editor, "\n\n-- \nAlice\n\nLab\nmore", NULL);
  g_assert_false (ui_editor_has_signature (f->editor, f->known));
  ui_editor_set_content (f->editor, "\n\n--\nAlice\n\nLab", NULL);
  g_assert_false (ui_editor_has_signature (f->editor, f->known));
  /* One that another one begins with, and words below it */
  add (f, "Alice", NULL);
  ui_editor_set_content (f->editor, "\n\n-- \nAlice\n\nLab\n\n" QUOTE, NULL);
  put (f, NULL, FALSE);
  is (f, "\n\n" QUOTE);
  ui_editor_set_content (f->editor, "\n\n-- \nAlice\n\nPS: come early", NULL);
  g_assert_false (ui_editor_has_signature (f->editor, f->known));
  ui_editor_set_content (f->editor, "> -- \n> Alice\n> \n> Lab", NULL);
  g_assert_false (ui_editor_has_signature (f->editor, f->known));
  /* Words before it are none of its own. */
  ui_editor_set_content (f->editor, "Hello\n-- \nAlice\n\nLab", NULL);
  g_assert_true (ui_editor_has_signature (f->editor, f->known));
  put (f, NULL, FALSE);
  is (f, "Hello");
}

static void
test_undo (Fixture *f, gconstpointer data)
{
  GActionGroup *actions = ui_editor_get_actions (f->editor);

  ui_editor_set_content (f->editor, "\n\n" QUOTE, NULL);
  ui_editor_set_rich (f->editor, TRUE);
  ui_editor_put_signature (f->editor, f->known, f->shop, TRUE, TRUE);
  g_assert_false (g_action_group_get_action_enabled (actions, "undo"));
  g_autofree char *before = ui_editor_dup_html (f->editor);
  put (f, f->alice, FALSE);
  is (f, "\n\n" QUOTE "\n\n-- \nAlice\n\nLab");
  g_action_group_activate_action (actions, "undo", NULL);
  g_autofree char *undone = ui_editor_dup_html (f->editor);
  g_assert_cmpstr (undone, ==, before);
  g_assert_true (ui_editor_has_signature (f->editor, f->known));
  g_action_group_activate_action (actions, "redo", NULL);
  is (f, "\n\n" QUOTE "\n\n-- \nAlice\n\nLab");
  g_assert_true (ui_editor_has_signature (f->editor, f->known));
}

/* As it is written to the disk and read again. */
static void
reload (Fixture *f)
{
  g_autofree char *text = ui_editor_dup_text (f->editor);
  g_autofree char *html = ui_editor_dup_html (f->editor);

  ui_editor_set_content (f->editor, "", NULL);
  ui_editor_set_content (f->editor, text, html);
  is (f, text);
}

static void
test_reload (Fixture *f, gconstpointer data)
{
  for (int rich = 0; rich < 2; rich++)
    for (guint i = 0; i < f->known->len; i++) {
      ui_editor_set_content (f->editor, "Words\n\n" QUOTE, NULL);
      ui_editor_set_rich (f->editor, rich);
      put (f, f->known->pdata[i], rich);
      reload (f);
      g_assert_true (ui_editor_has_signature (f->editor, f->known));
    }
  /* A rich letter that became plain has the words of it. */
  g_assert_true (ui_editor_get_rich (f->editor));
  ui_editor_set_rich (f->editor, FALSE);
  g_assert_true (ui_editor_has_signature (f->editor, f->known));
}

/* On the wire it is still found: the line keeps its space, in long texts (format=flowed) as well. */
static void
test_wire (Fixture *f, gconstpointer data)
{
  for (int flowed = 0; flowed < 2; flowed++) {
    g_autoptr (MimeDraft) draft = mime_draft_new ();
    g_autoptr (GError) error = NULL;
    g_autoptr (GString) words = g_string_new (NULL);

    for (int i = 0; i < (flowed ? 60 : 2); i++)
      g_string_append_printf (words, "%sword", i > 0 ? " " : "");
    ui_editor_set_content (f->editor, words->str, NULL);
    ui_editor_set_rich (f->editor, flowed);
    put (f, flowed ? f->shop : f->alice, FALSE);
    draft->from_address = g_strdup ("a@example.org");
    draft->to = g_strdup ("b@example.org");
    draft->text = ui_editor_dup_text (f->editor);
    draft->html = ui_editor_dup_html (f->editor);
    g_autoptr (GBytes) bytes = mime_build (draft, &error);
    g_assert_no_error (error);
    g_autoptr (MimeMessage) message = mime_message_new (bytes);
    const char *text = mime_message_get_text (message);
    g_assert_nonnull (
        strstr (text, flowed ? "word\n\n-- \n가게\n• open\n" : "\n\n-- \nAlice\n\nLab"));
    g_assert_cmpint (draft->html != NULL, ==, flowed);
  }
}

static void
owns (Fixture *f, gboolean answers, const char *text)
{
  g_autofree char *own = NULL, *html = NULL;

  ui_editor_dup_own (f->editor, f->known, answers, &own, &html);
  g_assert_cmpstr (own, ==, text);
  g_assert_cmpint (html != NULL, ==, ui_editor_get_rich (f->editor));
}

/* What was written, above, between and below what was quoted; nothing else. */
static void
test_own (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *text, *own;
  } answers[] = {
    { "\n\n" QUOTE, "" },
    { "  Dear Ann,\n\nyes.\n\n" QUOTE, "  Dear Ann,\n\nyes." },
    { "Yes:\n" QUOTE "\nNo:\n> Why?\n\nBye", "Yes:\nNo:\n\nBye" },
    { "She says:\n> x", "She says:" /* which is no words of the program's */ },
    { "Ann wrote:\n> x\nBob wrote:\n> y", "Bob wrote:" },
    { "Look\n\n---------- Forwarded message ----------\nFrom: Ann\n\nHello\n\n-- \nAlice\n\nLab",
      "Look" },
    { "Hi\n\n-- \nAn old\nsignature\n\nP.S.", "Hi\n\n\nP.S." },
  };

  for (int rich = 0; rich < 2; rich++) {
    for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
      for (int above = 0; above < 2; above++) {
        ui_editor_set_content (f->editor, answers[i].text, NULL);
        ui_editor_set_rich (f->editor, rich);
        put (f, i % 2 == 0 ? f->alice : f->shop, above);
        owns (f, TRUE, answers[i].own);
      }
    /* In a letter that answers nothing, quotes are what somebody wrote. */
    ui_editor_set_content (f->editor, "See:\n> Hello\n\nBye", NULL);
    ui_editor_set_rich (f->editor, rich);
    put (f, f->alice, FALSE);
    owns (f, FALSE, "See:\n> Hello\n\nBye");
  }
  ui_editor_set_content (f->editor, "", "<div><div><b>Dear</b> Ann</div><div>&gt; x</div></div>");
  g_autofree char *own = NULL, *html = NULL;
  ui_editor_dup_own (f->editor, f->known, TRUE, &own, &html);
  g_assert_nonnull (strstr (html, "<b>Dear</b> Ann"));
  g_assert_null (strstr (html, "x"));
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv);
  adw_init ();
  g_test_add ("/ui/signature/new", Fixture, NULL, set_up, test_new, tear_down);
  g_test_add ("/ui/signature/answer", Fixture, NULL, set_up, test_answer, tear_down);
  g_test_add ("/ui/signature/forwarded", Fixture, NULL, set_up, test_forwarded, tear_down);
  g_test_add ("/ui/signature/below", Fixture, NULL, set_up, test_below, tear_down);
  g_test_add ("/ui/signature/caret", Fixture, NULL, set_up, test_caret, tear_down);
  g_test_add ("/ui/signature/touched", Fixture, NULL, set_up, test_touched, tear_down);
  g_test_add ("/ui/signature/undo", Fixture, NULL, set_up, test_undo, tear_down);
  g_test_add ("/ui/signature/reload", Fixture, NULL, set_up, test_reload, tear_down);
  g_test_add ("/ui/signature/wire", Fixture, NULL, set_up, test_wire, tear_down);
  g_test_add ("/ui/signature/own", Fixture, NULL, set_up, test_own, tear_down);
  return g_test_run ();
}
