/* How wide a message is: shows messages in the page that the program shows them in, in a window as narrow as a phone and in a wide one, and asks the
 * page what became of them.  Main thread, in a desktop session. */
#include <adwaita.h>
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

static JSCValue *
run (const char *script)
{
  WebKitWebView *view = WEBKIT_WEB_VIEW (adw_bin_get_child (ADW_BIN (page)));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  webkit_web_view_call_async_javascript_function (view, script, -1, NULL, WORLD, NULL, NULL,
                                                  on_result, &result);
  while (!result)
    g_main_context_iteration (NULL, TRUE);
  JSCValue *value = webkit_web_view_call_async_javascript_function_finish (view, result, &error);
  g_assert_no_error (error);
  return value;
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
  g_test_add_func ("/page/picture", test_picture);
  g_test_add_func ("/page/design", test_design);
  g_test_add_func ("/page/claim", test_claim);
  g_test_add_func ("/page/sideways", test_sideways);
  int status = g_test_run ();
  gtk_window_destroy (GTK_WINDOW (window));
  return status;
}
