/* How wide a message is: shows messages in the page that the program shows them in, in a window as narrow as a phone and in a wide one, and asks the
 * page what became of them.  Main thread, in a desktop session. */
#include <adwaita.h>
#include <glib/gstdio.h>
#include <gmodule.h>
#include <webkit/webkit.h>

#include "ui-web-page.h"

#define WORLD "sosik"
#define HEAD  "<!DOCTYPE html><html><head></head><body style=\"margin: 0\">"
#define WORDS                                                                                      \
  "Every word of this sentence is to be read without scrolling to the side and without a glass. "
#define NARROW 360
#define WIDE   1200

static const UiWebPageApi *api;
static GtkWidget *page, *window;

static void
on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

/* Takes `arguments` (nullable). */
static JSCValue *
run_with (const char *script, gsize length, GVariant *arguments)
{
  WebKitWebView *view = WEBKIT_WEB_VIEW (adw_bin_get_child (ADW_BIN (page)));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  webkit_web_view_call_async_javascript_function (view, script, (gssize)length, arguments, WORLD,
                                                  NULL, NULL, on_result, &result);
  while (!result)
    g_main_context_iteration (NULL, TRUE);
  JSCValue *value = webkit_web_view_call_async_javascript_function_finish (view, result, &error);
  g_assert_no_error (error);
  return value;
}

static JSCValue *
run (const char *script)
{
  return run_with (script, strlen (script), NULL);
}

static double
get (const char *expression)
{
  g_autofree char *script = g_strconcat ("return Number (", expression, ");", NULL);
  g_autoptr (JSCValue) value = run (script);
  return jsc_value_to_double (value);
}

static gboolean
has (const char *expression)
{
  g_autofree char *truth = g_strconcat ("!!(", expression, ")", NULL);
  return get (truth) != 0;
}

#define ZOOM       get ("document.body.style.zoom || 1")
#define ROOM       get ("innerWidth")
#define NEEDED     get ("document.documentElement.scrollWidth")
#define WIDTH(id)  get ("document.getElementById ('" id "').offsetWidth")
#define HEIGHT(id) get ("document.getElementById ('" id "').offsetHeight")

static void
wait_for (const char *expression)
{
  gint64 end = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  while (!has (expression)) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_usleep (10000);
  }
}

static void
resize (int width)
{
  g_autofree char *there = g_strdup_printf ("innerWidth === %d", width);
  gtk_window_set_default_size (GTK_WINDOW (window), width, 600);
  wait_for (there);
}

static void
show (const char *html, UiWebLook look, int width)
{
  static guint count;
  g_autofree char *marked = g_strdup_printf ("%s<hr id=\"end%u\"></body></html>", html, ++count);
  g_autofree char *there = g_strdup_printf (
      "document.readyState === 'complete' && document.getElementById ('end%u')", count);
  api->show (page, marked, look, FALSE);
  resize (width);
  wait_for (there);
}

/* ---- pictures ---- */

static void
on_picture_wanted (GtkWidget *source, const char *uri, GTask *task)
{
  g_autoptr (GBytes) pixels = g_bytes_new_take (g_malloc0 (90 * 30 * 4), 90 * 30 * 4);
  g_autoptr (GdkTexture) texture =
      gdk_memory_texture_new (90, 30, GDK_MEMORY_DEFAULT, pixels, 90 * 4);
  g_task_set_source_tag (task, on_picture_wanted);
  g_task_set_task_data (task, g_strdup ("image/png"), g_free);
  g_task_return_pointer (task, gdk_texture_save_to_png_bytes (texture),
                         (GDestroyNotify)g_bytes_unref);
}

static void
test_picture (void)
{
  show (HEAD "<img id=\"picture\" width=\"900\" height=\"300\" src=\"" UI_WEB_PAGE_CID "one\">"
             "<p id=\"text\">" WORDS,
        UI_WEB_LETTER, NARROW);
  wait_for ("document.images[0].naturalWidth === 90");
  g_assert_cmpfloat (WIDTH ("picture"), ==, NARROW);
  g_assert_cmpfloat (HEIGHT ("picture"), ==, NARROW / 3);
  resize (WIDE);
  wait_for (
      "document.getElementById ('picture').offsetHeight > 200"); /* its lines are short, even so */
  g_assert_cmpfloat_with_epsilon (WIDTH ("picture"), 3 * HEIGHT ("picture"), 2);
}

