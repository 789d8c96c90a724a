/* What is read is what is quoted, by the pixels: shows each message of hiding.h in the page that the program shows it in, takes a
 * picture of it, and looks for ink where each word stands; the words that have any must be those that an answer quotes.  All of it in
 * light, and what only a layout tells in the dark and narrow, too.  Runs on the main thread, in a desktop session; prints TAP. */
#include <adwaita.h>
#include <gmodule.h>
#include <string.h>
#include <webkit/webkit.h>

#include "hiding.h"
#include "mime-html.h"
#include "ui-web-page.h"

#define WORLD "sosik"

static const UiWebPageApi *api;
static GtkWidget *page, *window;
static WebKitWebView *view;
static guint failures, cases;

static gboolean
wake (gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait_ms (guint ms)
{
  gboolean done = FALSE;

  g_timeout_add (ms, wake, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

/* "word x y width height" lines, in pixels of the document; what is left of it or above has no place in a picture of it. */
static char *
find_words (void)
{
  static const char script[] =
      "const found = [], range = document.createRange();"
      "const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);"
      "while (walker.nextNode()) {"
      "  const text = walker.currentNode;"
      "  for (const word of text.data.matchAll(/[\\w:\\/.-]+/g)) {"
      "    range.setStart(text, word.index); range.setEnd(text, word.index + word[0].length);"
      "    const box = range.getBoundingClientRect();"
      "    found.push([word[0], box.left + scrollX, box.top + scrollY, box.width, box.height].join(' '));"
      "  }"
      "}"
      "return found.join('\\n');";
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  webkit_web_view_call_async_javascript_function (view, script, -1, NULL, WORLD, NULL, NULL,
                                                  on_result, &result);
  g_autoptr (JSCValue) value =
      webkit_web_view_call_async_javascript_function_finish (view, wait_for (&result), &error);
  g_assert_no_error (error);
  return jsc_value_to_string (value);
}

static GdkTexture *
take_picture (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  webkit_web_view_get_snapshot (view, WEBKIT_SNAPSHOT_REGION_FULL_DOCUMENT,
                                WEBKIT_SNAPSHOT_OPTIONS_NONE, NULL, on_result, &result);
  GdkTexture *picture = webkit_web_view_get_snapshot_finish (view, wait_for (&result), &error);
  g_assert_no_error (error);
  return picture;
}

/* Colours that differ in a box: something is written there. */
static gboolean
has_ink (const guchar *pixels, int width, int height, double x, double y, double w, double h)
{
  int least[3] = { 255, 255, 255 }, most[3] = { 0 }, apart = 0;

  if (h < 5 || w < 3 || x < -1 || y < -1 || x + w > width + 1 || y + h > height + 1)
    return FALSE;
  for (int row = MAX ((int)(y + h * .2), 0); row < MIN ((int)(y + h * .8), height); row++) {
    for (int column = MAX ((int)x, 0); column < MIN ((int)(x + w), width); column++) {
      for (int i = 0; i < 3; i++) {
        int part = pixels[(row * width + column) * 4 + i];

        least[i] = MIN (least[i], part);
        most[i] = MAX (most[i], part);
      }
    }
  }
  for (int i = 0; i < 3; i++)
    apart += MAX (most[i] - least[i], 0);
  return apart > 60;
}

static char *
words_seen (void)
{
  g_autofree char *words = find_words ();
  g_autoptr (GdkTexture) picture = take_picture ();
  int width = gdk_texture_get_width (picture), height = gdk_texture_get_height (picture);
  g_autofree guchar *pixels = g_malloc ((gsize)width * (gsize)height * 4);
  g_auto (GStrv) lines = g_strsplit (words, "\n", -1);
  GString *seen = g_string_new (NULL);

  gdk_texture_download (picture, pixels, (gsize)width * 4);
  for (guint i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++) {
    g_auto (GStrv) line = g_strsplit (lines[i], " ", 5);

    if (has_ink (pixels, width, height, g_ascii_strtod (line[1], NULL),
                 g_ascii_strtod (line[2], NULL), g_ascii_strtod (line[3], NULL),
                 g_ascii_strtod (line[4], NULL)))
      g_string_append_printf (seen, "%s", line[0]);
  }
  return g_string_free (seen, FALSE);
}

/* The words of an answer, as the page's are cut. */
static char *
words_quoted (const char *html)
{
  g_autofree char *text = mime_html_to_text (html);
  GString *words = g_string_new (NULL);

  for (const char *c = text; *c != '\0';) {
    gsize length =
        strspn (c, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:/.-");

    g_string_append_len (words, c, (gssize)length);
    c += MAX (length, 1);
  }
  return g_string_free (words, FALSE);
}

static void
try_one (const char *html)
{
  g_auto (MimeHtmlFacts) facts = { 0 };
  g_autofree char *clean = mime_html_clean (html, FALSE, &facts, NULL, NULL);
  g_autofree char *quoted = words_quoted (html), *seen = NULL;

  api->show (page, clean, (UiWebLook)facts.look, FALSE);
  view = WEBKIT_WEB_VIEW (adw_bin_get_child (ADW_BIN (page)));
  for (guint i = 0; i < 40 && (i < 2 || g_strcmp0 (seen, quoted) != 0); i++) {
    wait_ms (i < 2 ? 15 : 40);
    if (i < 1 || webkit_web_view_is_loading (view))
      continue;
    g_free (seen);
    seen = words_seen ();
  }
  cases++;
  if (g_strcmp0 (seen, quoted) == 0)
    return;
  failures++;
  g_print ("# %s\n#   seen:   %s\n#   quoted: %s\n#   clean:  %s\n", html, seen, quoted, clean);
}

static void
try_all (const char *what, gboolean by_layout)
{
  guint before = failures;
  gint64 begin = g_get_monotonic_time ();

  for (gsize i = 0; !by_layout && i < G_N_ELEMENTS (hiding); i++)
    try_one (hiding[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (hiding_by_layout); i++)
    try_one (hiding_by_layout[i]);
  g_print ("%sok %s # %.1f s\n", failures > before ? "not " : "", what,
           (double)(g_get_monotonic_time () - begin) / G_USEC_PER_SEC);
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("seen-XXXXXX", NULL);
  const UiWebPageApi *(*get_api) (void) = NULL;
  GModule *module;

  if (argc != 2) {
    g_printerr ("usage: seen MODULE\n");
    return 2;
  }
  adw_init ();
  module = g_module_open (argv[1], G_MODULE_BIND_LAZY);
  if (module == NULL || !g_module_symbol (module, UI_WEB_PAGE_SYMBOL, (gpointer *)&get_api))
    g_error ("%s", g_module_error ());
  g_module_make_resident (module);
  api = get_api ();
  page = api->create (folder);
  window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (window), 800, 600);
  gtk_window_set_child (GTK_WINDOW (window), page);
  gtk_window_present (GTK_WINDOW (window));
  api->show (page, "<!DOCTYPE html><html><body>begin</body></html>", UI_WEB_LETTER, FALSE);
  wait_ms (1500);
  try_all ("light", FALSE);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      ADW_COLOR_SCHEME_FORCE_DARK);
  gtk_window_set_default_size (GTK_WINDOW (window), 360, 600);
  wait_ms (200);
  try_all ("dark and narrow", TRUE);
  g_print ("# %u messages, %u shown and quoted differently\n", cases, failures);
  return failures > 0;
}
