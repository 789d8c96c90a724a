/* Prints messages: one page of ours, in which each message stands in a tree of its own.  Main thread.
 *
 * The messages come cleaned, as for reading, and the view is one of ui-web-process.c, so nothing is fetched.  A message must not reach what
 * is ours (its headers) or another message: its HTML is put into a shadow tree, where its style sheets end, and that into a box
 * that nothing leaves, wherever it is positioned. */
#include "ui-web-print.h"

#include <glib/gi18n.h>

#include "ui-print-dialog.h"
#include "ui-web-process.h"

#define MARGIN_MM 15

/* Counted references: the dialog runs a main loop of its own, in which all else may end. */
typedef struct
{
  /* Owned; NULL when it is over */
  GtkWidget *page;
  WebKitWebView *view;
  GPtrArray *heads, *bodies;
  GtkWindow *parent; /* nullable */
  GtkPrintSettings *settings;
  WebKitPrintOperation *operation;

  UiWebPrintedFunc done; /* NULL when it is over */
  gpointer data;
  guint n_added; /* messages that are on the page */
} Print;

static char *
load_text (const char *name)
{
  g_autofree char *path = g_strconcat ("/org/sosik/Sosik/web/", name, NULL);
  g_autoptr (GBytes) bytes = g_resources_lookup_data (path, 0, NULL);

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

char *
ui_web_print_dup_shell (const char *title)
{
  g_autofree char *style = load_text ("ui-web-print.css");
  g_autofree char *name = g_markup_escape_text (title, -1);

  return g_strdup_printf ("<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>%s</title>"
                          "<style>%s</style></head><body></body></html>",
                          name, style);
}

static void
finish (Print *print, gboolean printed, const GError *error)
{
  UiWebPrintedFunc done = print->done;

  if (!done)
    return;
  print->done = NULL;
  g_signal_handlers_disconnect_by_data (print->page, print);
  g_signal_handlers_disconnect_by_data (print->view, print);
  if (print->parent)
    g_signal_handlers_disconnect_by_data (print->parent, print);
  if (print->operation) {
    g_clear_object (&print->settings);
    print->settings = g_object_ref (webkit_print_operation_get_print_settings (print->operation));
    g_signal_handlers_disconnect_by_data (print->operation, print);
  }
  done (printed, print->settings, error, print->data);
  g_clear_object (&print->operation);
  g_clear_object (&print->settings);
  g_clear_object (&print->parent);
  g_clear_object (&print->view);
  g_clear_object (&print->page);
  g_clear_pointer (&print->heads, g_ptr_array_unref);
  g_clear_pointer (&print->bodies, g_ptr_array_unref);
  g_rc_box_release (print);
}

/* "failed" of the page. */
static void
on_stopped (GtkWidget *page, const char *sentence, Print *print)
{
  g_autoptr (GError) error =
      g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED,
                           _ ("The part of Sosik that puts messages on paper stopped. Try again."));

  finish (print, FALSE, error);
}

static void
on_finished (WebKitPrintOperation *operation, Print *print)
{
  finish (print, TRUE, NULL);
}

static void
on_failed (WebKitPrintOperation *operation, const GError *error, Print *print)
{
  finish (print, FALSE, error);
}

static GtkPageSetup *
create_page_setup (void)
{
  GtkPageSetup *setup = gtk_page_setup_new ();

  gtk_page_setup_set_top_margin (setup, MARGIN_MM, GTK_UNIT_MM);
  gtk_page_setup_set_bottom_margin (setup, MARGIN_MM, GTK_UNIT_MM);
  gtk_page_setup_set_left_margin (setup, MARGIN_MM, GTK_UNIT_MM);
  gtk_page_setup_set_right_margin (setup, MARGIN_MM, GTK_UNIT_MM);
  return setup;
}