/* ---- letters ---- */

#define LETTER                                                                                     \
  HEAD "<table id=\"table\" width=\"900\"><tr><td width=\"600\"><p id=\"text\">" WORDS "</p></td>" \
       "<td width=\"300\"><table width=\"280\"><tr><td>" WORDS "</table></td></tr></table>"        \
       "<div id=\"box\" style=\"width: 800px; padding: 10px\">" WORDS "</div>"                     \
       "<div id=\"least\" style=\"min-width: 700px\">" WORDS "</div>"

static void
test_letter (void)
{
  show (LETTER, UI_WEB_LETTER, NARROW);
  g_assert_cmpfloat (ZOOM, ==, 1);
  g_assert_cmpfloat (NEEDED, ==, NARROW);
  g_assert_cmpfloat (WIDTH ("text"), >, NARROW / 2); /* of 600 in 900 */
  g_assert_cmpfloat (WIDTH ("box"), ==, NARROW);
  /* Magnified, it flows in what is left. */
  api->set_zoom (page, 2);
  wait_for ("innerWidth < 200");
  g_assert_cmpfloat (NEEDED * ZOOM, <=, NARROW);
  api->set_zoom (page, 1);
  resize (WIDE);
  wait_for ("document.getElementById ('table').offsetWidth === 900");
  g_assert_cmpfloat (WIDTH ("box"), ==, 820);
  g_assert_false (has ("document.querySelector ('[style*=important]')"));
}

/* What was folded is looked at when it is opened. */
static void
test_folded (void)
{
  show (HEAD "<p>" WORDS "</p><details class=\"sosik-quote\"><summary>...</summary><blockquote>"
             "<table id=\"table\" width=\"900\"><tr><td>" WORDS "</table></blockquote></details>",
        UI_WEB_LETTER, NARROW);
  get ("document.querySelector ('details').open = true");
  wait_for ("document.getElementById ('table').offsetWidth < innerWidth");
  g_assert_cmpfloat (NEEDED, ==, NARROW);
}

/* ---- designs ---- */

#define COLUMN                                                                                     \
  "<td width=\"300\" valign=\"top\"><table width=\"280\"><tr><td>" WORDS "</td></tr></table></td>"
#define DESIGN                                                                                     \
  "<table width=\"100%\"><tr><td bgcolor=\"#eeeeee\" align=\"center\">"                            \
  "<table id=\"table\" width=\"600\" cellpadding=\"0\" cellspacing=\"0\"><tr><td colspan=\"2\">"   \
  "<p id=\"text\">" WORDS "</p></td></tr><tr>" COLUMN COLUMN "</tr></table></td></tr></table>"

static void
test_design (void)
{
  show (HEAD DESIGN, UI_WEB_DESIGNED, WIDE);
  g_assert_cmpfloat (WIDTH ("table"), ==, 600);
  g_assert_cmpfloat (ZOOM, ==, 1);
  g_assert_false (has ("document.querySelector ('[style*=important]')"));
  /* A little smaller it can be read: the design stays. */
  resize (500);
  wait_for ("document.body.style.zoom < 1 && document.body.style.zoom > 0");
  g_assert_cmpfloat_with_epsilon (ZOOM, 500.0 / 606,
                                  .02); /* with the padding of the cell around it */
  g_assert_cmpfloat (WIDTH ("table"), ==, 600);
  g_assert_cmpfloat (NEEDED, <=, 501);
  /* Much smaller nobody could: its boxes flow. */
  resize (NARROW);
  wait_for ("document.getElementById ('table').offsetWidth < 360");
  g_assert_cmpfloat (ZOOM, ==, 1);
  g_assert_cmpfloat (NEEDED, ==, NARROW);
  g_assert_cmpfloat (WIDTH ("text"), >, 300);
  /* And all is as it was where there is room again. */
  resize (WIDE);
  wait_for ("document.getElementById ('table').offsetWidth === 600");
  g_assert_cmpfloat (ZOOM, ==, 1);
  g_assert_false (has ("document.querySelector ('[style*=important]')"));
}

