/* Marks for lines that are read from right to left; and where Pango then puts what they hold. */
#include <locale.h>
#include <string.h>

#include <gtk/gtk.h>

#include "ui-direction.h"

#define RLM "\u200f"
#define LRM "\u200e"

static void
check (const char *text, const char *markup, const char *expected)
{
  g_autofree char *marked = ui_direction_mark (text, markup);

  g_assert_cmpstr (marked, ==, expected);
  if (marked != NULL && markup == NULL) {
    g_autofree char *again = ui_direction_mark (marked, NULL);
    g_assert_null (again);
  }
}

static void
test_mark (void)
{
  check ("", NULL, NULL);
  check ("alice@lab.test: no password", NULL, NULL);
  check ("مرحبا", NULL, NULL);
  check ("Alice مرحبا", NULL, RLM "Alice مرحبا");
  check ("alice@lab.test: مرحبا.", NULL, RLM LRM "alice@lab.test" LRM ": مرحبا.");
  check ("مرحبا a@b.test.", NULL, "مرحبا " LRM "a@b.test" LRM ".");
  check ("مرحبا 밥 <a@b.test>", NULL, "مرحبا 밥 " LRM "<a@b.test>" LRM);
  check ("مرحبا “oops@”", NULL, "مرحبا “" LRM "oops@" LRM "”");
  check ("https://lab.test/ مرحبا", NULL, RLM LRM "https://lab.test/" LRM " مرحبا");
  /* Each line by itself */
  check ("a@b.test\nمرحبا", NULL, NULL);
  check ("Alice مرحبا\nBob", NULL, RLM "Alice مرحبا\nBob");
  check ("Alice مرحبا", "<b>Alice</b> مرحبا", RLM "<b>Alice</b> مرحبا");
  check ("مرحبا a@b.test", "مرحبا <i>a@b.test</i>", NULL);
  check ("one\nمرحبا", "one مرحبا", NULL);
}

/* From the left edge, in the units of Pango. */
static int
get_x (PangoLayout *layout, const char *what)
{
  const char *text = pango_layout_get_text (layout), *at = strstr (text, what);
  PangoRectangle place;

  g_assert_nonnull (at);
  pango_layout_index_to_pos (layout, (int)(at - text), &place);
  return MIN (place.x, place.x + place.width);
}

static PangoLayout *
make_layout (const char *text)
{
  PangoContext *context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  PangoLayout *layout = pango_layout_new (context);
  g_autofree char *marked = ui_direction_mark (text, NULL);

  pango_context_set_base_dir (context, PANGO_DIRECTION_RTL);
  pango_layout_set_text (layout, marked != NULL ? marked : text, -1);
  g_object_unref (context);
  return layout;
}

/* The sentence begins at the right, and within it the address is whole, from left to right. */
static void
test_seen (void)
{
  g_autoptr (PangoLayout) first = make_layout ("a@b.test: مرحبا.");
  g_autoptr (PangoLayout) last = make_layout ("مرحبا 밥 <a@b.test>");

  g_assert_cmpint (get_x (first, "a@"), >, get_x (first, "ا."));
  g_assert_cmpint (get_x (first, "@b"), <, get_x (first, "b."));
  g_assert_cmpint (get_x (last, "<a"), <, get_x (last, "a@"));
  g_assert_cmpint (get_x (last, ">"), >, get_x (last, "test"));
  g_assert_cmpint (get_x (last, "م"), >, get_x (last, "밥"));
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/direction/mark", test_mark);
  g_test_add_func ("/ui/direction/seen", test_seen);
  return g_test_run ();
}