static void
on_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  Print *print = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JSCValue) value = webkit_web_view_call_async_javascript_function_finish (
      WEBKIT_WEB_VIEW (source), result, &error);
  g_autoptr (GtkPageSetup) setup = create_page_setup ();

  if (!value)
    finish (print, FALSE, error);
  if (!print->done) {
    g_rc_box_release (print);
    return;
  }
  if (print->parent) /* from here on the dialog ends with it */
    g_signal_handlers_disconnect_by_data (print->parent, print);
  print->operation = webkit_print_operation_new (print->view);
  g_signal_connect (print->operation, "finished", G_CALLBACK (on_finished), print);
  g_signal_connect (print->operation, "failed", G_CALLBACK (on_failed), print);
  webkit_print_operation_set_page_setup (print->operation, setup);
  if (print->settings)
    webkit_print_operation_set_print_settings (print->operation, print->settings);
  /* Runs a main loop of its own, and may have finished when it returns. */
  g_autoptr (WebKitPrintOperation) operation = g_object_ref (print->operation);
  g_autoptr (GtkWindow) parent = print->parent ? g_object_ref (print->parent) : NULL;
  gulong watch = ui_print_dialog_watch (parent);
  if (webkit_print_operation_run_dialog (operation, parent)
      == WEBKIT_PRINT_OPERATION_RESPONSE_CANCEL)
    finish (print, FALSE, NULL);
  ui_print_dialog_unwatch (watch);
  g_rc_box_release (print);
}

static void add_next (Print *print);

static void
on_added (GObject *source, GAsyncResult *result, gpointer data)
{
  Print *print = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JSCValue) value = webkit_web_view_call_async_javascript_function_finish (
      WEBKIT_WEB_VIEW (source), result, &error);

  if (error)
    finish (print, FALSE, error); /* rather than paper on which a message is missing */
  if (print->done) {
    print->n_added++;
    add_next (print);
  }
  g_rc_box_release (print);
}

/* One after the other: a long conversation must not hold up the window. */
static void
add_next (Print *print)
{
  gboolean ready = print->n_added == print->heads->len;
  g_autofree char *script = load_text (ready ? "ui-web-print-ready.js" : "ui-web-print-add.js");
  GVariant *arguments = NULL;

  if (!ready) {
    GVariantDict dict;
    g_variant_dict_init (&dict, NULL);
    g_variant_dict_insert (&dict, "head", "s", print->heads->pdata[print->n_added]);
    g_variant_dict_insert (&dict, "body", "s", print->bodies->pdata[print->n_added]);
    arguments = g_variant_dict_end (&dict);
  }
  webkit_web_view_call_async_javascript_function (print->view, script, -1, arguments, UI_WEB_WORLD,
                                                  NULL, NULL, ready ? on_ready : on_added,
                                                  g_rc_box_acquire (print));
}

static void
on_parent_closed (Print *print)
{
  finish (print, FALSE, NULL);
}

static void
on_loaded (WebKitWebView *view, WebKitLoadEvent event, Print *print)
{
  if (event != WEBKIT_LOAD_FINISHED)
    return;
  g_signal_handlers_disconnect_by_func (view, on_loaded, print);
  add_next (print);
}

void
ui_web_print_begin (GtkWidget *page, WebKitWebView *view, const UiWebPaper *paper,
                    UiWebPrintedFunc done, gpointer data)
{
  Print *print = g_rc_box_new0 (Print);

  print->page = g_object_ref (page);
  print->view = g_object_ref (view);
  print->heads = g_ptr_array_ref (paper->heads);
  print->bodies = g_ptr_array_ref (paper->bodies);
  print->parent = paper->parent ? g_object_ref (paper->parent) : NULL;
  print->settings = paper->settings ? gtk_print_settings_copy (paper->settings) : NULL;
  print->done = done;
  print->data = data;
  g_signal_connect (page, "failed", G_CALLBACK (on_stopped), print);
  g_signal_connect (view, "load-changed", G_CALLBACK (on_loaded), print);
  if (print->parent)
    g_signal_connect_swapped (print->parent, "unrealize", G_CALLBACK (on_parent_closed), print);
}