/* What the widest box says is believed at each width, though it is looked for once. */
static void
test_claim (void)
{
  show (HEAD
        "<table id=\"table\" width=\"1000\" cellpadding=\"0\"><tr><td bgcolor=\"#eeeeee\">" WORDS
        "</table><div style=\"width: 400px\">" WORDS "</div>",
        UI_WEB_DESIGNED, 800);
  g_assert_cmpfloat_with_epsilon (ZOOM, .8, .01);
  resize (900);
  wait_for ("Math.abs (document.body.style.zoom - .9) < .01");
  g_assert_cmpfloat (WIDTH ("table"), ==, 1000);
  resize (NARROW);
  wait_for ("document.getElementById ('table').offsetWidth === 360");
  resize (800);
  wait_for ("Math.abs (document.body.style.zoom - .8) < .01");
  resize (WIDE);
  wait_for ("Number (document.body.style.zoom) === 1");
  g_assert_cmpfloat (WIDTH ("table"), ==, 1000);
}

/* What cannot be narrower is scrolled, to its end, within the page. */
static void
test_sideways (void)
{
  g_autoptr (GString) html = g_string_new (HEAD "<table id=\"table\"><tr>");

  for (guint i = 0; i < 30; i++)
    g_string_append (html, "<td style=\"white-space: nowrap\">1234567890</td>");
  g_string_append (html, "</tr></table>");
  show (html->str, UI_WEB_LETTER, NARROW);
  g_assert_cmpfloat (ZOOM, ==, .5);
  g_assert_cmpfloat (NEEDED, >, 2 * NARROW);
  get ("window.scrollTo (100000, 0)");
  g_assert_cmpfloat_with_epsilon (get ("scrollX + innerWidth"), NEEDED, 2);
  g_assert_cmpint (gtk_widget_get_width (page), ==, NARROW);
}

/* ---- paper ---- */

static void
put_on_paper (guint message, guint n_lines)
{
  g_autoptr (GBytes) script =
      g_resources_lookup_data ("/org/sosik/Sosik/web/ui-web-print-add.js", 0, NULL);
  g_autoptr (GString) body = g_string_new ("<!DOCTYPE html><html><body>");
  g_autofree char *head =
      g_strdup_printf ("<table><tr><th>From</th><td>Bob</td></tr><tr><th>Subject"
                       "</th><td>head%u</td></tr></table>",
                       message);
  GVariantDict arguments;

  for (guint i = 0; i < n_lines; i++)
    g_string_append_printf (body, "%sline%u-%u", i > 0 ? "<br>" : "", message, i);
  g_string_append (body, "</body></html>");
  g_variant_dict_init (&arguments, NULL);
  g_variant_dict_insert (&arguments, "head", "s", head);
  g_variant_dict_insert (&arguments, "body", "s", body->str);
  g_object_unref (run_with (g_bytes_get_data (script, NULL), g_bytes_get_size (script),
                            g_variant_dict_end (&arguments)));
}

static void
on_printed (WebKitPrintOperation *operation, gboolean *printed)
{
  *printed = TRUE;
}

/* Words of each page, from a file. */
static char **
print_pages (const char *folder)
{
  WebKitWebView *view = WEBKIT_WEB_VIEW (adw_bin_get_child (ADW_BIN (page)));
  g_autofree char *path = g_build_filename (folder, "paper.pdf", NULL), *text = NULL;
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
  g_autoptr (GtkPrintSettings) settings = gtk_print_settings_new ();
  g_autoptr (WebKitPrintOperation) operation = webkit_print_operation_new (view);
  g_autoptr (GError) error = NULL;
  gboolean printed = FALSE;

  gtk_print_settings_set (settings, GTK_PRINT_SETTINGS_OUTPUT_URI, uri);
  gtk_print_settings_set_printer (settings, "Print to File");
  webkit_print_operation_set_print_settings (operation, settings);
  g_signal_connect (operation, "finished", G_CALLBACK (on_printed), &printed);
  webkit_print_operation_print (operation);
  while (!printed)
    g_main_context_iteration (NULL, TRUE);
  const char *command[] = { "pdftotext", "-layout", path, "-", NULL };
  g_spawn_sync (NULL, (char **)command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &text, NULL, NULL,
                &error);
  g_assert_no_error (error);
  g_unlink (path);
  return g_strsplit (text, "\f", -1);
}

static gboolean
stands_on (const char *paper, const char *word)
{
  g_autofree char *pattern = g_strdup_printf ("\\b%s\\b", word);
  return g_regex_match_simple (pattern, paper, 0, 0);
}

#define MESSAGES 80
#define LINES    3

/* A head never stands at the foot of a page, without the first lines of its message; and no line is left out or twice. */
static void
test_paper (void)
{
  g_autofree char *folder = g_dir_make_tmp ("paper-XXXXXX", NULL);
  g_autoptr (GBytes) style =
      g_resources_lookup_data ("/org/sosik/Sosik/web/ui-web-print.css", 0, NULL);
  g_autofree char *shell =
      g_strdup_printf ("<!DOCTYPE html><html><head><style>%.*s</style></head><body>",
                       (int)g_bytes_get_size (style), (char *)g_bytes_get_data (style, NULL));
  g_autoptr (GBytes) ready =
      g_resources_lookup_data ("/org/sosik/Sosik/web/ui-web-print-ready.js", 0, NULL);
  guint n_heads = 0, n_lines = 0, n_split = 0;

  show (shell, UI_WEB_DESIGNED, WIDE);
  for (guint i = 0; i < MESSAGES; i++) {
    /* Each on a page of its own, at another height: all there are are tried */
    g_autofree char *room = g_strdup_printf (
        "const room = document.createElement ('div'); room.style.breakBefore = 'page';"
        "room.style.paddingTop = '%upx'; document.body.append (room);",
        300 + 8 * i);
    g_object_unref (run (room));
    put_on_paper (i, LINES);
  }
  g_object_unref (run_with (g_bytes_get_data (ready, NULL), g_bytes_get_size (ready), NULL));
  g_auto (GStrv) pages = print_pages (folder);
  for (guint i = 0; pages[i]; i++) {
    for (guint message = 0; message < MESSAGES; message++) {
      g_autofree char *head = g_strdup_printf ("head%u", message);
      g_autofree char *first = g_strdup_printf ("line%u-0", message);
      gboolean begins = stands_on (pages[i], head);

      if (begins != stands_on (pages[i], first)) {
        g_test_message ("page %u splits message %u", i, message);
        n_split++;
      }
      n_heads += begins;
      for (guint line = 0; line < LINES; line++) {
        g_autofree char *word = g_strdup_printf ("line%u-%u", message, line);
        n_lines += stands_on (pages[i], word);
      }
    }
  }
  g_assert_cmpuint (n_split, ==, 0);
  g_assert_cmpuint (n_heads, ==, MESSAGES);
  g_assert_cmpuint (n_lines, ==, MESSAGES * LINES);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("page-XXXXXX", NULL);
  const UiWebPageApi *(*get_api) (void) = NULL;

  g_test_init (&argc, &argv, NULL);
  adw_init ();
  GModule *module = g_module_open (g_getenv ("MODULE"), G_MODULE_BIND_LAZY);
  if (!module || !g_module_symbol (module, UI_WEB_PAGE_SYMBOL, (gpointer *)&get_api))
    g_error ("%s", g_module_error ());
  g_module_make_resident (module);
  api = get_api ();
  page = api->create (folder);
  g_signal_connect (page, "picture-wanted", G_CALLBACK (on_picture_wanted), NULL);
  window = gtk_window_new ();
  gtk_window_set_child (GTK_WINDOW (window), page);
  gtk_window_set_default_size (GTK_WINDOW (window), WIDE, 600);
  gtk_window_present (GTK_WINDOW (window));
  g_test_add_func ("/page/letter", test_letter);
  g_test_add_func ("/page/folded", test_folded);
  g_test_add_func ("/page/picture", test_picture);
  g_test_add_func ("/page/design", test_design);
  g_test_add_func ("/page/claim", test_claim);
  g_test_add_func ("/page/sideways", test_sideways);
  g_test_add_func ("/page/paper", test_paper);
  int status = g_test_run ();
  gtk_window_destroy (GTK_WINDOW (window));
  return status;
}
